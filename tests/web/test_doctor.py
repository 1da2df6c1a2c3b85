"""`manage.py doctor`: each thing broken, and mended."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache as the_cache
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules

from notifications import doctor as push_doctor
from notifications import vapid
from timetracker.events import doctor as events_doctor
from timetracker.events.choices import Kind, Status
from timetracker.events.models import Delivery, Event, JobRun
from timetracker.web import doctor, health

LONG = "a-secret-of-more-than-32-characters-in-all"
Say = list[tuple[bool, str]]


def said(look: doctor.Check) -> Say:
    return list(look())


def assert_well(look: doctor.Check) -> None:
    found = said(look)
    assert found
    assert [sentence for ok, sentence in found if not ok] == []


def assert_to_mend(look: doctor.Check, words: str) -> None:
    assert any(words in sentence for ok, sentence in said(look) if not ok), said(look)


# ── Secrets and addresses ────────────────────────────────────────────────────
def test_a_kept_secret_is_its_owners_alone(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR, settings.SECRET_KEY = tmp_path, LONG
    kept = tmp_path / "secret_key"
    kept.write_text(f"{LONG}\n")
    kept.chmod(0o644)
    assert_to_mend(doctor.secret_key, f"chmod 600 {kept}")
    kept.chmod(0o600)
    assert_well(doctor.secret_key)


def test_a_secret_that_is_set_is_long_enough(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    settings.SECRET_KEY = "changeme"
    assert_to_mend(doctor.secret_key, "SECRET_KEY is shorter than 32")
    settings.SECRET_KEY = LONG
    assert said(doctor.secret_key) == [(True, "SECRET_KEY is set.")]


def test_debug(settings: Any) -> None:
    settings.DEBUG = True
    assert_to_mend(doctor.debug, "DEBUG=off")
    settings.DEBUG = False
    assert_well(doctor.debug)


def reached_at(settings: Any, url: str, hosts: list[str], *, secure: bool) -> None:
    settings.PUBLIC_URL, settings.ALLOWED_HOSTS = url, hosts
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = secure


@pytest.mark.parametrize(
    ("url", "hosts", "secure", "words"),
    [
        ("time.example.org", ["time.example.org"], False, "no address of the web"),
        ("ftp://time.example.org", ["time.example.org"], False, "no address of the web"),
        ("http://time.example.org", ["time.example.org"], False, "passwords travel in the clear"),
        ("https://example.org/time", ["example.org"], True, "a host of its own"),
        ("https://time.example.org", ["*"], True, "lets any name in"),
        ("https://time.example.org", ["localhost"], True, "leaves out time.example.org"),
        ("https://time.example.org", [".example.org"], False, "Secure cookies"),
        ("http://localhost:8000", ["localhost"], True, "Secure cookies"),
    ],
)
def test_an_address_that_does_not_fit(settings: Any, url: str, hosts: list[str], secure: bool, words: str) -> None:
    reached_at(settings, url, hosts, secure=secure)
    assert_to_mend(doctor.public_url, words)


@pytest.mark.parametrize(
    ("url", "hosts", "secure"),
    [
        ("https://time.example.org", ["time.example.org"], True),
        ("https://time.example.org", [".example.org"], True),
        ("http://localhost:8000", ["localhost"], False),
        ("http://[::1]:8000", ["[::1]"], False),
    ],
)
def test_an_address_that_fits(settings: Any, url: str, hosts: list[str], secure: bool) -> None:
    reached_at(settings, url, hosts, secure=secure)
    assert_well(doctor.public_url)


def test_https_needs_a_proxy_that_is_trusted(settings: Any) -> None:
    settings.PUBLIC_URL, settings.TRUSTED_PROXIES = "https://time.example.org", []
    assert_to_mend(doctor.proxies, "TRUSTED_PROXIES is empty")
    settings.TRUSTED_PROXIES = ["0.0.0.0/0"]
    assert_to_mend(doctor.proxies, "trusts everybody")
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    assert_well(doctor.proxies)
    settings.PUBLIC_URL, settings.TRUSTED_PROXIES = "http://localhost:8000", []
    assert_well(doctor.proxies)


def test_what_settings_read_is_known() -> None:
    names = doctor.known_names()
    assert {"SECRET_KEY", "DEBUG", "DATABASE_URL", "REDIS_URL", "TRUSTED_PROXIES", "VAPID_SUBJECT"} <= names


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("DATABAS_URL", "DATABASE_URL"),
        ("ALLOWED_HOST", "ALLOWED_HOSTS"),
        ("TRUSTED_PROXY", "TRUSTED_PROXIES"),
        ("secret_key", "SECRET_KEY"),
        ("DATADIR", "DATA_DIR"),
    ],
)
def test_a_misspelt_variable(monkeypatch: pytest.MonkeyPatch, name: str, meant: str) -> None:
    monkeypatch.setattr(os, "environ", {"PATH": "/bin", name: "x"})
    assert said(doctor.environment) == [(False, f"Nothing reads {name}: {meant} may be meant.")]


def test_variables_of_others_are_none_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    others = "PATH HOME PWD LANG HOSTNAME XDG_DATA_DIRS REPORT EXPORT SECRET_KEY_FILE DB_PORT TERM USER PYTHONPATH"
    monkeypatch.setattr(os, "environ", dict.fromkeys([*others.split(), *doctor.known_names()], "x"))
    assert_well(doctor.environment)


# ── What it stands on ────────────────────────────────────────────────────────
def raising(error: Exception) -> Any:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise error

    return fail


def test_the_database(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert_well(doctor.database)
    monkeypatch.setattr(health, "check_database", raising(OperationalError("connection refused\nIs it running?")))
    [(ok, sentence)] = said(doctor.database)
    assert not ok
    assert sentence.endswith("connection refused.")


def test_a_journal_that_makes_readers_wait(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "vendor", "sqlite")
    monkeypatch.setattr(doctor, "_scalar", lambda statement: "delete")
    assert_to_mend(doctor.database, "journal mode delete")


def test_a_search_without_its_extension(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "vendor", "postgresql")
    monkeypatch.setattr(doctor, "_scalar", lambda statement: 0)
    assert_to_mend(doctor.database, "CREATE EXTENSION pg_trgm")
    monkeypatch.setattr(doctor, "_scalar", lambda statement: 1)
    assert_well(doctor.database)


def test_migrations(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert_well(doctor.migrations)
    monkeypatch.setattr(health, "check_migrations", raising(health.NotReady("migrations are pending")))
    assert_to_mend(doctor.migrations, "manage.py upgrade")


def test_a_cache_that_forgets(monkeypatch: pytest.MonkeyPatch) -> None:
    assert_well(doctor.cache)
    monkeypatch.setattr(type(the_cache._connections["default"]), "get", lambda *args, **kwargs: None)
    assert_to_mend(doctor.cache, "does not give back")


def test_the_channel_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    assert_well(doctor.channel_layer)
    monkeypatch.setattr(health, "check_channel_layer", raising(OSError("down")))
    assert_to_mend(doctor.channel_layer, "channel layer does not answer")


def test_redis(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.REDIS_URL = ""
    assert_well(doctor.redis)
    settings.REDIS_URL = "redis://127.0.0.1:1/0"  # where nobody listens
    assert_to_mend(doctor.redis, "Redis does not answer")
    settings.REDIS_URL = "memcached://somewhere"
    assert_to_mend(doctor.redis, "Redis does not answer")
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(doctor.Redis, "ping", lambda self: True)
    assert_well(doctor.redis)


def test_static_files(settings: Any, tmp_path: Path) -> None:
    source, root = tmp_path / "dist", tmp_path / "static"
    source.mkdir()
    root.mkdir()
    settings.DEBUG, settings.STATICFILES_DIRS, settings.STATIC_ROOT = False, [source], str(root)
    assert_to_mend(doctor.static_files, "npm run build")
    (source / "main.js").write_text("1")
    manifest = root / "staticfiles.json"
    manifest.write_text('{"paths": {}}')
    assert_to_mend(doctor.static_files, "not those of this version")
    manifest.write_text('{"paths": {"main.js": "main.abc.js"}}')
    assert_to_mend(doctor.static_files, "not those of this version")
    (root / "main.abc.js").write_text("1")
    assert said(doctor.static_files) == [(True, "1 static files are collected.")]
    (Path(settings.STATICFILES_DIRS[0]) / ".stamp").touch()
    assert_well(doctor.static_files)
    settings.DEBUG = True
    shutil.rmtree(root)
    assert_well(doctor.static_files)


def test_a_disk_that_is_nearly_full(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DATA_DIR = tmp_path
    used = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda path: used._replace(free=doctor.LEAST_FREE - 1))
    assert_to_mend(doctor.disk, "499 MB are left")
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda path: used._replace(free=doctor.LEAST_FREE))
    assert_well(doctor.disk)
    monkeypatch.setattr(doctor.os, "access", lambda path, mode: False)
    assert_to_mend(doctor.disk, "Nothing can be written")


def test_mails_that_nobody_gets(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    settings.PUBLIC_URL = "https://time.example.org"
    assert_to_mend(doctor.email, "only printed")
    settings.PUBLIC_URL = "http://localhost:8000"
    assert said(doctor.email) == [(True, "E-mails are only printed; set EMAIL_URL to send them.")]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.DEFAULT_FROM_EMAIL = "Timetracker <timetracker@localhost>"
    assert_to_mend(doctor.email, "DEFAULT_FROM_EMAIL")
    settings.DEFAULT_FROM_EMAIL = "time@example.org"
    assert_well(doctor.email)


# ── What works by itself ─────────────────────────────────────────────────────
def ago(minutes: int) -> dt.datetime:
    return timezone.now() - dt.timedelta(minutes=minutes)


def test_the_clock(db: None) -> None:
    assert_to_mend(events_doctor.clock, "has never run")
    run = JobRun.objects.create(name="events.sweep", period=ago(6), started_at=ago(6))
    assert_to_mend(events_doctor.clock, "has stood still since")
    run.started_at = ago(1)
    run.save()
    assert_well(events_doctor.clock)
    run.last_error = "ValueError"
    run.save()
    assert_to_mend(events_doctor.clock, "The job events.sweep failed")


def test_deliveries_that_nobody_makes(db: None) -> None:
    event = Event.objects.create(type="thing_happened")
    made = Delivery.objects.create(event=event, handler="things.note", kind=Kind.INNER, next_try_at=ago(4))
    assert_well(events_doctor.worker)
    made.next_try_at = ago(6)
    made.save()
    assert_to_mend(events_doctor.worker, "more than five minutes: 1")
    made.status = Status.DEAD
    made.save()
    assert_well(events_doctor.worker)
    assert_to_mend(events_doctor.deliveries, "given up: 1")
    made.status = Status.DONE
    made.save()
    assert_well(events_doctor.deliveries)


def test_the_key_for_push(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR, settings.VAPID_PRIVATE_KEY = tmp_path, ""
    assert_well(push_doctor.push_key)
    assert not (tmp_path / vapid.FILE).exists()
    settings.VAPID_PRIVATE_KEY = "not-a-key"
    assert_to_mend(push_doctor.push_key, "VAPID_PRIVATE_KEY holds no private key")
    settings.VAPID_PRIVATE_KEY = ""
    vapid.kept_key(tmp_path / vapid.FILE)
    assert_well(push_doctor.push_key)
    (tmp_path / vapid.FILE).chmod(0o640)
    assert_to_mend(push_doctor.push_key, "chmod 600")


# ── The command ──────────────────────────────────────────────────────────────
@pytest.fixture
def two_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    autodiscover_modules("doctor")  # each room's registers once, and not here
    monkeypatch.setattr(doctor, "_checks", {})
    doctor.check("debug")(lambda: [(True, "DEBUG is off.")])
    doctor.check("disk")(lambda: [(False, "Make room.")])


def test_a_line_a_check_and_a_status(two_checks: None) -> None:
    out = io.StringIO()
    with pytest.raises(CommandError, match="1 of 2 to mend") as raised:
        call_command("doctor", stdout=out, no_color=True)
    assert out.getvalue().splitlines() == ["ok    debug         DEBUG is off.", "mend  disk          Make room."]
    assert raised.value.returncode == 1


def test_for_scripts(two_checks: None) -> None:
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("doctor", "--json", stdout=out)
    assert json.loads(out.getvalue()) == [
        {"check": "debug", "ok": True, "sentence": "DEBUG is off."},
        {"check": "disk", "ok": False, "sentence": "Make room."},
    ]


def test_nothing_to_mend_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_checks", {})
    doctor.check("debug")(lambda: [(True, "DEBUG is off.")])
    out = io.StringIO()
    call_command("doctor", stdout=out)
    assert "DEBUG is off." in out.getvalue()


def test_without_a_database_only_the_database_is_to_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "check_database", raising(OperationalError("refused")))
    named = [finding.check for finding in doctor.findings()]
    assert named.count("database") == 1
    assert not {"migrations", "clock", "worker", "deliveries"} & set(named)


def test_a_check_that_meets_a_fault_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_checks", {})
    doctor.check("disk")(raising(PermissionError("no entry")))
    [finding] = doctor.findings()
    assert (finding.ok, finding.sentence) == (False, "This check met a fault: no entry.")


def test_two_checks_of_one_name() -> None:
    with pytest.raises(ValueError, match="two checks named debug"):
        doctor.check("debug")(list)
