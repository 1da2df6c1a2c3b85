"""What is said of a person's patterns, as sentences. `claim` is a row of `patterns_of`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from math import exp
from typing import Any

from django.utils.formats import number_format, time_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.choices import Weekday
from accounts.models import User
from analytics.advice import PATTERN, Advice
from analytics.patterns.days import MORNING, PART_HOURS
from timetracker.web.templatetags.web import duration

NAMES = {
    "peak": gettext_lazy("the fullest hours of the day"),
    "longest_day": gettext_lazy("a longest day of the week"),
    "shortest_day": gettext_lazy("a shortest day of the week"),
    "focus_part": gettext_lazy("a part of the day with more focus"),
    "focus_change": gettext_lazy("more or less focus over the weeks"),
    "turns_change": gettext_lazy("more or fewer changes between things"),
    "meetings_change": gettext_lazy("more or less time in meetings"),
    "estimates_change": gettext_lazy("estimates that get better or worse"),
}
"""As they stand in "No clear pattern: …"."""
PARTS = (
    gettext_lazy("at night"),
    gettext_lazy("in the morning"),
    gettext_lazy("in the afternoon"),
    gettext_lazy("in the evening"),
)
_CHANGES = {
    ("focus_change", True): gettext_lazy("More of your time is in long stretches: from %(other)s to %(level)s."),
    ("focus_change", False): gettext_lazy("Less of your time is in long stretches: from %(other)s to %(level)s."),
    ("turns_change", True): gettext_lazy("You change between things more often: from %(other)s to %(level)s an hour."),
    ("turns_change", False): gettext_lazy("You change between things less often: from %(other)s to %(level)s an hour."),
    ("meetings_change", True): gettext_lazy("Meetings take more of your time: from %(other)s to %(level)s."),
    ("meetings_change", False): gettext_lazy("Meetings take less of your time: from %(other)s to %(level)s."),
    ("estimates_change", True): gettext_lazy(
        "Your estimates get worse: typically off by a factor of %(other)s at first, of %(level)s at last."
    ),
    ("estimates_change", False): gettext_lazy(
        "Your estimates get better: typically off by a factor of %(other)s at first, of %(level)s at last."
    ),
}


def sentence(claim: Mapping[str, Any], user: User) -> str:
    """What stands out, with its size."""
    name, which, level, other = claim["name"], claim["which"], claim["level"], claim["other"]
    amounts = {"level": duration(round(level), user), "more": duration(round(abs(level - other)), user)}
    if name == "peak":
        return _(
            "Your fullest hours are from %(from)s to %(to)s: %(level)s an hour, %(more)s more than any other of your "
            "usual hours."
        ) % {"from": clock(which), "to": clock(which + claim["width"]), **amounts}
    if name == "longest_day":
        text = _("%(day)s is your longest day: %(level)s, %(more)s more than the next.")
        return text % {"day": Weekday(which).label, **amounts}
    if name == "shortest_day":
        text = _("%(day)s is your shortest day: %(level)s, %(more)s less than the next.")
        return text % {"day": Weekday(which).label, **amounts}
    if name == "focus_part":
        return _(
            "You stay with one thing most %(part)s: %(level)s of what begins then is in long stretches, %(more)s more "
            "than at the next best time."
        ) % {"part": PARTS[which], "level": percent(level), "more": points(level - other)}
    figure = {"turns_change": one_decimal, "estimates_change": factor}.get(name, percent)
    words = {"level": figure(max(0.0, level)), "other": figure(max(0.0, other))}
    return str(_CHANGES[name, level > other]) % words


def grounds(claim: Mapping[str, Any], user: User, *, group: bool = False) -> str:
    """The interval and what it rests on. The hours of a `group` are shares, and its estimates go by week."""
    name = claim["name"]
    low, high = sorted((claim["low"], claim["high"]), key=abs)
    lengths = {"longest_day", "shortest_day"} if group else {"peak", "longest_day", "shortest_day"}
    figure: Callable[[float], str] = {
        **dict.fromkeys(lengths, lambda value: duration(round(value), user)),
        "turns_change": one_decimal,
        "estimates_change": factor,
    }.get(name, points)
    words = {
        "low": figure(abs(low)),
        "high": figure(abs(high)),
        "count": claim["count"],
        "p": number_format(claim["p"], 4),
    }
    if name in {"peak", "focus_part"}:
        return _("95 %% interval %(low)s to %(high)s; %(count)s days; p = %(p)s.") % words
    if name == "estimates_change":
        by_week = _("95 %% interval: by a factor of %(low)s to %(high)s; %(count)s weeks; p = %(p)s.")
        by_task = _("95 %% interval: by a factor of %(low)s to %(high)s; %(count)s tasks; p = %(p)s.")
        return (by_week if group else by_task) % words
    return _("95 %% interval %(low)s to %(high)s; %(count)s weeks; p = %(p)s.") % words


def advice_of(claim: Mapping[str, Any], user: User) -> Advice | None:
    """What follows from it; None where nothing does. Another hour or part of the day is another recommendation."""
    name, which = claim["name"], claim["which"]
    text, rule, at = _follows(claim, user)
    if not text:
        return None
    return Advice(f"{PATTERN}:{name}" + ("" if which is None else f":{which}"), text, rule=rule, rule_at=at)


def _follows(claim: Mapping[str, Any], user: User) -> tuple[str, str, str]:
    """In words, the slug of a ready rule, and when it is to go off."""
    which, rises = claim["which"], claim["level"] > claim["other"]
    match claim["name"]:
        case "peak":
            words = {"from": clock(which), "to": clock(which + claim["width"])}
            return _("Keep %(from)s to %(to)s free of meetings.") % words, "focus-time", f"{which:02}:00"
        case "focus_part":
            begins = f"{user.work_starts:%H:%M}" if which == MORNING else f"{PART_HOURS[which]:02}:00"
            return _("Put what needs thought %(part)s.") % {"part": PARTS[which]}, "focus-time", begins
        case "focus_change" if not rises:
            text = _("Block time for one thing at a time: long stretches are getting fewer.")
            return text, "focus-time", f"{user.work_starts:%H:%M}"
        case "turns_change" if rises:
            text = _("Collect small things and do them together: you change between things more often than before.")
            return text, "small-things", ""
        case "meetings_change" if rises:
            text = _("Look which meetings you could leave out: they take more of your time than before.")
            return text, "fewer-meetings", ""
        case "estimates_change" if rises:
            text = _("Split large tasks before you estimate: your estimates are farther off than before.")
            return text, "over-estimate", ""
    return "", "", ""


def clock(hour: int) -> str:
    return time_format(dt.time(hour % 24), "TIME_FORMAT")


def percent(share: float) -> str:
    return f"{round(100 * share)} %"


def points(share: float) -> str:
    return _("%(points)s points") % {"points": round(100 * share)}


def one_decimal(value: float) -> str:
    return number_format(round(value, 1), 1)


def factor(logarithm: float) -> str:
    return one_decimal(exp(logarithm))
