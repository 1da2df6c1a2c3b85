"""Tables change after a copy, and no server runs on tables of another version."""

from __future__ import annotations

import io
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as the_settings
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from structlog.testing import capture_logs

from accounts.models import User
from tests.backups.test_backup import Usage, names
from tests.live.tools import free_port
from timetracker.backups import making, upgrades
from timetracker.backups.choices import Kind
from timetracker.backups.folder import sha256_of
from timetracker.backups.models import Backup
from timetracker.backups.queries import last_backup
from timetracker.web import upgrades as web_upgrades
from timetracker.web.locks import only_one

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def migrated(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One migration waits; what is run is noted, and the names of the folder's files then."""
    ran: list[str] = []
    monkeypatch.setattr(upgrades, "pending_migrations", lambda: ["tracking.0099_more"])
    monkeypatch.setattr(upgrades, "call_command", lambda name, **_options: ran.append(name))
    return ran


def upgrade(**options: Any) -> str:
    out = io.StringIO()
    call_command("upgrade", stdout=out, **options)
    return out.getvalue()


def refused(reason: str, migrated: list[str]) -> None:
    with pytest.raises(CommandError, match=f"(?s){reason}.*Nothing was changed.*--without-backup"):
        upgrade()
    assert migrated == []
    assert not Backup.objects.exists()


def test_a_copy_comes_first(place: Path, owner: User, migrated: list[str], monkeypatch: pytest.MonkeyPatch):
    def look(name: str, **_options: Any) -> None:
        migrated.append(f"{name}, with {len(names(place))} copy")

    monkeypatch.setattr(upgrades, "call_command", look)
    said = upgrade()
    assert migrated == ["migrate, with 1 copy"]
    row = Backup.objects.get()
    assert (row.kind, row.error) == (Kind.BEFORE_UPGRADE, "")
    assert said == f"Backup before the upgrade: {row.path}\nMigrated: tracking.0099_more.\n"
    assert (row.bytes, row.sha256) == (row.path.stat().st_size, sha256_of(row.path))
    assert stat.S_IMODE(row.path.stat().st_mode) == 0o600
    assert last_backup() is None


def test_the_copy_is_the_whole_database(place: Path, owner: User, migrated: list[str]):
    upgrade()
    (copy,) = place.iterdir()
    if connection.vendor == "postgresql":
        listed = subprocess.run(["pg_restore", "--list", str(copy)], check=True, capture_output=True, text=True).stdout
        assert "TABLE DATA public accounts_user" in listed
        return
    with closing(sqlite3.connect(copy)) as database:
        assert database.execute("SELECT username FROM accounts_user").fetchall() == [("olga",)]


def test_where_nobody_has_worked_there_is_nothing_to_lose(db: None, place: Path, migrated: list[str]):
    assert upgrade() == ""
    assert migrated == ["migrate"]
    assert not place.exists()


def test_up_to_date_it_does_nothing(place: Path, owner: User):
    assert upgrade() == ""
    assert not place.exists()


@pytest.mark.parametrize("by", ["option", "setting"])
def test_one_may_go_on_without(place: Path, owner: User, migrated: list[str], settings: Any, by: str):
    settings.BACKUP_BEFORE_UPGRADE = by == "option"
    upgrade(without_backup=by == "option")
    assert migrated == ["migrate"]
    assert not place.exists()


# ── What stops it ────────────────────────────────────────────────────────────
def test_a_full_disk(place: Path, owner: User, migrated: list[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("timetracker.backups.folder.shutil.disk_usage", lambda _: Usage(1, 0, 1))
    refused("make room", migrated)
    assert names(place) == set()


def test_a_disk_that_fills_up(place: Path, owner: User, migrated: list[str], monkeypatch: pytest.MonkeyPatch):
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    refused("No space left", migrated)
    assert names(place) == set()


def test_a_folder_that_cannot_be(place: Path, owner: User, migrated: list[str]):
    place.write_text("in the way")
    refused("cannot be made", migrated)


def test_another_backup_at_work(place: Path, owner: User, migrated: list[str], run_at_once: Any):
    def second() -> str:
        with pytest.raises(CommandError) as refusal:
            upgrade()
        return str(refusal.value)

    with only_one(making.LOCK):
        assert run_at_once(second) == [making.BUSY]
    assert migrated == []


def test_copies_of_upgrades_that_fail_again_and_again(
    place: Path, owner: User, migrated: list[str], monkeypatch: pytest.MonkeyPatch
):
    place.mkdir()
    for second in "123":
        (place / f"timetracker-20260101-00000{second}-before-upgrade.sqlite3").write_text("of a try")
    (place / ".timetracker-20260101-000001-before-upgrade.sqlite3.x").write_text("of a process that was killed")
    refused("3 copies of upgrades that did not come to their end.*20260101-000001", migrated)
    assert len(names(place)) == 3


def test_the_last_three_copies_stay(place: Path, owner: User, migrated: list[str], monkeypatch: pytest.MonkeyPatch):
    made = []
    for minute in range(5):
        moment = the_moment(minute)
        monkeypatch.setattr(upgrades.timezone, "now", lambda moment=moment: moment)
        upgrade()
        made.append(Backup.objects.latest("pk").file_name)
    assert names(place) == set(made[-3:])
    assert Backup.objects.filter(removed_at=None).count() == 3


def the_moment(minute: int) -> Any:
    return upgrades.dt.datetime(2026, 3, 10, 3, minute, tzinfo=upgrades.dt.UTC)


def test_without_pg_dump_it_says_what_to_do(
    place: Path, owner: User, migrated: list[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(connection, "vendor", "postgresql")
    monkeypatch.setattr(upgrades, "database_bytes", lambda: 0)
    monkeypatch.setattr(upgrades, "only_one", lambda _name: only_one_always())
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    refused("pg_dump is not installed here.*pg_dump --format=custom", migrated)


def only_one_always() -> Any:
    from contextlib import nullcontext

    return nullcontext(True)


# ── Servers that are no command of ours ──────────────────────────────────────
def servers() -> dict[str, list[str]]:
    port, conf = str(free_port()), str(the_settings.BASE_DIR / "deploy" / "gunicorn.conf.py")
    celery = ["celery", "-A", "timetracker"]
    return {
        "daphne": ["daphne", "--bind", "127.0.0.1", "--port", port, "timetracker.asgi:application"],
        "gunicorn": ["gunicorn", "--config", conf, "--bind", f"127.0.0.1:{port}", "timetracker.wsgi"],
        "worker": [*celery, "worker", "--pool", "prefork", "--concurrency", "1"],
        "beat": [*celery, "beat", "--schedule", "schedule"],
        "serve": ["manage.py", "serve", "--port", port],
    }


@pytest.mark.parametrize("name", list(servers()))
def test_no_server_starts_on_other_tables(tmp_path: Path, name: str):
    """With an empty database: every migration is missing."""
    kept = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "REDIS_URL"}}
    environment = kept | {"DATA_DIR": str(tmp_path), "STATIC_ROOT": str(the_settings.STATIC_ROOT)}
    command = servers()[name]
    if name == "beat":
        command[-1] = str(tmp_path / "schedule")
    if command[0] != "manage.py":
        command.insert(0, "-m")
    done = subprocess.run(
        [sys.executable, *command], cwd=the_settings.BASE_DIR, env=environment, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    (line,) = [line for line in done.stderr.splitlines() if "Not started" in line]
    assert "Not started: these migrations are missing: " in line
    assert "tracking.0012_meetings" in line
    assert line.endswith(". Run manage.py upgrade, which keeps a copy first.")
    assert "Traceback" not in done.stderr


def test_a_database_that_does_not_answer_stops_nobody(monkeypatch: pytest.MonkeyPatch):
    def gone() -> list[str]:
        raise OperationalError("connection refused\nIs the server running?")

    monkeypatch.setattr(web_upgrades, "pending_migrations", gone)
    with capture_logs() as logs:
        web_upgrades.stop_unless_migrated()
    assert [(line["event"], line["reason"]) for line in logs] == [("migrations_unknown", "connection refused")]


def test_what_is_up_to_date_starts(db: None):
    assert web_upgrades.stop_unless_migrated() is None
    assert upgrade(check=True) == ""


@pytest.mark.parametrize(("fault", "code"), [(None, 3), (OperationalError("connection refused"), 2)])
def test_scripts_may_ask(monkeypatch: pytest.MonkeyPatch, fault: OperationalError | None, code: int):
    def pending() -> list[str]:
        if fault:
            raise fault
        return ["tracking.0099_more"]

    monkeypatch.setattr("timetracker.backups.management.commands.upgrade.pending_migrations", pending)
    with pytest.raises(CommandError) as refusal:
        upgrade(check=True)
    assert refusal.value.returncode == code
