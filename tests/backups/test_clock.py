"""The clock makes one a night, and tries one a week."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as the_settings
from django.core.management import call_command

from accounts.models import User
from tests.backups.kept import keep
from timetracker.backups import schedules
from timetracker.backups.choices import Kind
from timetracker.backups.models import Backup

pytestmark = pytest.mark.django_db
NIGHT = dt.datetime(2026, 3, 10, 3, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


@pytest.fixture
def started(settings: Any, monkeypatch: pytest.MonkeyPatch, owner: User) -> list[str]:
    """What the clock began, where the instance is set up for a month and makes backups at three."""
    settings.BACKUP_AT = NIGHT.time()
    User.objects.update(date_joined=NIGHT - 30 * DAY)
    begun: list[str] = []
    monkeypatch.setattr(schedules, "run_command", lambda *words, within: begun.append(" ".join(words)))
    return begun


def turn(*moments: dt.datetime) -> None:
    for moment in moments:
        schedules.make(moment)
        schedules.drill(moment)


def test_it_makes_one_each_night(started: list[str], tmp_path: Path):
    keep(tmp_path, NIGHT - DAY, drilled_at=NIGHT - DAY)
    turn(NIGHT - HOUR / 4)
    assert started == []
    turn(NIGHT)
    assert started == ["backup --by-clock"]
    keep(tmp_path, NIGHT)
    turn(NIGHT + HOUR / 4, NIGHT + 23 * HOUR)
    assert started == ["backup --by-clock"]


def test_a_night_that_was_slept_through_is_made_up_for(started: list[str], tmp_path: Path):
    keep(tmp_path, NIGHT - 3 * DAY, drilled_at=NIGHT - DAY)
    turn(NIGHT + 6 * HOUR)
    assert started == ["backup --by-clock"]


def test_one_that_failed_is_tried_again_after_an_hour(started: list[str], tmp_path: Path):
    keep(tmp_path, NIGHT, error="disk full")
    turn(NIGHT + HOUR / 2)
    assert started == []
    turn(NIGHT + HOUR + HOUR / 4)
    assert started == ["backup --by-clock"]


def test_one_by_hand_after_the_hour_is_enough(started: list[str], tmp_path: Path):
    keep(tmp_path, NIGHT + HOUR, kind=Kind.BY_HAND, drilled_at=NIGHT - DAY)
    turn(NIGHT + 3 * HOUR)
    assert started == []


def test_a_copy_before_an_upgrade_is_not_enough(started: list[str], tmp_path: Path):
    keep(tmp_path, NIGHT + HOUR, kind=Kind.BEFORE_UPGRADE)
    turn(NIGHT + 3 * HOUR)
    assert started == ["backup --by-clock"]


def test_a_date_in_the_future_does_not_keep_it_from_making_one(started: list[str], tmp_path: Path):
    keep(tmp_path, NIGHT + 400 * DAY, drilled_at=NIGHT + 400 * DAY)
    turn(NIGHT)
    assert started == ["backup --by-clock"]


def test_a_new_instance_waits_for_its_first_night(started: list[str]):
    User.objects.update(date_joined=NIGHT + HOUR)
    turn(NIGHT + 2 * HOUR)
    assert started == []
    turn(NIGHT + DAY)
    assert started == ["backup --by-clock"]


@pytest.mark.parametrize("command", ["backup", "restore_drill"])
def test_one_that_waited_until_it_was_no_longer_due_does_nothing(command: str, settings: Any, capsys):
    """Long work may stand before it in its queue, and the clock asks again meanwhile."""
    settings.BACKUP_AT = None
    call_command(command, "--by-clock")
    assert capsys.readouterr().out == ""
    assert not Backup.objects.exists()


def test_off_is_off(started: list[str], settings: Any, tmp_path: Path):
    settings.BACKUP_AT = None
    keep(tmp_path, NIGHT)
    turn(NIGHT, NIGHT + HOUR)
    assert started == []


def test_the_nights_backup_is_tried_once_a_week(started: list[str], tmp_path: Path):
    backup = keep(tmp_path, NIGHT)
    turn(NIGHT + HOUR / 4)
    assert started == ["restore_drill --by-clock"]
    backup.drilled_at = NIGHT + HOUR
    backup.save()
    turn(NIGHT + 2 * HOUR)
    keep(tmp_path, NIGHT + 7 * DAY)
    turn(NIGHT + 7 * DAY + HOUR / 4)
    assert started == ["restore_drill --by-clock"]
    turn(NIGHT + 7 * DAY + 2 * HOUR)
    assert started == ["restore_drill --by-clock", "restore_drill --by-clock"]


def test_it_is_not_tried_while_people_are_at_work(started: list[str], tmp_path: Path):
    keep(tmp_path, NIGHT)
    turn(NIGHT + 7 * HOUR)
    assert started == []


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "03:00:00"),
        ({"REDIS_URL": "redis://127.0.0.1:1/0"}, "None"),
        ({"DEBUG": "1"}, "None"),
        ({"BACKUP_AT": "off"}, "None"),
        ({"BACKUP_AT": "23:45", "REDIS_URL": "redis://127.0.0.1:1/0"}, "23:45:00"),
        ({"BACKUP_AT": "soon"}, "ImproperlyConfigured: BACKUP_AT is neither a time of day, like 03:00, nor off: soon."),
    ],
)
def test_when_it_is_by_itself(tmp_path: Path, values: dict[str, str], said: str):
    clear = {
        name: value for name, value in os.environ.items() if name not in {"REDIS_URL", "DATABASE_URL", "BACKUP_AT"}
    }
    program = "from timetracker import settings; print(settings.BACKUP_AT)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=the_settings.BASE_DIR, env=clear | {"DATA_DIR": str(tmp_path)} | values,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.stdout or done.stderr).strip().rpartition("\n")[2].endswith(said)
