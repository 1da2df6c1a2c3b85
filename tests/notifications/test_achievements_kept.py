"""Nothing is earned by changing, importing or taking back what was logged; what was earned stays."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from notifications.achievements.queries import counted_time
from notifications.models import Achievement, CountedTime
from tests.notifications.achieving import DAY, MONDAY, earned, log, settle, told, work, work_days
from tests.notifications.telling import HOUR, MINUTE
from timetracker.events.causes import caused_by
from timetracker.events.models import Event
from tracking.choices import Review, Source
from tracking.models import Batch, TimeEntry
from tracking.services.corrections import duplicate_entry, merge_entries, split_entry
from tracking.services.entries import create_entry, delete_entry, restore_entry, update_entry
from tracking.services.review import accept_entry
from tracking.services.timer import discard_timer, move_start, start_timer, stop_timer
from tracking.services.undo import undo_batch

pytestmark = pytest.mark.django_db
FIRST = "first_entry"
SECOND = dt.timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _no_goal(owner: User) -> None:
    User.objects.update(weekly_goal_hours=0)
    owner.refresh_from_db()


def later(moment: dt.datetime, change: Any, **fields: Any) -> Any:
    with time_machine.travel(moment, tick=False):
        made = change(**fields)
        settle()
    return made


def undo_last(moment: dt.datetime, person: User) -> Batch:
    return later(moment, undo_batch, batch=Batch.objects.latest("pk"), actor=person)


def counted(person: User) -> int:
    return sum(counted_time(person).values_list("seconds", flat=True))


# ── By whom and how it was entered ───────────────────────────────────────────
@pytest.mark.parametrize("source", [Source.IMPORT, Source.RULE, Source.CALENDAR])
def test_what_is_not_logged_by_hand_earns_nothing(owner: User, source: Source):
    log(owner, MONDAY, 1, MONDAY + 2 * HOUR, source=source)
    assert earned(owner) == []


def test_what_others_enter_earns_nothing(owner: User, administrator: User):
    log(owner, MONDAY, 1, MONDAY + 2 * HOUR, actor=administrator)
    later(MONDAY + 3 * HOUR, start_timer, user=owner)
    later(MONDAY + 4 * HOUR, stop_timer, user=owner, actor=administrator)
    assert earned(owner) == earned(administrator) == []


def test_what_a_rule_does_earns_nothing(owner: User):
    """It acts in the name of its owner, and was caused by an event."""
    later(MONDAY, start_timer, user=owner)
    with time_machine.travel(MONDAY + HOUR, tick=False), caused_by(Event.objects.latest("pk")):
        stop_timer(user=owner)
    later(MONDAY + HOUR, settle)
    assert earned(owner) == []


@pytest.mark.parametrize(("days", "counts"), [(0, True), (1, True), (2, False), (30, False), (-1, False)])
def test_it_counts_for_today_and_yesterday(owner: User, days: int, counts: bool):
    log(owner, MONDAY - days * DAY - HOUR, 1, MONDAY)
    assert earned(owner) == ([FIRST] if counts else [])


def test_yesterday_is_that_of_the_persons_clock(owner: User):
    User.objects.filter(pk=owner.pk).update(time_zone="Pacific/Kiritimati")
    owner.refresh_from_db()
    log(owner, dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC), 1, dt.datetime(2026, 3, 3, 11, tzinfo=dt.UTC))  # day before
    assert earned(owner) == []


def test_a_timer_whose_start_is_moved_back_counts_from_yesterday_on(owner: User):
    later(MONDAY, start_timer, user=owner)
    later(MONDAY + HOUR, move_start, user=owner, started_at=MONDAY - 4 * DAY)
    entry = later(MONDAY + 2 * HOUR, stop_timer, user=owner).entry
    assert {row.day for row in CountedTime.objects.all()} == {dt.date(2026, 3, 1), dt.date(2026, 3, 2)}
    assert (entry.review, counted(owner), earned(owner)) == (Review.TOO_LONG, 0, [])


def test_what_is_odd_counts_when_it_was_reviewed(owner: User):
    entry = work(owner, hours=13)
    assert (entry.review, counted(owner)) == (Review.TOO_LONG, 0)
    later(MONDAY + 14 * HOUR, accept_entry, entry=entry, actor=owner)
    assert counted(owner) == 13 * 3600
    work(owner, MONDAY + DAY)
    assert FIRST not in earned(owner)  # by then it was not the first


# ── Changed later ────────────────────────────────────────────────────────────
def test_a_change_adds_nothing_and_takes_away(owner: User):
    entry = work(owner, hours=2)
    later(MONDAY + 3 * HOUR, update_entry, entry=entry, actor=owner, ended_at=MONDAY + 3 * HOUR)
    assert counted(owner) == 2 * 3600
    later(MONDAY + 3 * HOUR, update_entry, entry=entry, actor=owner, ended_at=MONDAY + HOUR)
    assert counted(owner) == 3600
    undo_last(MONDAY + 4 * HOUR, owner)
    assert counted(owner) == 2 * 3600


def test_what_is_moved_to_another_day_does_not_count_there(owner: User):
    entry = work(owner)
    later(MONDAY + 2 * HOUR, update_entry, entry=entry, actor=owner, started_at=MONDAY - DAY, duration=3600)
    assert counted(owner) == 0


def test_words_and_projects_may_change(owner: User):
    entry = work(owner)
    later(MONDAY + 2 * HOUR, update_entry, entry=entry, actor=owner, description="Design")
    assert counted(owner) == 3600


def test_split_and_put_together_it_is_no_more(owner: User):
    entry = work(owner, hours=2)
    parts = later(MONDAY + 3 * HOUR, split_entry, entry=entry, actor=owner, at=MONDAY + HOUR)
    assert counted(owner) == 2 * 3600
    later(MONDAY + 4 * HOUR, merge_entries, entries=parts, actor=owner)
    assert counted(owner) == 2 * 3600


def test_the_same_again_at_the_same_time_is_odd(owner: User):
    later(MONDAY + HOUR, duplicate_entry, entry=work(owner), actor=owner)
    assert counted(owner) < 2 * 3600


def test_a_change_in_another_time_zone_keeps_the_day(owner: User):
    entry = work(owner, hours=2)
    User.objects.filter(pk=owner.pk).update(time_zone="Pacific/Kiritimati")
    later(MONDAY + 3 * HOUR, update_entry, entry=entry, actor=owner, ended_at=MONDAY + HOUR)
    assert counted(owner) == 3600


# ── Taken back ───────────────────────────────────────────────────────────────
def test_what_is_taken_back_at_once_was_not_earned(owner: User):
    log(owner, MONDAY, 1, MONDAY + HOUR)
    assert (earned(owner), len(told(owner))) == ([FIRST], 1)
    undo_last(MONDAY + HOUR + 30 * SECOND, owner)
    assert (earned(owner), told(owner)) == ([], [])
    work(owner, MONDAY + 2 * HOUR)
    assert (earned(owner), len(told(owner))) == ([FIRST], 1)


def test_a_stop_that_is_taken_back_at_once_earned_nothing(owner: User):
    work(owner)
    undo_last(MONDAY + HOUR + 10 * SECOND, owner)
    assert earned(owner) == []
    later(MONDAY + HOUR + 20 * SECOND, discard_timer, user=owner)
    assert counted(owner) == 0


def test_stopped_again_it_counts_once(owner: User):
    work(owner)
    undo_last(MONDAY + HOUR + 10 * SECOND, owner)
    later(MONDAY + 2 * HOUR, stop_timer, user=owner)
    assert (earned(owner), counted(owner)) == ([FIRST], 2 * 3600)


def test_taken_back_before_it_was_told_it_earns_nothing(owner: User):
    with time_machine.travel(MONDAY + HOUR, tick=False):
        entry = create_entry(user=owner, started_at=MONDAY, ended_at=MONDAY + HOUR)
        delete_entry(entry=entry, actor=owner)
        settle()
    assert earned(owner) == told(owner) == []


def test_brought_back_it_earns_nothing_by_itself(owner: User):
    entry = log(owner, MONDAY, 1, MONDAY + HOUR)
    later(MONDAY + HOUR + SECOND, delete_entry, entry=entry, actor=owner)
    later(MONDAY + HOUR + 2 * SECOND, restore_entry, entry=entry, actor=owner)
    assert (earned(owner), counted(owner)) == ([], 3600)


def test_what_was_earned_stays_when_its_time_is_deleted_later(owner: User):
    entry = work(owner)
    later(MONDAY + HOUR + 3 * MINUTE, delete_entry, entry=entry, actor=owner)
    assert (earned(owner), len(told(owner)), counted(owner)) == ([FIRST], 1, 0)


def test_only_what_rested_on_it_goes(owner: User):
    """A streak, which the other entry of the day carries too, is there to stay; the goal of the week is not."""
    work_days(owner, 6)
    work(owner, MONDAY + 8 * DAY)
    User.objects.filter(pk=owner.pk).update(weekly_goal_hours=3)
    owner.refresh_from_db()
    Achievement.objects.filter(kind="streak_7").update(earned_at=MONDAY + 8 * DAY + 3 * HOUR)
    entry = log(owner, MONDAY + 8 * DAY + 2 * HOUR, 1, MONDAY + 8 * DAY + 3 * HOUR)
    assert "week_goal 2026-03-09" in earned(owner)
    later(MONDAY + 8 * DAY + 3 * HOUR + 5 * SECOND, delete_entry, entry=entry, actor=owner)
    assert earned(owner) == [FIRST, "streak_7 2026-03-10"]


# ── Whatever is done ─────────────────────────────────────────────────────────
STEPS = st.lists(st.tuples(st.sampled_from(["later", "longer", "shift", "delete", "restore", "undo"]),
                           st.integers(1, 300)), max_size=5)  # fmt: skip


def _do(entry: TimeEntry, person: User, step: str, minutes: int) -> None:
    match step:
        case "later":
            update_entry(entry=entry, actor=person, started_at=entry.started_at - minutes * MINUTE)
        case "longer":
            assert entry.ended_at is not None
            update_entry(entry=entry, actor=person, ended_at=entry.ended_at + minutes * MINUTE)
        case "shift":
            shift = minutes * 10 * MINUTE
            update_entry(entry=entry, actor=person, started_at=entry.started_at - shift, duration=entry.seconds or 60)
        case "delete":
            delete_entry(entry=entry, actor=person)
        case "restore":
            restore_entry(entry=entry, actor=person)
        case "undo":
            undo_batch(batch=Batch.objects.latest("pk"), actor=person)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_is_changed_later_nothing_more_counts_and_nothing_is_earned(owner: User, steps: list[tuple[str, int]]):
    with transaction.atomic():
        entry = log(owner, MONDAY, 2, MONDAY + 2 * HOUR)
        Achievement.objects.all().delete()
        for number, (step, minutes) in enumerate(steps):
            entry.refresh_from_db()
            # What cannot be done to it now is refused, and is no matter of this test.
            if (entry.deleted_at is not None) == (step in {"restore", "undo"}):
                later(MONDAY + 3 * HOUR + number * MINUTE, _do, entry=entry, person=owner, step=step, minutes=minutes)
            row = CountedTime.objects.get()
            now = TimeEntry.objects.get(pk=entry.pk)
            assert row.seconds <= min(row.witnessed, now.seconds or 0)
            assert counted(owner) <= 2 * 3600
            assert not Achievement.objects.exists()
        transaction.set_rollback(True)
