"""A whole instance leaves in one archive and comes back exactly as it was, or not at all."""

from __future__ import annotations

import datetime as dt
import io
import json
import stat
import threading
import uuid
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.db import connection, models

from accounts.models import Organisation, User
from tests.backups.archives import LONG_AGO, ODD, PAYLOAD, contents, empty
from tests.factories import UserFactory
from tests.work import MONDAY, make_entry, make_tag
from timetracker.events.models import Event
from timetracker.web.models import IdempotencyKey
from tracking.models import Tag, TimeEntry
from tracking.queries import described_by

pytestmark = pytest.mark.django_db(transaction=True)
ENTRIES = "tables/tracking.timeentry.jsonl"


def rewrite(path: Path, name: str, change: Callable[[bytes], bytes]) -> None:
    files = contents(path)
    files[name] = change(files.get(name, b""))
    with zipfile.ZipFile(path, "w") as archive:
        for member, data in files.items():
            archive.writestr(member, data)


def rewrite_meta(path: Path, **changes: object) -> None:
    rewrite(path, "meta.json", lambda data: json.dumps(json.loads(data) | changes).encode())


def rewrite_entry(path: Path, **changes: object) -> None:
    """The first line of the time entries."""

    def change(data: bytes) -> bytes:
        first, rest = data.split(b"\n", 1)
        return json.dumps(json.loads(first) | changes).encode() + b"\n" + rest

    rewrite(path, ENTRIES, change)


def meta_of(path: Path) -> dict[str, dict[str, int]]:
    return json.loads(contents(path)["meta.json"])


def take_in(path: Path) -> str:
    out = io.StringIO()
    call_command("import_all", path, stdout=out)
    return out.getvalue()


def refused(path: Path, reason: str) -> None:
    """For this reason, and nothing is stored."""
    with pytest.raises(CommandError, match=reason):
        take_in(path)
    assert not User.objects.exists()
    assert not TimeEntry.objects.exists()
    assert Organisation.objects.get().name == "Fresh"
    assert ContentType.objects.get().model == "plant"


# ── There and back ───────────────────────────────────────────────────────────
def test_everything_comes_back_as_it_was(archive, tmp_path):
    take_in(archive)
    call_command("export_all", tmp_path / "again.zip", stdout=io.StringIO())
    before, after = contents(archive), contents(tmp_path / "again.zip")
    metas = [json.loads(files.pop("meta.json")) for files in (before, after)]

    assert before == after
    assert metas[0] | {"created_at": ""} == metas[1] | {"created_at": ""}
    assert len([name for name in before if before[name]]) > 20


def test_values_are_exact(archive, world):
    take_in(archive)
    entry = TimeEntry.objects.get(pk=world.pk)

    for field in TimeEntry._meta.concrete_fields:
        assert getattr(entry, field.attname) == getattr(world, field.attname), field.name
    assert (entry.description, entry.rate, entry.billed_at) == (ODD, Decimal("90.10"), None)
    assert isinstance(entry.uid, uuid.UUID)
    assert [tag.name for tag in entry.tags.all()] == ["größe:ß"]
    assert entry.task.position == 0.1 + 0.2
    assert entry.project.rates.get().valid_from == dt.date.min
    assert Event.objects.get(type="odd").payload == PAYLOAD
    assert Event.objects.filter(type="null", payload=models.Value(None, models.JSONField())).exists()
    assert bytes(IdempotencyKey.objects.get().body) == bytes(range(256))
    assert Authenticator.objects.get().data == {"secret": "JBSWY3DPEHPK3PXP"}


def test_descriptions_are_found(archive, world):
    take_in(archive)
    assert described_by(TimeEntry.objects.all(), "zoË").get() == world


def test_moments_stay_and_are_noted_again_afterwards(archive, world):
    take_in(archive)
    entry = TimeEntry.objects.get(pk=world.pk)
    assert (entry.created_at, entry.updated_at) == (LONG_AGO, LONG_AGO)

    entry.save()

    assert entry.updated_at > LONG_AGO


def test_moments_are_noted_after_a_refusal_too(archive):
    rewrite_entry(archive, seconds=-1, ended_at="soon")
    refused(archive, "timeentry")

    assert make_tag().created_at > LONG_AGO
    assert TimeEntry._meta.get_field("updated_at").auto_now


def test_what_the_migrations_made_is_replaced(archive):
    take_in(archive)

    assert Organisation.objects.get().name == "Kestrel Studio"
    assert LogEntry.objects.get().content_type == ContentType.objects.get_for_model(TimeEntry)
    assert Group.objects.get().permissions.get().codename == "add_client"
    assert not ContentType.objects.filter(model="plant").exists()


def test_new_rows_get_new_numbers(world, tmp_path):
    """Those of deleted rows are not given out again: events tell of them."""
    lost = make_tag("lost")
    lost_number = lost.pk
    lost.delete()
    call_command("export_all", tmp_path / "all.zip", stdout=io.StringIO())
    empty()
    take_in(tmp_path / "all.zip")

    assert make_tag("found").pk == lost_number + 1
    assert UserFactory.create().pk > world.user_id
    assert make_entry(User.objects.get(pk=world.user_id), MONDAY + dt.timedelta(days=9)).pk > world.pk
    assert Group.objects.create(name="new").pk > Group.objects.get(name="unused").pk


def test_both_sides_say_the_same_figures(world, tmp_path):
    out = io.StringIO()
    call_command("export_all", tmp_path / "all.zip", stdout=out)
    empty()
    told = take_in(tmp_path / "all.zip")

    exported = out.getvalue().splitlines()
    assert exported[:-1] == told.splitlines()[:-1]
    assert f"{3:>12}  tracking.timeentry" in exported
    assert f"{3600 + 7 * 60:,} worked seconds" in told
    assert "SECRET_KEY" in exported[-1]
    assert "SECRET_KEY" in told


def test_sessions_stay_behind(archive):
    assert not [name for name in contents(archive) if "session" in name]


def test_only_the_owner_may_read_the_archive(archive):
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600


def test_a_failed_export_leaves_the_file_that_was_there(world, tmp_path, monkeypatch):
    path = tmp_path / "all.zip"
    path.write_text("the last one")
    monkeypatch.setattr("timetracker.backups.transfer._worked_seconds", fails)

    with pytest.raises(CommandError, match="disk full"):
        call_command("export_all", path, stdout=io.StringIO())

    assert [file.name for file in tmp_path.iterdir()] == ["all.zip"]
    assert path.read_text() == "the last one"


def fails() -> int:
    raise OSError("disk full")


def test_a_command_opens_its_own_connection(world, tmp_path):
    connection.close()
    call_command("export_all", tmp_path / "all.zip", stdout=io.StringIO())
    empty()
    connection.close()
    take_in(tmp_path / "all.zip")

    assert TimeEntry.objects.count() == 3


def test_an_export_shows_one_instant(world, tmp_path):
    """What others write meanwhile waits for nothing and is not in it."""

    class Meanwhile(io.StringIO):
        def write(self, text: str) -> int:
            if not Tag.objects.filter(name="meanwhile").exists():
                writer = threading.Thread(target=write_elsewhere)
                writer.start()
                writer.join(5)
                assert not writer.is_alive()
                self.write = super().write  # once
            return super().write(text)

    call_command("export_all", tmp_path / "all.zip", stdout=Meanwhile())

    assert Tag.objects.filter(name="meanwhile").exists()
    assert b"meanwhile" not in contents(tmp_path / "all.zip")["tables/tracking.tag.jsonl"]


def write_elsewhere() -> None:
    try:
        make_tag("meanwhile")
    finally:
        connection.close()


# ── Refusals ─────────────────────────────────────────────────────────────────
def test_a_database_with_people_is_refused(archive):
    UserFactory.create(username="here")

    with pytest.raises(CommandError, match=r"people in this database already.*Use an empty one"):
        take_in(archive)

    assert User.objects.get().username == "here"


@pytest.mark.parametrize("share", [0, 0.5, 0.99])
def test_a_file_that_was_cut_off_is_refused(archive, share):
    data = archive.read_bytes()
    archive.write_bytes(data[: int(len(data) * share)])
    refused(archive, "damaged, cut off")


def test_a_flipped_byte_is_refused(archive):
    with zipfile.ZipFile(archive) as file:
        place = file.getinfo(ENTRIES).header_offset + 120
    data = bytearray(archive.read_bytes())
    data[place] ^= 0xFF
    archive.write_bytes(data)
    refused(archive, "damaged")


def test_an_archive_of_somebody_else_is_refused(archive):
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("holiday.txt", "sun")
    refused(archive, r"no readable meta\.json")


def test_another_format_is_refused(archive):
    rewrite_meta(archive, format=2)
    refused(archive, "has format 2; this version reads format 1")


def test_an_odd_meta_file_is_refused(archive):
    rewrite_meta(archive, rows=[])
    refused(archive, "has not what export_all writes")


def test_another_count_is_refused(archive):
    rewrite_meta(archive, rows=meta_of(archive)["rows"] | {"tracking.timeentry": 4})
    refused(archive, r"tracking\.timeentry has 3 rows, meta\.json says 4")


def test_other_worked_time_is_refused(archive):
    rewrite_entry(archive, seconds=1)
    refused(archive, "worked seconds arrived")


def test_other_migrations_are_refused_by_name(archive):
    migrations = meta_of(archive)["migrations"]
    rewrite_meta(archive, migrations=migrations | {"tracking": [*migrations["tracking"][1:], "0999_later"]})
    refused(archive, r"only here: tracking\.0001_initial; only in the archive: tracking\.0999_later")


def test_a_database_without_its_migrations_is_refused(archive, monkeypatch):
    monkeypatch.setattr("django.db.migrations.executor.MigrationExecutor.migration_plan", lambda *_: [("one", False)])
    refused(archive, r"Run `manage\.py migrate` first")
    with pytest.raises(CommandError, match=r"Run `manage\.py migrate` first"):
        call_command("export_all", archive, stdout=io.StringIO())


def test_an_unknown_table_is_refused(archive):
    rewrite(archive, "tables/tracking.plant.jsonl", lambda _: b"{}\n")
    refused(archive, r"does not know: tables/tracking\.plant\.jsonl")


def test_a_missing_table_is_refused(archive):
    rows = meta_of(archive)["rows"]
    rewrite_meta(archive, rows={label: count for label, count in rows.items() if label != "tracking.tag"})
    refused(archive, r"lacks tables of this version: tracking\.tag")


def test_an_unknown_field_is_refused(archive):
    rewrite_entry(archive, mood="fine")
    refused(archive, r"tracking\.timeentry: fields of only one of archive and database: mood")


@pytest.mark.parametrize("line", [b"{", b"[]", b"\xff", b"null"])
def test_a_line_that_is_no_row_is_refused(archive, line):
    rewrite(archive, ENTRIES, lambda data: line + b"\n" + data)
    refused(archive, r"tracking\.timeentry, after row 0")


@pytest.mark.parametrize(("field", "value"), [("started_at", "soon"), ("rate", "much"), ("ended_at", None)])
def test_a_value_that_the_database_would_not_hold_is_refused(archive, field, value):
    rewrite_entry(archive, **{field: value})
    refused(archive, r"tracking\.timeentry, after row 0")


def test_a_row_that_refers_to_nothing_is_refused(archive):
    rewrite_entry(archive, project_id=987654)
    refused(archive, "refers to one that is not there")
