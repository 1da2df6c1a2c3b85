"""What the environment says, read for `settings.py`. What cannot be read stops the start with one sentence."""

from __future__ import annotations

import datetime as dt
import ipaddress
import logging
import re
import sys
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import SplitResult, urlsplit

import environ
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

LARGEST_PORT = 65535
_FALSE = frozenset({"", "0", "false", "off", "n", "no"})
_DATABASES = frozenset({"postgres", "postgresql", "psql", "pgsql", "sqlite"})
_REDIS = frozenset({"redis", "rediss"})
_SCHEME = re.compile(r"[a-z][a-z0-9+]*://")


def stop_unless_configured() -> None:
    """SystemExit, for servers that are no command of ours: the sentence, and nothing else."""
    try:
        settings.INSTALLED_APPS  # noqa: B018 - the first that is asked for reads them all
    except ImproperlyConfigured as error:
        sys.exit(f"Not started: {error}")


class Environment(environ.FileAwareEnv):
    """Each method names the variable and what was expected. An empty number, address or level is none."""

    def get_value(self, var: str, *args: Any, **options: Any) -> Any:
        try:
            return super().get_value(var, *args, **options)
        except (OSError, UnicodeDecodeError):
            raise ImproperlyConfigured(f"{var}_FILE names a file that cannot be read.") from None

    def as_it_stands(self, name: str) -> str:
        """The library takes a value that begins with $ for the name of another variable."""
        try:
            return str(self.ENVIRON.get(name, ""))
        except (OSError, UnicodeDecodeError):
            raise ImproperlyConfigured(f"{name}_FILE names a file that cannot be read.") from None

    def switch(self, name: str, *, default: bool) -> bool:
        text = self.str(name, default=str(default)).strip().lower()
        if text not in _FALSE and text not in self.BOOLEAN_TRUE_STRINGS:
            _refuse(name, "is neither on nor off", text)
        return text not in _FALSE

    def whole(self, name: str, *, default: int, least: int = 0, most: int | None = None) -> int:
        text = self.str(name, default="").strip()
        if not text:
            return default
        if not re.fullmatch(r"[+-]?[0-9]{1,18}", text):
            _refuse(name, "is no whole number", text)
        number = int(text)
        if number < least:
            _refuse(name, f"is less than {least}", text)
        if most is not None and number > most:
            _refuse(name, f"is more than {most}", text)
        return number

    def time_of_day(self, name: str, *, default: str) -> dt.time | None:
        """In UTC; `off` is none."""
        text = self.str(name, default=default)
        try:
            return None if text.lower() in {"", "off"} else dt.time.fromisoformat(text)
        except ValueError:
            _refuse(name, "is neither a time of day, like 03:00, nor off", text)

    def log_level(self, name: str, *, default: str) -> str:
        text = self.str(name, default="").strip() or default
        if text.upper() not in logging.getLevelNamesMapping():
            _refuse(name, "is no level of the log, which are DEBUG, INFO, WARNING, ERROR and CRITICAL", text)
        return text.upper()

    def networks(self, name: str) -> list[Network]:
        return [_network(name, item) for item in map(str.strip, self.list(name, default=[])) if item]

    def folder(self, name: str, *, default: str) -> Path:
        """Made where there is none."""
        path = Path(self.str(name, default=default)).resolve()
        try:
            path.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError:
            _refuse(name, "names a folder that is not there and cannot be made", str(path))
        return path

    def address(self, name: str, *, default: str) -> str:
        text: str = self.str(name, default=default)
        if _parts(text) is None:
            _refuse(name, "is no address of the web, like https://time.example.org", _masked(text))
        return text

    def database(self, name: str) -> dict[str, Any]:
        """Empty where none is set."""
        text = self.str(name, default="").strip()
        if not text:
            return {}
        # Some addresses only the library takes apart: of several hosts, each with a port, and of one in memory.
        if "://" not in text or text.partition("://")[0] not in _DATABASES:
            _refuse_database(name, text)
        try:
            found: dict[str, Any] = self.db_url_config(text)
        except ValueError:
            _refuse_database(name, text)
        return found

    def redis(self, name: str) -> str:
        text: str = self.str(name, default="").strip()
        parts = _parts(text)
        if text and (parts is None or parts.scheme not in _REDIS or not re.fullmatch(r"(/[0-9]*)?", parts.path)):
            _refuse(name, "is no address of Redis, like redis://:password@host:6379/0", _masked(text))
        return text

    def email(self, name: str) -> dict[str, Any]:
        """Printed where nothing is set."""
        text = self.str(name, default="").strip() or "consolemail://"
        parts = _parts(text)
        known = parts is not None and parts.scheme in self.EMAIL_SCHEMES and "://" in text
        if parts is None or not known or (parts.scheme.startswith("smtp") and not parts.hostname):
            _refuse(name, "is no address for mail, like smtp+tls://user:password@host:587", _masked(text))
        found: dict[str, Any] = self.email_url_config(text)
        return found


def _network(name: str, text: str) -> Network:
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        _refuse(name, "holds what is no address or network, like 10.0.0.0/8", text)


def _parts(address: str) -> SplitResult | None:
    """None for what is no address. The library's own words may quote a password."""
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018 - raises for one that is no number
    except ValueError:
        return None
    return parts


def _masked(address: str) -> str:
    """Whatever is wrong with it, a password may stand anywhere behind its scheme."""
    scheme = _SCHEME.match(address)
    return f"{scheme[0] if scheme else ''}***"


def _refuse_database(name: str, text: str) -> NoReturn:
    expected = "is no address of PostgreSQL or SQLite, like postgres://user:password@host:5432/name"
    _refuse(name, expected, _masked(text))


def _refuse(name: str, reason: str, held: str) -> NoReturn:
    raise ImproperlyConfigured(f"{name} {reason}: {held}.") from None
