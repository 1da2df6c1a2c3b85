"""`manage.py restore_drill`: what is said to load has been loaded."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts.models import User
from tests.backups.kept import keep
from tests.backups.test_backup import Usage, names
from tests.backups.test_backup import backup as make
from timetracker.backups import drills, scratch
from timetracker.backups.models import Backup
from timetracker.backups.proof import differing
from timetracker.web.locks import only_one
from tracking.models import TimeEntry

pytestmark = pytest.mark.django_db(transaction=True)


def drill(**options: Any) -> str:
    out = io.StringIO()
    call_command("restore_drill", stdout=out, **options)
    return out.getvalue()


def refused(reason: str, **options: Any) -> None:
    with pytest.raises(CommandError, match=reason):
        drill(**options)


def scratch_databases() -> list[Any]:
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [scratch._name()])
        return cursor.fetchall()


def test_the_last_backup_loads_with_every_odd_row(place: Path, world: TimeEntry):
    made = make()
    began = timezone.now()

    said = drill()

    row = Backup.objects.get()
    assert f"{made} loads: {row.rows:,} rows, {3600 + 7 * 60:,} worked seconds, all equal.\n" == said
    assert began < row.drilled_at < timezone.now()
    assert row.drill_error == ""
    assert names(place) == {made.name}
    assert scratch_databases() == []
    assert TimeEntry.objects.filter(pk=world.pk).exists()


def test_a_role_that_may_not_create_databases_tries_on_sqlite(
    place: Path, owner: User, monkeypatch: pytest.MonkeyPatch
):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite asks nobody")
    monkeypatch.setattr(scratch, "_may_create", lambda: False)
    make()
    assert "made on SQLite instead of PostgreSQL" in drill()


def test_a_database_of_the_same_name_is_left_alone(place: Path, owner: User):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite's is a file in a folder of its own")
    make()
    name = connection.ops.quote_name(scratch._name())
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    try:
        refused("that no trial made")
        assert scratch_databases() == [(1,)]
        with connection.cursor() as cursor:
            cursor.execute(f"COMMENT ON DATABASE {name} IS '{scratch.MARK}'")  # as of a trial that was killed
        assert "all equal" in drill()
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name}")


def test_a_damaged_archive_is_told_from_its_digest(place: Path, owner: User):
    made = make()
    data = bytearray(made.read_bytes())
    data[len(data) // 2] ^= 0xFF
    made.write_bytes(data)
    refused("does not load: Its SHA-256 is not the one")
    row = Backup.objects.get()
    assert "has changed" in row.drill_error
    assert row.drilled_at is not None


def test_an_archive_that_nobody_noted_is_read(place: Path, owner: User, tmp_path: Path):
    path = tmp_path / "Zoë's – [1].zip"
    make().rename(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    refused(r"Zoë's – \[1\]\.zip does not load: .*damaged, cut off", file=path)
    path.write_bytes(whole)
    assert "all equal" in drill(file=path)
    assert Backup.objects.get().drilled_at is None


def test_what_a_killed_trial_left_goes(place: Path, owner: User, monkeypatch: pytest.MonkeyPatch):
    (place / ".trial-left").mkdir(parents=True)
    (place / ".trial-left" / "db.sqlite3").write_text("half")
    with scratch.scratch(place) as found:
        assert found.folder.parent == place
        assert not (place / ".trial-left").exists()
    assert names(place) == set()


def test_the_trial_knows_nothing_of_the_instance(place: Path, monkeypatch: pytest.MonkeyPatch):
    place.mkdir()
    for name in scratch.NOT_FOR_TRIALS:
        monkeypatch.setenv(name, "the instance's")
        monkeypatch.setenv(f"{name}_FILE", "/run/secrets/of-the-instance")
    with scratch.scratch(place) as found:
        assert "the instance's" not in found.environment.values()
        assert "/run/secrets/of-the-instance" not in found.environment.values()


@pytest.mark.parametrize("what", ["nothing", "folder"])
def test_no_file_is_said_so(place: Path, owner: User, tmp_path: Path, what: str):
    path = tmp_path / what
    if what == "folder":
        path.mkdir()
    refused("is no file", file=path)


def test_without_a_backup_there_is_nothing_to_try(place: Path):
    refused("no good backup yet")


def test_one_that_was_carried_away_is_missed(place: Path, owner: User, tmp_path: Path):
    row = keep(tmp_path, timezone.now())
    row.path.unlink()
    refused("is no file")
    row.refresh_from_db()
    assert "is no file" in row.drill_error


def test_a_full_disk_is_refused_first(place: Path, owner: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    keep(tmp_path, timezone.now() - dt.timedelta(days=1))
    monkeypatch.setattr("timetracker.backups.folder.shutil.disk_usage", lambda _: Usage(1, 0, 1))
    refused("make room")


def test_two_at_once_are_one(place: Path, run_at_once: Any):
    def second() -> str:
        with pytest.raises(CommandError) as refusal:
            drill()
        return str(refusal.value)

    with only_one(drills.LOCK):
        assert run_at_once(second) == ["Another trial of this instance is running right now."]


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([{"b": 1, "aa": [2]}, {"b": 3}], []),
        ([{"b": 3}, {"b": 1, "aa": [2]}], []),  # another order of rows
        ([{"b": 3}, {"aa": [2], "b": 1}], []),  # and of keys
        ([{"b": 3}, {"aa": [2], "b": 2}], ["a.b"]),
        ([{"b": 3}, {"b": 3}], ["a.b"]),
        ([{"b": 3}], ["a.b"]),
        ([], ["a.b"]),
    ],
)
def test_rows_are_compared_letter_by_letter(tmp_path: Path, lines: list[Any], found: list[str]):
    for name, rows in (("one", [{"b": 1, "aa": [2]}, {"b": 3}]), ("other", lines)):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr("tables/a.b.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    assert differing(tmp_path / "one", tmp_path / "other", {"a.b": 2}) == found
