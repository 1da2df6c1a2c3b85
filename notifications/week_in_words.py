"""What is said of a week that has ended, in the language that is active. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from timetracker.web.durations import format_duration


def week_in_words(week: Mapping[str, Any], hours_format: str) -> str:
    """Of the payload of `digest_ready`, without its projects."""
    worked, before, goal = week["worked_seconds"], week["before_seconds"], week["goal_seconds"]
    if not worked:
        return _("You logged no time last week.")
    said = [_("Last week: %(hours)s h") % {"hours": _hours(worked, hours_format)}]
    if before is not None:
        said.append(_against(worked - before, hours_format))
    if goal:
        # Rounded down: 100 only where it is reached.
        said.append(_("%(percent)d %% of your goal") % {"percent": worked * 100 // goal})
    return f"{', '.join(said)}."


def _against(more: int, hours_format: str) -> str:
    if not more:
        return _("as much as the week before")
    words = _("%(hours)s h more than the week before") if more > 0 else _("%(hours)s h less than the week before")
    return words % {"hours": _hours(abs(more), hours_format)}


def projects_in_words(names: Sequence[str], more: int) -> str:
    """`more` are not named. Nothing where there are none."""
    count = len(names) + more
    if not count:
        return ""
    words = ngettext(
        "%(count)d project needs attention: %(names)s", "%(count)d projects need attention: %(names)s", count
    )
    return words % {"count": count, "names": ", ".join([*names, "…"] if more else names)}


def _hours(seconds: int, hours_format: str) -> str:
    return format_duration(seconds, hours_format, grouped=True)
