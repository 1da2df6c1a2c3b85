"""The score of the last four weeks."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from analytics.productivity import FEWEST_PARTS, FEWEST_SECONDS, FEWEST_TASKS, Part, Score
from analytics.queries import productivity_of
from timetracker.web.templatetags.web import duration
from timetracker.web.widgets import Asked, Place, Size, Widget, register
from tracking.widgets.reads import report_url

# As they stand in the middle of a sentence.
LABELS = {"focus": _("focus"), "estimates": _("estimates"), "balance": _("balance"), "goal": _("goal")}


def productivity_score(asked: Asked, place: Place) -> dict[str, Any]:
    found = asked.once(productivity_of, asked.user, asked.now)
    score = found.score
    return {
        "score": score,
        "trend": found.trend,
        "trend_words": _signed(found.trend),
        "before": found.before.value,
        "parts": [(LABELS[part.name], part, _made_of(part, asked.user)) for part in score.parts],
        "said": [(LABELS[part.name], part.value) for part in score.said],
        "lacking": lacking(score, asked.user),
        "more": report_url(found.first, found.last, (asked.user.pk,)),
        "more_label": gettext("Last 4 weeks"),
    }


def _signed(trend: int | None) -> str:
    if not trend:
        return gettext("no change")
    return f"+{trend}" if trend > 0 else f"−{-trend}"


def lacking(score: Score, user: User) -> str:
    """What a score still needs; empty where there is one."""
    if score.value is not None:
        return ""
    if score.worked < FEWEST_SECONDS:
        # Rounded down: the last minute shows as missing until it is there.
        hours = {"worked": duration(score.worked // 60 * 60, user), "needed": duration(FEWEST_SECONDS, user)}
        return gettext("%(worked)s of the %(needed)s hours in four weeks that a score needs.") % hours
    if sum(part.value is not None for part in score.parts) >= FEWEST_PARTS:
        return gettext("Let more of its parts count.")
    return gettext("Set a weekly goal or working days, or finish three tasks that have an estimate.")


def _made_of(part: Part, user: User) -> str:
    """A sentence that fits one line of a tile."""
    count = {"n": part.count}
    if part.name == "focus":
        return gettext("Stretches of 25 minutes or more.")
    if part.name == "balance":
        return gettext("Inside your working hours.") if user.working_days else gettext("No working days set.")
    if part.name == "goal" and not user.weekly_goal_seconds:
        return gettext("No weekly goal set.")
    if part.name == "goal":
        words = {**count, "goal": duration(user.weekly_goal_seconds, user)}
        said = ngettext("%(n)s full week against %(goal)s.", "%(n)s full weeks against %(goal)s.", part.count)
        return said % words if part.count else gettext("No full week yet.")
    if part.value is None:
        return gettext("%(n)s of %(needed)s finished tasks with an estimate.") % {**count, "needed": FEWEST_TASKS}
    return ngettext("%(n)s task against its estimate.", "%(n)s tasks against their estimates.", part.count) % count


register(
    Widget(
        name="productivity-score", label=_("Productivity"), icon="sparkles", read=productivity_score,
        about=_("A score of your last four weeks, and what it is made of. Nobody else sees it."),
        template="analytics/widgets/productivity_score.html", topics=("entries", "work"),
        size=Size.SMALL, sizes=(Size.SMALL, Size.MEDIUM),
    ),
)  # fmt: skip
