"""What doctor says of backups: each thing broken, and mended."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from tests.backups.kept import keep
from tests.web.test_doctor import assert_to_mend, assert_well, said
from timetracker.backups.doctor import backup

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


@pytest.fixture
def folder(place: Path, owner: User) -> Path:
    """Of an instance that was set up a month ago."""
    User.objects.update(date_joined=timezone.now() - 30 * DAY)
    place.mkdir(mode=0o700)
    return place


def test_nothing_to_back_up(place: Path, db: None):
    assert said(backup) == [(True, "There is nothing to back up yet.")]


def test_the_first_night_is_waited_for(folder: Path, settings: Any):
    User.objects.update(date_joined=timezone.now())
    settings.BACKUP_AT = dt.time(3, 0)
    assert said(backup) == [(True, "The first backup is made at 03:00 UTC.")]
    settings.BACKUP_AT = None
    assert_to_mend(backup, "set BACKUP_AT")


def test_none_at_all(folder: Path, settings: Any):
    assert_to_mend(backup, "There is no backup: set BACKUP_AT, like 03:00, or run manage.py backup.")
    settings.BACKUP_AT = dt.time(3, 0)
    assert_to_mend(backup, "There is no backup: see whether the clock runs")
    keep(folder, timezone.now() - HOUR, error="The disk is full.")
    assert_to_mend(backup, "There is no backup: the last try failed (The disk is full).")
    keep(folder, timezone.now())
    assert_well(backup)


def test_an_old_one(folder: Path):
    found = keep(folder, timezone.now() - 49 * HOUR)
    assert_to_mend(backup, f"The last backup is of {found.started_at:%Y-%m-%d %H:%M} UTC: set BACKUP_AT")
    keep(folder, timezone.now() - 47 * HOUR)
    assert_well(backup)


def test_one_that_is_gone(folder: Path):
    found = keep(folder, timezone.now() - HOUR)
    found.path.unlink()
    assert_to_mend(backup, f"The last backup is gone ({found.path})")


def test_one_that_is_dated_ahead(folder: Path):
    keep(folder, timezone.now() + 9 * DAY)
    assert_to_mend(backup, "look at the clock of this machine")


def test_a_trial_that_failed(folder: Path):
    first = keep(folder, timezone.now() - DAY, drilled_at=timezone.now() - HOUR, drill_error="It is cut off.")
    keep(folder, timezone.now())
    assert_to_mend(backup, f"The backup {first.file_name} does not load (It is cut off): make and try a new one.")
    first.drill_error = ""
    first.save()
    assert_well(backup)


def test_no_trial_for_long(folder: Path):
    keep(folder, timezone.now() - 40 * DAY, drilled_at=timezone.now() - 36 * DAY)
    last = keep(folder, timezone.now())
    assert_to_mend(backup, "No backup was loaded on trial for 35 days: run manage.py restore_drill.")
    last.drilled_at = timezone.now()
    last.save()
    assert_well(backup)


def test_a_folder_that_others_read(folder: Path, settings: Any):
    keep(folder, timezone.now())
    folder.chmod(0o755)
    assert_to_mend(backup, f"chmod 700 {folder}")
    folder.chmod(0o700)
    assert_well(backup)
    settings.STATIC_ROOT = str(folder.parent)
    assert_to_mend(backup, "everybody can read through the web")
