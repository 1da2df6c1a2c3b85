"""Whether a trigger has something to say, and when it looks next. Pure, given a situation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from notifications.choices import TriggerKind
from notifications.models import Trigger
from notifications.triggers.moments import forgotten_timer_at, idle_timer_at, summary_at, week_ends_at
from notifications.triggers.situation import Situation

LEAST_SHORT = 15 * 60
"""Seconds. Nobody is reminded of less of their goal than that."""


@dataclass(frozen=True, slots=True)
class Look:
    due_at: dt.datetime | None
    day: dt.date | None = None


def holds(row: Trigger, found: Situation, now: dt.datetime) -> bool:
    """Asked when it is due, and again when it is told."""
    dismissed = row.dismissed_on == found.hours.day_of(now)
    return not dismissed and HOLDS[TriggerKind(row.kind)](row, found, now)


def _nothing_runs(row: Trigger, found: Situation, now: dt.datetime) -> bool:
    day = found.hours.shift_of(now)
    starts, ends = found.hours.span(day)
    if found.running or not (found.hours.works_on(day) and starts <= now < ends):
        return False
    return max(starts, _quiet_since(row, found)) + _pause(found) <= now


def _runs_on(row: Trigger, found: Situation, now: dt.datetime) -> bool:
    return found.running is not None and _forgotten_at(found) <= now


def _has_worked(row: Trigger, found: Situation, now: dt.datetime) -> bool:
    if row.day is None:
        return False
    running = found.running is not None and found.hours.day_of(found.running.started_at) <= row.day
    return running or found.worked.get(row.day, 0) > 0


def _is_short(row: Trigger, found: Situation, now: dt.datetime) -> bool:
    # Of a week that is over nothing can be made up.
    return row.day == found.hours.day_of(now) and short_of_goal(found, now) >= LEAST_SHORT


def short_of_goal(found: Situation, now: dt.datetime) -> int:
    """Seconds of the goal of this week that are not worked, with what runs; 0 where there is no goal."""
    running = found.running.elapsed_at(now) if found.running else 0
    worked = found.worked_in_week_of(found.hours.day_of(now)) + running
    return max(0, found.person.weekly_goal_seconds - worked)


HOLDS: Mapping[TriggerKind, Callable[[Trigger, Situation, dt.datetime], bool]] = {
    TriggerKind.NO_TIMER: _nothing_runs,
    TriggerKind.FORGOTTEN_TIMER: _runs_on,
    TriggerKind.DAILY_SUMMARY: _has_worked,
    TriggerKind.WEEK_GOAL: _is_short,
}
CLOCKED = tuple(HOLDS)
"""Those that the clock looks after; the browser tells that somebody is away."""


def next_look(row: Trigger, found: Situation, now: dt.datetime) -> Look:
    match row.kind:
        case TriggerKind.DAILY_SUMMARY:
            day, due_at = summary_at(found.hours, found.chosen.summary_at, now, row.last_day)
            return Look(due_at, day)
        case TriggerKind.WEEK_GOAL:
            found_week = week_ends_at(found.hours, now, row.last_day)
            return Look(found_week[1], found_week[0]) if found_week else Look(None)
        case TriggerKind.NO_TIMER if not found.running:
            since = _quiet_since(row, found)
            return Look(idle_timer_at(found.hours, _pause(found), since, row.last_day, now))
        case TriggerKind.FORGOTTEN_TIMER if found.running and found.running.pk != row.subject_id:
            return Look(_forgotten_at(found))
    return Look(None)  # until something changes


def _pause(found: Situation) -> dt.timedelta:
    return dt.timedelta(minutes=found.chosen.no_timer_minutes)


def _quiet_since(row: Trigger, found: Situation) -> dt.datetime:
    """Since when no timer runs, as far as anybody knows; not before this was looked at for the first time."""
    moments = [moment for moment in (row.since, found.last_end) if moment]
    return max(moments, default=found.person.date_joined)


def _forgotten_at(found: Situation) -> dt.datetime:
    assert found.running is not None
    limit = dt.timedelta(seconds=found.person.daily_limit_seconds)
    return forgotten_timer_at(found.hours, limit, found.running.started_at)
