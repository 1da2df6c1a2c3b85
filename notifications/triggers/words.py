"""What a trigger says, in the language that is active: the fields of `notify`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from notifications.choices import Priority, TriggerKind, Type
from notifications.models.notification import LONGEST_LABEL
from notifications.triggers.looking import short_of_goal
from notifications.triggers.situation import Situation
from timetracker.web.durations import format_duration
from tracking.models import TimeEntry
from tracking.queries import latest_entries, worked_by_project, worked_seconds

LATE = dt.timedelta(minutes=30)
Words = dict[str, Any]


def words_of(kind: TriggerKind, found: Situation, day: dt.date, due_at: dt.datetime, now: dt.datetime) -> Words:
    words = WORDS[kind](found, day, now)
    if kind == TriggerKind.DAILY_SUMMARY and now - due_at > LATE:
        words["title"] = _("Late: %(title)s") % {"title": words["title"]}
    return words


def _no_timer(found: Situation, day: dt.date, now: dt.datetime) -> Words:
    last = latest_entries(found.person, 1).first()
    actions = [not_today(TriggerKind.NO_TIMER)]
    if last is not None:
        again = reverse("tracking:entry-continue", args=[last.pk])
        actions.insert(0, {"label": _go_on(last), "url": again, "method": "post"})
    ends = found.hours.span(day)[1].astimezone(found.hours.zone)
    return {
        "title": _("No timer runs"),
        "message": _("You work until %(time)s today.") % {"time": time_format(ends)},
        "url": reverse("tracking:entries"),
        "actions": actions,
        "condition": "no_timer",
    }


def _forgotten(found: Situation, day: dt.date, now: dt.datetime) -> Words:
    assert found.running is not None
    length = _hours(found.running.elapsed_at(now), found)
    what = found.running.description or found.running.task or found.running.project
    title = _("Your timer has run for %(length)s h: %(what)s") if what else _("Your timer has run for %(length)s h")
    starts, ends = found.hours.span(found.hours.shift_of(found.running.started_at))
    actions = [stop_at(found.running, None)]
    if starts <= found.running.started_at < ends <= now:
        actions.append(stop_at(found.running, ends.astimezone(found.hours.zone)))
    return {
        "title": title % {"length": length, "what": what},
        "message": _("Does it still run for you?"),
        "type": Type.WARNING,
        "url": reverse("tracking:entry", args=[found.running.pk]),
        "actions": [*actions, not_today(TriggerKind.FORGOTTEN_TIMER)],
        "subject": found.running,
        "condition": "timer_runs",
    }


def _summary(found: Situation, day: dt.date, now: dt.datetime) -> Words:
    person = found.person
    worked = worked_seconds(person, day, day)
    name = f"{date_format(day, 'l')}, {date_format(day, 'DATE_FORMAT')}"  # read on any day
    lines = [
        f"{project or _('No project')}: {_hours(seconds, found)} h"
        for project, seconds in worked_by_project(person, day, day)
    ]
    if found.running and day == found.hours.day_of(now):
        lines.append(_("A timer still runs."))
    return {
        "title": pgettext("of a day", "%(day)s: %(hours)s h") % {"day": name, "hours": _hours(worked, found)},
        "message": "\n".join(lines),
        "url": f"{reverse('tracking:entries')}?week={day}",
        "priority": Priority.LOW,
    }


def _week_goal(found: Situation, day: dt.date, now: dt.datetime) -> Words:
    short, goal = short_of_goal(found, now), found.person.weekly_goal_seconds
    return {
        "title": _("%(left)s h left of your %(goal)s h this week")
        % {"left": _hours(short, found), "goal": _hours(goal, found)},
        "message": _("Is something not logged yet?"),
        "url": reverse("tracking:entries"),
    }


WORDS: Mapping[TriggerKind, Callable[[Situation, dt.date, dt.datetime], Words]] = {
    TriggerKind.NO_TIMER: _no_timer,
    TriggerKind.FORGOTTEN_TIMER: _forgotten,
    TriggerKind.DAILY_SUMMARY: _summary,
    TriggerKind.WEEK_GOAL: _week_goal,
}


def not_today(kind: TriggerKind) -> dict[str, str]:
    return {"label": _("Not today"), "url": reverse("notifications:not-today", args=[kind]), "method": "post"}


def stop_at(entry: TimeEntry, moment: dt.datetime | None) -> dict[str, str]:
    """Now, or at a moment on the person's clock that has passed."""
    label = _("Stop at %(time)s") % {"time": clock_of(moment)} if moment else _("Stop now")
    at = f"&at={quote(moment.isoformat())}" if moment else ""
    return {"label": label, "url": f"{reverse('tracking:timer-stop')}?entry={entry.pk}{at}", "method": "post"}


def clock_of(moment: dt.datetime) -> str:
    """A time of day on the person's clock, with its weekday where that is not today's."""
    clock = time_format(moment)
    is_today = moment.date() == timezone.now().astimezone(moment.tzinfo).date()
    return clock if is_today else f"{date_format(moment, 'D')} {clock}"


def _go_on(last: TimeEntry) -> str:
    if not (what := last.description or last.task or last.project):
        return _("Go on with the last")
    label = _("Go on: %(what)s") % {"what": what}
    return Truncator(label).chars(LONGEST_LABEL)


def _hours(seconds: int, found: Situation) -> str:
    return format_duration(seconds, found.person.hours_format)
