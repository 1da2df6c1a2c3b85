"""What is said of a team's patterns, as sentences. `claim` is a row of `team_patterns_of`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.choices import Weekday
from accounts.models import User
from analytics import claims_in_words
from analytics.claims_in_words import PARTS, clock, factor, one_decimal, percent, points
from timetracker.web.templatetags.web import duration

_CHANGES = {
    ("focus_change", True): gettext_lazy("More of the team's time is in long stretches: from %(other)s to %(level)s."),
    ("focus_change", False): gettext_lazy("Less of the team's time is in long stretches: from %(other)s to %(level)s."),
    ("turns_change", True): gettext_lazy(
        "The team changes between things more often: from %(other)s to %(level)s an hour."
    ),
    ("turns_change", False): gettext_lazy(
        "The team changes between things less often: from %(other)s to %(level)s an hour."
    ),
    ("meetings_change", True): gettext_lazy("Meetings take more of the team's time: from %(other)s to %(level)s."),
    ("meetings_change", False): gettext_lazy("Meetings take less of the team's time: from %(other)s to %(level)s."),
    ("estimates_change", True): gettext_lazy(
        "The team's estimates get worse: typically off by a factor of %(other)s at first, of %(level)s at last."
    ),
    ("estimates_change", False): gettext_lazy(
        "The team's estimates get better: typically off by a factor of %(other)s at first, of %(level)s at last."
    ),
}


def sentence(claim: Mapping[str, Any], reader: User) -> str:
    """What stands out, with its size."""
    name, which, level, other = claim["name"], claim["which"], claim["level"], claim["other"]
    if name == "peak":
        words = {"from": clock(which), "to": clock(which + claim["width"]), "level": percent(level)}
        return _(
            "The team's fullest hours are from %(from)s to %(to)s on each person's own clock: %(level)s of a usual "
            "day an hour, %(more)s more than any other usual hour."
        ) % {**words, "more": points(level - other)}
    if name in {"longest_day", "shortest_day"}:
        text = (
            _("%(day)s is the team's longest day: %(level)s a person, %(more)s more than the next.")
            if name == "longest_day"
            else _("%(day)s is the team's shortest day: %(level)s a person, %(more)s less than the next.")
        )
        lengths = {"level": duration(round(level), reader), "more": duration(round(abs(level - other)), reader)}
        return text % {"day": Weekday(which).label, **lengths}
    if name == "focus_part":
        return _(
            "The team stays with one thing most %(part)s: %(level)s of what begins then is in long stretches, %(more)s "
            "more than at the next best time."
        ) % {"part": PARTS[which], "level": percent(level), "more": points(level - other)}
    figure = {"turns_change": one_decimal, "estimates_change": factor}.get(name, percent)
    return str(_CHANGES[name, level > other]) % {"level": figure(max(0.0, level)), "other": figure(max(0.0, other))}


def grounds(claim: Mapping[str, Any], reader: User) -> str:
    """The interval and what it rests on."""
    return claims_in_words.grounds(claim, reader, group=True)
