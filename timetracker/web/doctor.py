"""What `manage.py doctor` looks at: each check says in one sentence that a thing is well, or what to mend.

A room registers its own checks in its `doctor.py`; the command finds them.
"""

from __future__ import annotations

import dataclasses
import difflib
import json
import os
import re
import shutil
import stat
from collections.abc import Callable, Collection, Iterable, Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import Error as DatabaseError
from django.db import connection
from django.http.request import validate_host
from redis import Redis
from redis.exceptions import RedisError

from timetracker.web import health
from timetracker.web.flags import faults_of_environment

LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
SHORTEST_SECRET = 32
LEAST_FREE = 500 * 1024 * 1024
"""Bytes. Below it SQLite, its log and an import of 25 MB may meet a full disk."""
ALIKE = 0.84
"""From here on two names are taken for the same one, misspelt; XDG_DATA_DIRS and REPORT stay below."""
_NAME = re.compile(r"""env(?:\.\w+)+\(\s*["']([A-Z][A-Z0-9_]+)["']""")
# Read by what runs beside the settings: Django's commands, scripts, gunicorn, tests.
_READ_ELSEWHERE = frozenset(
    "DJANGO_SETTINGS_MODULE DJANGO_SUPERUSER_PASSWORD DJANGO_SUPERUSER_USERNAME DJANGO_SUPERUSER_EMAIL "
    "DJANGO_ALLOW_ASYNC_UNSAFE CHROMIUM TEST_DATABASE_URL TEST_REDIS_URL WEB_CONCURRENCY OMP_NUM_THREADS".split()
)
_FAULTS = (DatabaseError, RedisError, OSError, TimeoutError, ImproperlyConfigured, health.NotReady)


@dataclasses.dataclass(frozen=True, slots=True)
class Finding:
    check: str
    ok: bool
    sentence: str


Found = tuple[bool, str]
Check = Callable[[], Iterable[Found]]


@dataclasses.dataclass(frozen=True, slots=True)
class _Registered:
    look: Check
    needs_tables: bool


_checks: dict[str, _Registered] = {}


def check(name: str, *, needs_tables: bool = False) -> Callable[[Check], Check]:
    """Register a check that yields (is it well, sentence). `needs_tables`: left out while the database has none."""

    def register(look: Check) -> Check:
        if name in _checks:
            raise ValueError(f"There are two checks named {name}")
        _checks[name] = _Registered(look, needs_tables)
        return look

    return register


def findings() -> Iterator[Finding]:
    """All of them, in the order of registration. A check that meets a fault has found something to mend."""
    tables = True
    for name, registered in list(_checks.items()):
        if registered.needs_tables and not tables:
            continue
        for finding in _looked(name, registered.look):
            tables = tables and (finding.ok or name not in {"database", "migrations"})
            yield finding


def _looked(name: str, look: Check) -> list[Finding]:
    try:
        return [Finding(name, ok, sentence) for ok, sentence in look()]
    except _FAULTS as error:
        reason = str(error).partition("\n")[0] or type(error).__name__
        return [Finding(name, False, f"This check met a fault: {reason}.")]


# ── Secrets and addresses ────────────────────────────────────────────────────
@check("secret_key")
def secret_key() -> Iterator[Found]:
    path = Path(settings.DATA_DIR, "secret_key")
    kept = path.read_text().strip() if path.exists() else None
    if kept != settings.SECRET_KEY:
        if len(settings.SECRET_KEY) < SHORTEST_SECRET:
            yield False, f"SECRET_KEY is shorter than {SHORTEST_SECRET} characters: set a longer, random one."
        else:
            yield True, "SECRET_KEY is set."
    elif readable_by_others(path):
        yield False, f"Others can read the secret key: chmod 600 {path}."
    else:
        yield True, f"The secret key is kept in {path}, readable by its owner only."


def readable_by_others(path: Path) -> bool:
    return bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


@check("debug")
def debug() -> Iterator[Found]:
    if settings.DEBUG:
        yield False, "DEBUG is on and shows everybody the insides of a fault: leave it out, or set DEBUG=off."
    else:
        yield True, "DEBUG is off."


@check("public_url")
def public_url() -> Iterator[Found]:
    address = urlsplit(settings.PUBLIC_URL)
    host = address.hostname or ""
    if address.scheme not in {"http", "https"} or not host:
        yield (
            False,
            f"PUBLIC_URL is no address of the web ({settings.PUBLIC_URL}): set it, like https://time.example.org.",
        )
        return
    if address.scheme == "http" and host not in LOCAL:
        yield (
            False,
            "PUBLIC_URL begins with http, so passwords travel in the clear: put https in front, and say so there.",
        )
    else:
        yield True, f"People reach this instance at {settings.PUBLIC_URL}."
    if address.path:
        yield (
            False,
            f"PUBLIC_URL has a path ({address.path}), which is not supported: give the instance a host of its own.",
        )
    if "*" in settings.ALLOWED_HOSTS:
        yield False, "ALLOWED_HOSTS lets any name in: leave it out, and the name in PUBLIC_URL counts."
    elif not validate_host(f"[{host}]" if ":" in host else host, settings.ALLOWED_HOSTS):
        yield False, f"ALLOWED_HOSTS leaves out {host}, the name in PUBLIC_URL: add it there."
    if (address.scheme == "https") != (settings.SESSION_COOKIE_SECURE and settings.CSRF_COOKIE_SECURE):
        yield False, "Secure cookies and PUBLIC_URL do not fit: browsers send them over https only."


@check("proxies")
def proxies() -> Iterator[Found]:
    networks = [ip_network(item) for item in settings.TRUSTED_PROXIES]
    if any(network.prefixlen == 0 for network in networks):
        yield False, "TRUSTED_PROXIES trusts everybody, who may then say to be anyone: name your proxy's address."
    elif networks:
        yield True, f"Addresses are believed from {', '.join(map(str, networks))}."
    elif urlsplit(settings.PUBLIC_URL).scheme == "https":
        yield (
            False,
            "PUBLIC_URL is https and TRUSTED_PROXIES is empty, so pages redirect for ever: name your proxy's address.",
        )
    else:
        yield True, "No proxy is trusted, and none is needed without https."


@check("environment")
def environment() -> Iterator[Found]:
    faults = [f"Nothing reads {name}: {meant} may be meant." for name, meant in misspelt(os.environ, known_names())]
    faults += faults_of_environment()
    yield from ((False, fault) for fault in faults)
    if not faults:
        yield True, "No variable looks like a misspelt one."


def known_names() -> set[str]:
    """What settings read, and what is read beside them."""
    source = Path(settings.BASE_DIR, "timetracker", "settings.py").read_text(encoding="utf-8")
    return {*_NAME.findall(source), *_READ_ELSEWHERE}


def misspelt(names: Iterable[str], known: Collection[str]) -> Iterator[tuple[str, str]]:
    """Those that nobody reads, each with the known name that it resembles."""
    taken = {*known, *(f"{name}_FILE" for name in known)}  # X_FILE names a file with the value of X
    for name in sorted(set(names) - taken):
        for meant in difflib.get_close_matches(name.upper(), sorted(known), n=1, cutoff=ALIKE):
            yield name, meant


# ── What it stands on ────────────────────────────────────────────────────────
@check("database")
def database() -> Iterator[Found]:
    try:
        health.check_database()
    except DatabaseError as error:
        reason = str(error).partition("\n")[0]
        yield False, f"The database does not answer; look at DATABASE_URL, and whether it runs: {reason}."
        return
    yield True, f"The database answers ({connection.display_name})."
    if connection.vendor == "sqlite":
        if (mode := _scalar("PRAGMA journal_mode")) != "wal":
            yield False, f"SQLite is in journal mode {mode}, where readers wait for writers: keep it on a local disk."
    elif not _scalar("SELECT count(*) FROM pg_extension WHERE extname = 'pg_trgm'"):
        yield (
            False,
            "The search has no index: run CREATE EXTENSION pg_trgm as an administrator, then manage.py migrate.",
        )


def _scalar(statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


@check("migrations", needs_tables=True)
def migrations() -> Iterator[Found]:
    try:
        health.check_migrations()
    except health.NotReady:
        yield False, "Tables are not up to date: run manage.py upgrade, which keeps a copy first."
    else:
        yield True, "All migrations are applied."


@check("cache")
def cache() -> Iterator[Found]:
    try:
        health.check_cache()
    except (RedisError, OSError, health.NotReady):
        yield (
            False,
            "The cache does not give back what it was given: look at REDIS_URL, and whether Redis has memory left.",
        )
    else:
        yield True, "The cache keeps what it is given."


@check("channel_layer")
def channel_layer() -> Iterator[Found]:
    try:
        health.check_channel_layer()
    except (RedisError, OSError, health.NotReady):
        yield False, "Open pages are not told of changes, the channel layer does not answer: look at REDIS_URL."
    else:
        yield True, "Open pages are told of changes."


@check("redis")
def redis() -> Iterator[Found]:
    if not settings.REDIS_URL:
        yield True, "Redis is not used: one process does everything."
        return
    try:
        with Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1) as client:
            client.ping()
    except (RedisError, OSError, ValueError):
        yield False, "Redis does not answer: look at REDIS_URL, and whether it runs."
    else:
        yield True, "Redis answers."


@check("static_files")
def static_files() -> Iterator[Found]:
    if settings.DEBUG:
        yield True, "Static files come from their sources while DEBUG is on."
        return
    root = Path(settings.STATIC_ROOT)
    try:
        listed = json.loads((root / "staticfiles.json").read_text(encoding="utf-8"))["paths"]
    except (OSError, ValueError, KeyError):
        yield False, f"No static files are collected in {root}: run npm run build, then manage.py collectstatic."
        return
    missing = [name for name in listed.values() if not (root / name).exists()]
    folders = [Path(folder) for folder in settings.STATICFILES_DIRS]
    files = (path.relative_to(folder) for folder in folders for path in folder.rglob("*") if path.is_file())
    built = {str(path) for path in files if not path.name.startswith(".")}  # such as make's stamp are not collected
    if missing or not built <= set(listed):
        yield False, f"Static files in {root} are not those of this version: run manage.py collectstatic."
    else:
        yield True, f"{len(listed)} static files are collected."


@check("disk")
def disk() -> Iterator[Found]:
    if not os.access(settings.DATA_DIR, os.W_OK):
        yield False, f"Nothing can be written to {settings.DATA_DIR}: give it to the user that runs Timetracker."
    free = shutil.disk_usage(settings.DATA_DIR).free
    megabytes = free // (1024 * 1024)
    if free < LEAST_FREE:
        yield False, f"{megabytes} MB are left where {settings.DATA_DIR} is: make room, or move DATA_DIR."
    else:
        yield True, f"{megabytes} MB are left where {settings.DATA_DIR} is."


@check("email")
def email() -> Iterator[Found]:
    local = urlsplit(settings.PUBLIC_URL).hostname in LOCAL
    if settings.EMAIL_BACKEND.endswith("console.EmailBackend"):
        if local:
            yield True, "E-mails are only printed; set EMAIL_URL to send them."
        else:
            yield (
                False,
                "E-mails are only printed, and nobody gets them: set EMAIL_URL, like smtp+tls://user:password@host:587.",
            )
    elif settings.DEFAULT_FROM_EMAIL.rstrip(">").endswith("@localhost"):
        yield False, "E-mails come from an address at localhost, which many refuse: set DEFAULT_FROM_EMAIL."
    else:
        yield True, f"E-mails leave from {settings.DEFAULT_FROM_EMAIL}."
