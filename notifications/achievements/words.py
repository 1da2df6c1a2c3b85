"""Achievements in words, in the language that is active."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from notifications.achievements.queries import Ahead
from notifications.choices import AchievementKind
from notifications.models import Achievement
from timetracker.web.durations import format_duration

ICONS = {
    AchievementKind.FIRST_ENTRY: "flag",
    AchievementKind.MONTH: "clock",
    AchievementKind.STREAK_7: "calendar-days",
    AchievementKind.STREAK_30: "calendar-days",
    AchievementKind.WEEK_GOAL: "trophy",
    AchievementKind.ESTIMATES: "check-badge",
}


def name_of(one: Achievement) -> str:
    match one.kind:
        case AchievementKind.MONTH:
            month = dt.date.fromisoformat(f"{one.mark}-01")
            return _("100 hours in %(month)s") % {"month": date_format(month, "F Y")}
        case AchievementKind.WEEK_GOAL:
            first = dt.date.fromisoformat(one.mark)
            return _("Weekly goal met, week of %(day)s") % {"day": date_format(first, "DATE_FORMAT")}
        case AchievementKind.ESTIMATES:
            number = int(one.mark)
            words = ngettext(
                "%(count)d task finished within its estimate", "%(count)d tasks finished within their estimates", number
            )
            return words % {"count": number}
    return str(AchievementKind(one.kind).label)


def told(found: Iterable[Achievement]) -> str:
    """The title of the notification: one, however many came at once."""
    return _("Achieved: %(what)s") % {"what": " · ".join(map(name_of, found))}


def ahead_in_words(one: Ahead, person: User) -> tuple[str, str]:
    """What it is, and how far one is with it."""
    if one.kind in {AchievementKind.MONTH, AchievementKind.WEEK_GOAL}:
        done, goal = (format_duration(seconds, person.hours_format) for seconds in (one.done, one.goal))
        if one.kind == AchievementKind.MONTH:
            return str(one.kind.label), _("%(done)s of %(goal)s h this month") % {"done": done, "goal": goal}
        return _("Weekly goal"), _("%(done)s of %(goal)s h this week") % {"done": done, "goal": goal}
    numbers = {"done": one.done, "goal": one.goal}
    if one.kind == AchievementKind.FIRST_ENTRY:
        return str(one.kind.label), _("Start the timer, or log what you have done today.")
    if one.kind == AchievementKind.ESTIMATES:
        return str(one.kind.label), _("%(done)d of %(goal)d tasks") % numbers
    return str(one.kind.label), _("%(done)d of %(goal)d days") % numbers
