"""What takes long as deployed: a worker of its own does it, no delivery waits, and nothing is done twice."""

from __future__ import annotations

import datetime as dt
import os
import signal
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis
from django.conf import settings
from django.core.files import File
from django.utils import timezone

from accounts.models import User
from tests.deploy.stack import Stack
from tests.factories import UserFactory
from tests.live.tools import database_url, soon
from tests.tracking.toggl import toggl_file
from tests.web.test_background import is_gone
from tests.work import make_project, make_task
from timetracker.events.choices import Status
from timetracker.events.models import Delivery
from timetracker.metrics.choices import ProcessKind
from timetracker.metrics.models import ProcessReport
from timetracker.web.background import LONG, run_command
from tracking.choices import ImportState
from tracking.models import Task, TimeEntry, TimeImport
from tracking.models.time_import import SILENT
from tracking.services import time_imports
from tracking.services.imports import STEP
from tracking.services.tasks import update_task

pytestmark = pytest.mark.django_db(transaction=True)
REST = 300
"""Lines of the second step."""


@pytest.fixture
def stack(stack: Stack, organisation: Any, settings: Any) -> Stack:
    settings.MEDIA_ROOT = stack.folder / "data" / "media"
    settings.MEDIA_ROOT.mkdir(parents=True)
    redis.Redis.from_url(settings.REDIS_URL).delete(LONG)
    stack.start_parts("worker-1", "long")
    return stack


def line_of(person: User, number: int) -> dict[str, str]:
    start = dt.datetime(2025, 1, 1) + dt.timedelta(hours=number)
    end = start + dt.timedelta(minutes=30)
    return {
        "Email": person.email, "Project": "", "Client": "", "Tags": "", "Duration": "00:30:00",
        "Start date": f"{start:%Y-%m-%d}", "Start time": f"{start:%H:%M:%S}",
        "End date": f"{end:%Y-%m-%d}", "End time": f"{end:%H:%M:%S}",
    }  # fmt: skip


def brought(folder: Path, actor: User, first: User, second: User) -> TimeImport:
    """Two steps: one of the first person, and one of the second."""
    lines = [*(line_of(first, number) for number in range(STEP)), *(line_of(second, number) for number in range(REST))]
    with toggl_file(folder, *lines).open("rb") as file:
        return time_imports.receive_file(
            actor=actor, file=File(file, name="toggl.csv"), format_name="toggl", zone_name="UTC"
        )


def commands_of(pid: int) -> list[int]:
    """Children of any of its threads."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for each in lists for child in each.read_text().split()]


def waiting() -> int:
    return int(redis.Redis.from_url(settings.REDIS_URL).llen(LONG))


def delivered(task: Task, manager: User, person: User) -> bool:
    update_task(task=task, actor=manager, assignee=person)
    mine = Delivery.objects.filter(handler="notifications.task_assigned")
    return soon(mine.filter(status=Status.DONE).exists, within=60)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="asks the system for the children of a process")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL], ids=["told to end", "killed"])
def test_an_import_that_its_worker_does_not_survive(
    how: signal.Signals, stack: Stack, administrator: User, owner: User, teammate: User, manager: User, tmp_path: Path
):
    somebody = UserFactory.create()
    task = make_task(make_project(manager=manager, members=(somebody,)), name="Draft")
    row = brought(tmp_path, administrator, owner, teammate)
    long = stack.processes["long"]
    with psycopg.connect(database_url()) as other:
        other.execute("SELECT 1 FROM accounts_user WHERE id = %s FOR UPDATE", [teammate.pk])  # the second step waits
        time_imports.begin(brought=row)
        assert soon(lambda: TimeImport.objects.get().done == STEP, within=60), stack.log("long")
        [command] = commands_of(long.pid)
        assert b"run_import" in Path(f"/proc/{command}/cmdline").read_bytes()
        run_command("check")
        assert delivered(task, manager, somebody), stack.log("worker-1")
        assert waiting() == 1, "what comes after stays in the queue, whatever becomes of this worker"
        assert ProcessReport.objects.get(kind=ProcessKind.LONG).pid == long.pid
        long.send_signal(how)
        if how == signal.SIGKILL:
            os.kill(command, how)  # as the container or the unit ends with its first process
        assert long.wait(30) == (0 if how == signal.SIGTERM else -how)
        assert soon(lambda: is_gone(command), within=20)
    stack.start("long")()
    assert soon(lambda: '"command": "check"' in stack.log("long"), within=60), stack.log("long")
    assert waiting() == 0
    # Nobody runs it again by itself: it waits for its person.
    row.refresh_from_db()
    assert (row.state, row.done, TimeEntry.objects.count()) == (ImportState.RUNNING, STEP, STEP)
    TimeImport.objects.update(heard_at=timezone.now() - 2 * SILENT)
    time_imports.begin(brought=row)
    assert soon(lambda: TimeImport.objects.get().state == ImportState.DONE, within=60), stack.log("long")
    for person, entries in ((owner, STEP), (teammate, REST)):
        assert TimeEntry.objects.filter(user=person).count() == entries
    assert soon(lambda: stack.log("long").count("long_work_done") == 2, within=20)
