"""`manage.py backup`: a whole file or none, and old ones go."""

from __future__ import annotations

import datetime as dt
import io
import os
import re
import shutil
import stat
import subprocess
import sys
from collections import namedtuple
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as the_settings
from django.contrib.admin.sites import site
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from tests.backups.kept import keep
from tests.live.tools import database_url
from tests.work import make_entry
from timetracker.backups import making
from timetracker.backups.choices import Kind
from timetracker.backups.folder import RESERVE, sha256_of
from timetracker.backups.models import Backup
from timetracker.backups.queries import last_backup
from timetracker.web.locks import only_one

pytestmark = pytest.mark.django_db(transaction=True)
Usage = namedtuple("Usage", "total used free")
KILLED_IN_THE_MIDDLE = """
import os, signal, sys, django
django.setup()
from timetracker.backups.making import make_backup
make_backup(kind="by_hand", progress=lambda table, rows: rows and os.kill(os.getpid(), signal.SIGKILL))
"""


def backup(**options: Any) -> Path:
    out = io.StringIO()
    call_command("backup", stdout=out, **options)
    return Path(out.getvalue().splitlines()[-1])


def refused(reason: str, **options: Any) -> None:
    before = Backup.objects.filter(error="").count()
    with pytest.raises(CommandError, match=reason):
        backup(**options)
    assert Backup.objects.filter(error="").count() == before


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


# ── One file, whole ──────────────────────────────────────────────────────────
def test_a_backup_is_a_file_and_a_row(place: Path, owner: User):
    make_entry(owner)
    made = backup()
    row = last_backup()
    assert made == row.path
    assert made.parent == place
    assert made.name == f"timetracker-{row.started_at:%Y%m%d-%H%M%S}.zip"
    assert (row.bytes, row.sha256) == (made.stat().st_size, sha256_of(made))
    assert row.rows > 1
    assert row.kind == Kind.BY_HAND
    assert row.started_at <= row.finished_at
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert names(place) == {made.name}


def test_the_row_stays_behind_when_an_archive_is_loaded(place: Path, owner: User):
    backup()
    again = backup()
    assert b"backups.backup" not in again.read_bytes()


def test_a_clock_that_was_put_back_replaces_nothing(place: Path, owner: User, monkeypatch: pytest.MonkeyPatch):
    moment = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: moment)
    first = backup()
    content = first.read_bytes()
    second = backup()
    assert second.name == first.name.replace(".zip", "-2.zip")
    assert first.read_bytes() == content


def test_names_of_folders_may_be_odd(owner: User, tmp_path: Path):
    folder = tmp_path / "Zoë's [back*ups] – 100 %\n"
    made = backup(dir=folder)
    assert made.exists() is False  # its name is over two lines of what the command says
    assert last_backup().path.parent == folder
    assert last_backup().path.exists()


# ── No file at all ───────────────────────────────────────────────────────────
def test_a_full_disk_is_refused_before_a_byte_is_written(place: Path, owner: User, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(RESERVE, 0, RESERVE))
    refused("0 MB|100 MB are free .* make room")
    assert names(place) == set()
    assert "make room" in Backup.objects.get().error


def test_a_disk_that_fills_up_meanwhile_leaves_nothing(place: Path, owner: User, monkeypatch: pytest.MonkeyPatch):
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    refused("No space left on device")
    assert names(place) == set()


def test_a_folder_that_cannot_be_made_is_named(owner: User, tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    refused("file/backups cannot be made", dir=tmp_path / "file" / "backups")
    refused("file cannot be made", dir=tmp_path / "file")


def test_a_folder_without_the_right_to_write_is_refused(place: Path, owner: User, monkeypatch: pytest.MonkeyPatch):
    def closed(**_options: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("timetracker.backups.files.tempfile.NamedTemporaryFile", closed)
    refused("Permission denied")
    assert last_backup() is None


def test_a_folder_in_the_place_of_the_file_is_left_alone(place: Path, owner: User, monkeypatch: pytest.MonkeyPatch):
    moment = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: moment)
    taken = place / f"timetracker-{moment.astimezone(dt.UTC):%Y%m%d-%H%M%S}.zip"
    taken.mkdir(parents=True)
    assert backup().name == taken.name.replace(".zip", "-2.zip")
    assert taken.is_dir()


@pytest.mark.parametrize("inside", ["", "a/b"])
def test_what_the_web_hands_out_is_no_place(owner: User, settings: Any, tmp_path: Path, inside: str):
    settings.STATIC_ROOT = str(tmp_path / "static")
    (tmp_path / "static").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "static")
    refused("everybody can read", dir=tmp_path / "link" / inside)


def test_two_at_once_are_one(place: Path, owner: User, run_at_once: Any):
    def second() -> str:
        with pytest.raises(CommandError) as refusal:
            backup()
        return str(refusal.value)

    with only_one(making.LOCK) as free:
        assert free
        assert run_at_once(second) == [making.BUSY]
    assert not Backup.objects.exists()
    assert backup().exists()


def test_killed_in_the_middle_nothing_is_taken_for_a_backup(place: Path, owner: User):
    environment = {
        **os.environ, "DATABASE_URL": database_url(), "BACKUP_DIR": str(place), "SECRET_KEY": the_settings.SECRET_KEY,
        "DJANGO_SETTINGS_MODULE": "timetracker.settings",
    }  # fmt: skip
    program = [sys.executable, "-c", KILLED_IN_THE_MIDDLE]
    assert subprocess.run(program, cwd=the_settings.BASE_DIR, env=environment, check=False).returncode == -9
    (rest,) = names(place)
    assert rest.startswith(".timetracker-")
    assert last_backup() is None

    made = backup()

    assert names(place) == {made.name}
    assert Backup.objects.exclude(error="").get().error == making.CUT_OFF
    assert last_backup().path == made


# ── Old ones ─────────────────────────────────────────────────────────────────
def test_only_what_a_backup_made_is_taken_away(place: Path, owner: User):
    place.mkdir()
    (place / "timetracker-20200101-000000.zip").write_text("put there by somebody")
    first, second = backup(), backup(keep=1)
    assert not first.exists()
    assert names(place) == {second.name, "timetracker-20200101-000000.zip"}
    row = Backup.objects.get(file_name=first.name)
    assert row.removed_at is not None
    assert last_backup().file_name == second.name


def test_a_failure_takes_nothing_away(place: Path, owner: User, monkeypatch: pytest.MonkeyPatch):
    first = backup()
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1, 0, 1))
    refused("make room", keep=1)
    assert first.exists()
    assert last_backup().path == first


def test_one_that_somebody_took_away_stops_no_other(place: Path, owner: User):
    backup().unlink()
    assert backup(keep=1).exists()


def test_other_folders_are_left_alone(place: Path, owner: User, tmp_path: Path):
    first = backup()
    backup(dir=tmp_path / "elsewhere", keep=1)
    assert first.exists()


# ── For whoever looks ────────────────────────────────────────────────────────
def test_the_administration_shows_it_and_changes_nothing(client_for: Any, administrator: User, tmp_path: Path):
    row = keep(tmp_path, timezone.now())
    browser = client_for(administrator)
    assert row.file_name in browser.get(reverse("admin:backups_backup_changelist")).content.decode()
    assert browser.post(reverse("admin:backups_backup_change", args=[row.pk]), {"file_name": "x"}).status_code == 403
    assert browser.post(reverse("admin:backups_backup_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    assert browser.get(reverse("admin:backups_backup_add")).status_code == 403
    assert site.is_registered(Backup)
    assert last_backup() == row


@pytest.mark.parametrize(
    ("differs", "said"),
    [
        ({}, ["Good"]),
        ({"error": "The disk is full."}, ["Failed"]),
        ({"finished_at": None}, ["Not finished"]),
        ({"removed_at": timezone.now()}, ["Removed to make room"]),
        ({"drilled_at": timezone.now()}, ["Good", "Loads"]),
        ({"drilled_at": timezone.now(), "drill_error": "A row is missing."}, ["Good", "Does not load"]),
        ({"bytes": 1_740_284, "rows": 8_364}, ["Good", "1.7\xa0MB", "8,364"]),
    ],
)
def test_the_list_says_how_each_stands(
    client_for: Any, administrator: User, tmp_path: Path, differs: dict[str, Any], said: list[str]
):
    row = keep(tmp_path, timezone.now())
    Backup.objects.filter(pk=row.pk).update(**{"bytes": 0, "rows": 0} | differs)
    browser = client_for(administrator)
    for page in (reverse("admin:backups_backup_changelist"), reverse("admin:backups_backup_change", args=[row.pk])):
        shown = re.findall(r"(?s)<(?:td|div)[^>]*(?:field-|readonly)[^>]*>([^<]*)<", browser.get(page).content.decode())
        words = ["Good", "Failed", "Not finished", "Removed to make room", "Loads", "Does not load"]
        assert [each for each in shown if each in words or "MB" in each or "8,364" in each] == said
