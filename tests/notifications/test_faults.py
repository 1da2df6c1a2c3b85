"""kill -9 anywhere on the way: nothing is lost, and nothing is twice in the centre."""

from __future__ import annotations

import datetime as dt
import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.utils import timezone

from accounts.models import User
from notifications.categories import OWN
from notifications.choices import Channel
from notifications.models import Notification, Outcome
from notifications.services.digests import release_held
from notifications.services.preferences import set_preferences
from notifications.services.scheduling import schedule
from tests.events.conftest import let_leases_end
from tests.events.crashing import crasher_of
from tests.notifications.clock import fire_due, wake_snoozed
from tests.notifications.crashing import HANDLERS, JOB_POINTS, JOBS, POINTS
from tests.notifications.telling import HOUR, outcomes, tell, titles
from tests.work import make_project, make_task
from timetracker.events.choices import Status
from timetracker.events.dispatch import sweep
from timetracker.events.models import Delivery

pytestmark = pytest.mark.django_db(transaction=True)
RunUntilKilled = Callable[[str, str], None]


@pytest.fixture(scope="module")
def crasher(django_db_setup, django_db_blocker) -> Iterator[Callable[[str, str, Path], int]]:
    with crasher_of("tests.notifications.crashing") as run:
        yield run


@pytest.fixture
def run_until_killed(crasher, tmp_path: Path, settings) -> RunUntilKilled:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)

    def run(what: str, point: str) -> None:
        assert crasher(what, point, tmp_path) == -signal.SIGKILL

    return run


def mails(folder: Path) -> list[str]:
    return [name for path in folder.iterdir() for name in re.findall(r"Message-ID: \S+", path.read_text())]


def what_is_left_is_done() -> None:
    for _turn in range(2):
        let_leases_end()
        sweep()
    assert not Delivery.objects.exclude(status=Status.DONE).exists()


@pytest.mark.parametrize("handler", HANDLERS)
@pytest.mark.parametrize("point", POINTS)
def test_killed_on_its_way(owner: User, teammate: User, run_until_killed, tmp_path, handler: str, point: str):
    set_preferences(person=teammate, grid={"task_assigned": [Channel.CENTRE, Channel.TOAST, Channel.EMAIL]})
    make_task(make_project(owner, (teammate,)), name="Design")
    run_until_killed(handler, point)
    what_is_left_is_done()
    assert titles(teammate) == ["Olga Owner gave you a task: Design"]
    assert outcomes(Notification.objects.get())["email"] == "sent"
    sent_twice = handler == "notifications.mail" and point == "after the call"
    assert (len(mails(tmp_path)), len(set(mails(tmp_path)))) == (2 if sent_twice else 1, 1)


def _remind(person: User) -> None:
    schedule(person=person, title="Tea", deliver_at=timezone.now(), repeats={"every_seconds": 86400})


def _sleep(person: User) -> None:
    Notification.objects.filter(pk=tell(person, "Tea").pk).update(snoozed_until=timezone.now())


def _hold(person: User) -> None:
    for title in ("Tea", "Cake"):
        held = Outcome.objects.filter(notification=tell(person, title), channel="toast")
        held.update(state="held", reason="quiet", due_at=timezone.now())


@pytest.mark.parametrize("job", JOBS)
@pytest.mark.parametrize("point", JOB_POINTS)
def test_the_clock_is_killed(owner: User, run_until_killed, job: str, point: str):
    {"fire_due": _remind, "wake_snoozed": _sleep, "release_held": _hold}[job](owner)
    Delivery.objects.update(status=Status.DONE)
    run_until_killed(job, point)
    now = timezone.now()
    for run in (fire_due, wake_snoozed, release_held):
        run(now)
    what_is_left_is_done()
    digest = ["2 notifications came while it was quiet"] if job == "release_held" else []
    assert sorted(titles(owner)) == sorted([*digest, "Tea", *(["Cake"] if digest else [])])


def test_the_clock_that_stood_still_tells_once(owner: User):
    schedule(person=owner, title="Tea", deliver_at=timezone.now(), repeats={"every_seconds": 60})
    later = timezone.now() + dt.timedelta(days=9)
    fire_due(later)
    fire_due(later)
    assert titles(owner) == ["Tea"]
    assert Notification.objects.scheduled(owner).get().deliver_at > later


def test_told_of_twice_there_is_one(owner: User):
    """A handler that is run again after its effect was committed, as it would be by hand."""
    tell(owner, category=OWN, key="k")
    Delivery.objects.update(status=Status.PENDING, attempts=0, finished_at=None)
    sweep()
    assert len(titles(owner)) == 1
    assert fire_due(timezone.now() + HOUR) == 0
