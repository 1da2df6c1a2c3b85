"""Starting, switching and stopping the timer can be taken back, and done again."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from accounts.models import User
from tests.tracking.test_undo import everything, last_batch, undo
from tests.work import MONDAY, make_project
from timetracker.events.models import Event
from timetracker.web.errors import Conflict, NotAllowed
from tracking.choices import BatchKind, Review
from tracking.models import TimeEntry
from tracking.services.timer import pause_timer, resume_timer, start_timer, stop_timer
from tracking.services.undo import undo_batch

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


def running() -> TimeEntry | None:
    return TimeEntry.objects.running().first()


def test_a_start(owner: User):
    started = start_timer(user=owner, description="by mistake")
    assert (started.batch_id, last_batch().kind) == (last_batch().pk, BatchKind.START)
    undo(owner)
    assert running() is None
    undo(owner)
    assert running() == started
    assert list(Event.objects.order_by("pk").values_list("type", flat=True)) == [
        "timer_started", "timer_discarded", "entry_restored",
    ]  # fmt: skip


def test_a_stop_as_if_it_had_not_been(owner: User, clock):
    project = make_project(rate="60")
    started = start_timer(user=owner, project=project)
    before = everything()
    clock.shift(10 * MINUTE)
    stopped = stop_timer(user=owner)
    after = everything()
    assert (stopped.entry.batch_id, last_batch().kind) == (last_batch().pk, BatchKind.STOP)
    clock.shift(MINUTE)
    undo(owner)
    project.refresh_from_db()
    assert (running(), everything(), project.tracked_seconds) == (started, before, 0)
    assert TimeEntry.objects.get().seconds is None

    undo(owner)
    project.refresh_from_db()
    assert (everything(), project.tracked_seconds) == (after, 600)
    assert TimeEntry.objects.get().seconds == 600


def test_a_stop_during_a_pause_pauses_again(owner: User, clock):
    start_timer(user=owner)
    for _round in range(2):
        clock.shift(MINUTE)
        pause_timer(user=owner)
        clock.shift(MINUTE)
        resume_timer(user=owner)
    clock.shift(MINUTE)
    paused = pause_timer(user=owner).paused_at
    before = everything()
    clock.shift(MINUTE)
    stop_timer(user=owner)
    undo(owner)
    assert everything() == before
    assert running().paused_at == paused  # type: ignore[union-attr]  # it runs
    resume_timer(user=owner)
    clock.shift(MINUTE)
    assert stop_timer(user=owner).entry.seconds == 4 * 60


def test_a_switch_goes_back_to_what_ran_and_forth_again(owner: User, clock):
    first = start_timer(user=owner, description="one")
    clock.shift(5 * MINUTE)
    second = start_timer(user=owner, description="two")
    clock.shift(MINUTE)
    switched = everything()
    undo(owner)
    assert running() == first
    undo(owner)
    assert (running(), everything()) == (second, switched)


def test_a_stop_stays_while_another_timer_runs(owner: User):
    start_timer(user=owner)
    stop_timer(user=owner)
    stopping = last_batch()
    other = start_timer(user=owner)
    with pytest.raises(Conflict) as conflict:
        undo_batch(batch=stopping, actor=owner)
    assert conflict.value.code == "already_running"
    assert running() == other


def test_nothing_runs_for_somebody_who_has_left(owner: User, administrator: User):
    start_timer(user=owner)
    stop_timer(user=owner)
    User.objects.filter(pk=owner.pk).update(is_active=False)
    with pytest.raises(Conflict) as conflict:
        undo_batch(batch=last_batch(), actor=administrator)
    assert conflict.value.code == "closed"


def test_a_start_stays_once_its_time_has_ended(owner: User, clock):
    start_timer(user=owner)
    starting = last_batch()
    clock.shift(MINUTE)
    stop_timer(user=owner)
    with pytest.raises(Conflict) as conflict:
        undo_batch(batch=starting, actor=owner)
    assert conflict.value.code == "changed_since"
    undo(owner)
    undo_batch(batch=starting, actor=owner)
    assert not TimeEntry.objects.alive().exists()


def test_what_stopped_by_itself_asks_no_more_once_it_runs(owner: User):
    start_timer(user=owner, project=make_project())
    stop_timer(user=owner, by_itself=True)
    undo(owner)
    assert running().review == Review.NONE  # type: ignore[union-attr]  # it runs


def test_done_again_it_ends_no_earlier_than_it_begins(owner: User, clock):
    start_timer(user=owner)
    clock.shift(5 * MINUTE)
    stop_timer(user=owner)
    undo(owner)
    TimeEntry.objects.update(started_at=MONDAY + 8 * MINUTE)
    clock.shift(10 * MINUTE)
    undo(owner)
    ended = TimeEntry.objects.get()
    assert (ended.ended_at, ended.seconds) == (ended.started_at, 0)


def test_only_ones_own(owner: User, outsider: User):
    start_timer(user=owner)
    with pytest.raises(NotAllowed):
        undo(outsider)
    assert running() is not None
