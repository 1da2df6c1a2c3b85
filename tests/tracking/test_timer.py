"""The timer's service: one running entry a person, pauses that never count, a stop that always works."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
import time_machine
from django.core.exceptions import ValidationError

from accounts.models import Organisation, User
from accounts.services.people import deactivate_person
from tests.work import make_project, make_tag, make_task
from timetracker.events.models import Event
from timetracker.web.errors import Conflict
from tracking.choices import Review, Source
from tracking.models import Break, Project, Task, TimeEntry
from tracking.services.entries import restore_entry
from tracking.services.projects import archive_project
from tracking.services.timer import (
    continue_entry,
    discard_timer,
    move_start,
    pause_timer,
    resume_timer,
    start_timer,
    stop_timer,
)

pytestmark = pytest.mark.django_db
NINE = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)


def at(hour: int, minute: int = 0, second: int = 0) -> dt.datetime:
    return NINE.replace(hour=hour, minute=minute, second=second)


@pytest.fixture
def clock():
    with time_machine.travel(NINE, tick=False) as traveller:
        yield traveller


def types() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("type", flat=True))


def test_start_and_stop(owner: User, clock):
    project = make_project(rate="90")
    task = make_task(project)
    tag = make_tag("ux")
    entry = start_timer(user=owner, description="  Sketch ", task=task, tags=[tag, tag])
    assert (entry.description, entry.project, entry.source, entry.billable) == ("Sketch", project, Source.TIMER, True)
    assert entry.running
    assert list(entry.tags.all()) == [tag]
    clock.move_to(at(10, 30))
    assert entry.elapsed_at() == 5400
    stopped = stop_timer(user=owner)
    assert stopped.first
    entry.refresh_from_db()
    assert (entry.ended_at, entry.seconds, entry.rate, entry.currency) == (at(10, 30), 5400, 90, "EUR")
    project.refresh_from_db()
    task.refresh_from_db()
    assert (project.tracked_seconds, task.tracked_seconds) == (5400, 5400)
    assert project.earned_cent_seconds == 5400 * 9000
    assert types() == ["timer_started", "timer_stopped"]


def test_a_second_stop_answers_with_the_first_end(owner: User, clock):
    entry = start_timer(user=owner)
    clock.move_to(at(10))
    stop_timer(user=owner, entry_id=entry.pk)
    clock.move_to(at(11))
    again = stop_timer(user=owner, entry_id=entry.pk)
    assert (again.first, again.entry.ended_at) == (False, at(10))
    assert types().count("timer_stopped") == 1


def test_stop_with_nothing_running(owner: User):
    with pytest.raises(Conflict):
        stop_timer(user=owner)


def test_stop_of_another_persons_entry(owner: User, outsider: User):
    entry = start_timer(user=outsider)
    with pytest.raises(Conflict):
        stop_timer(user=owner, entry_id=entry.pk)
    entry.refresh_from_db()
    assert entry.running


def test_starting_stops_what_runs(owner: User, clock):
    first = start_timer(user=owner, description="one")
    clock.move_to(at(9, 45))
    second = start_timer(user=owner, description="two")
    first.refresh_from_db()
    assert first.ended_at == second.started_at == at(9, 45)
    assert types() == ["timer_started", "timer_stopped", "timer_started"]


def test_the_organisation_may_refuse_a_second_timer(owner: User):
    Organisation.objects.update_or_create(pk=1, defaults={"refuse_second_timer": True})
    first = start_timer(user=owner)
    with pytest.raises(Conflict):
        start_timer(user=owner)
    first.refresh_from_db()
    assert first.running


def test_the_same_uid_is_the_same_entry(owner: User, teammate: User):
    uid = uuid.uuid4()
    first = start_timer(user=owner, uid=uid)
    stop_timer(user=owner)
    assert start_timer(user=owner, uid=uid) == first
    assert TimeEntry.objects.count() == 1
    assert start_timer(user=teammate, uid=uid) != first


def test_a_pause_is_never_work(owner: User, clock):
    entry = start_timer(user=owner)
    clock.move_to(at(10))
    pause_timer(user=owner)
    clock.move_to(at(10, 20))
    pause_timer(user=owner)  # a second pause keeps the first moment
    entry.refresh_from_db()
    assert entry.elapsed_at() == 3600
    clock.move_to(at(10, 30))
    resume_timer(user=owner)
    resume_timer(user=owner)
    clock.move_to(at(11))
    entry = stop_timer(user=owner).entry
    assert (entry.seconds, entry.break_seconds) == (5400, 1800)
    assert list(Break.objects.values_list("started_at", "ended_at")) == [(at(10), at(10, 30))]
    assert types() == ["timer_started", "timer_paused", "timer_resumed", "timer_stopped"]


def test_stopping_while_paused_ends_at_the_pause(owner: User, clock):
    start_timer(user=owner)
    clock.move_to(at(10))
    pause_timer(user=owner)
    clock.move_to(at(12))
    entry = stop_timer(user=owner).entry
    assert (entry.ended_at, entry.seconds, entry.paused_at) == (at(10), 3600, None)
    assert not Break.objects.exists()


def test_an_earlier_stop_trims_breaks(owner: User, clock):
    start_timer(user=owner)
    clock.move_to(at(10))
    pause_timer(user=owner)
    clock.move_to(at(10, 30))
    resume_timer(user=owner)
    clock.move_to(at(12))
    entry = stop_timer(user=owner, at=at(10, 10)).entry
    assert (entry.ended_at, entry.break_seconds, entry.seconds) == (at(10, 10), 600, 3600)


@pytest.mark.parametrize(("asked", "end"), [(at(23), at(10)), (at(3), at(9))])
def test_a_stop_is_clamped_and_always_works(owner: User, clock, asked, end):
    start_timer(user=owner)
    clock.move_to(at(10))
    assert stop_timer(user=owner, at=asked).entry.ended_at == end


def test_a_timer_that_ran_for_days_is_kept_and_flagged(owner: User, clock):
    start_timer(user=owner)
    clock.shift(dt.timedelta(hours=340))
    entry = stop_timer(user=owner).entry
    assert (entry.seconds, entry.review) == (340 * 3600, Review.TOO_LONG)


def test_a_start_in_the_future_is_refused_a_clock_ahead_is_not(owner: User, clock):
    with pytest.raises(ValidationError) as error:
        start_timer(user=owner, started_at=at(9, 30))
    assert "started_at" in error.value.message_dict
    assert start_timer(user=owner, started_at=at(9, 1)).started_at == NINE


def test_an_earlier_start_ends_the_running_one_there(owner: User, clock):
    first = start_timer(user=owner)
    clock.move_to(at(11))
    start_timer(user=owner, started_at=at(10))
    first.refresh_from_db()
    assert first.ended_at == at(10)


def test_a_start_before_the_running_one_is_refused(owner: User, clock):
    first = start_timer(user=owner)
    clock.move_to(at(11))
    with pytest.raises(ValidationError):
        start_timer(user=owner, started_at=at(8))
    first.refresh_from_db()
    assert first.running


def test_move_start(owner: User, clock):
    start_timer(user=owner)
    clock.move_to(at(10))
    assert move_start(user=owner, started_at=at(8, 30)).elapsed_at() == 5400
    with pytest.raises(ValidationError):
        move_start(user=owner, started_at=at(10, 30))
    pause_timer(user=owner)
    clock.move_to(at(11))
    with pytest.raises(ValidationError):
        move_start(user=owner, started_at=at(10, 30))
    resume_timer(user=owner)
    with pytest.raises(ValidationError):
        move_start(user=owner, started_at=at(10, 30))


def test_discard_goes_to_the_trash_and_undo_lets_it_run_on(owner: User, clock):
    project = make_project()
    entry = start_timer(user=owner, project=project)
    clock.move_to(at(10))
    discard_timer(user=owner)
    assert not TimeEntry.objects.running().exists()
    clock.move_to(at(10, 5))
    entry = restore_entry(entry=entry, actor=owner)
    assert (entry.running, entry.elapsed_at()) == (True, 65 * 60)
    assert stop_timer(user=owner).entry == entry


def test_a_discarded_timer_comes_back_ended_where_another_runs(owner: User, clock):
    project = make_project()
    entry = start_timer(user=owner, project=project)
    clock.move_to(at(10))
    discard_timer(user=owner)
    clock.move_to(at(10, 5))
    other = start_timer(user=owner)
    clock.move_to(at(10, 9))
    entry = restore_entry(entry=entry, actor=owner)
    assert (entry.ended_at, entry.seconds) == (at(10), 3600)
    project.refresh_from_db()
    assert project.tracked_seconds == 3600
    assert TimeEntry.objects.running().get() == other


def test_continue_takes_everything_along_but_the_closed_project(owner: User, administrator: User):
    project = make_project()
    tag = make_tag()
    entry = start_timer(user=owner, description="again", project=project, tags=[tag], billable=False)
    stop_timer(user=owner)
    copy = continue_entry(user=owner, entry=entry)
    assert (copy.description, copy.project, copy.billable, list(copy.tags.all())) == ("again", project, False, [tag])
    archive_project(project=project, actor=administrator)
    entry = TimeEntry.objects.get(pk=entry.pk)
    assert continue_entry(user=owner, entry=entry).project is None


def test_only_where_one_may_book(owner: User, outsider: User):
    private = make_project(is_public=False, members=(owner,))
    assert start_timer(user=owner, project=private).project == private
    for wrong in ({"project": private}, {"task": make_task(private)}):
        with pytest.raises(ValidationError):
            start_timer(user=outsider, **wrong)
    with pytest.raises(ValidationError):
        start_timer(user=owner, project=make_project(), task=make_task())
    with pytest.raises(ValidationError):
        start_timer(user=owner, project=make_project(status="archived"))


def test_a_text_of_5000_characters_is_refused_at_its_field(owner: User):
    with pytest.raises(ValidationError) as error:
        start_timer(user=owner, description="x" * 5000)
    assert list(error.value.message_dict) == ["description"]
    assert not TimeEntry.objects.exists()
    assert not Event.objects.exists()


def test_rates_hold_from_their_day(owner: User, clock):
    project: Project = make_project(rate="80")
    project.rates.create(valid_from=NINE.date(), hourly_rate="100")
    task: Task = make_task(project)
    start_timer(user=owner, task=task, started_at=NINE - dt.timedelta(days=1))
    clock.move_to(at(10))
    assert stop_timer(user=owner).entry.rate == 80
    start_timer(user=owner, task=task)
    clock.move_to(at(11))
    assert stop_timer(user=owner).entry.rate == 100


# ── Undo, people who left, and what others hear ──────────────────────────────
def test_undo_of_a_discard_counts_nothing_twice(owner: User, clock):
    discarded = start_timer(user=owner)
    clock.move_to(at(9, 30))
    discard_timer(user=owner)
    start_timer(user=owner)
    clock.move_to(at(9, 50))
    stop_timer(user=owner)
    assert restore_entry(entry=discarded, actor=owner).ended_at == at(9, 30)


def test_nobody_who_left_has_a_timer(owner: User, administrator: User):
    discarded = start_timer(user=owner)
    discard_timer(user=owner)
    deactivate_person(person=owner, actor=administrator)
    with pytest.raises(Conflict):
        start_timer(user=owner)
    assert not restore_entry(entry=discarded, actor=administrator).running


def test_another_start_is_an_event(owner: User, clock):
    start_timer(user=owner)
    move_start(user=owner, started_at=at(8, 45))
    event = Event.objects.latest("pk")
    assert event.type == "entry_changed"
    assert event.payload["changes"] == {"started_at": [at(9).isoformat(), at(8, 45).isoformat()]}
