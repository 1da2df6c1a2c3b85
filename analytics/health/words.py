"""What is said of signals, and what follows from them: plain sentences, with the place where one sees to it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from analytics.advice import PROJECT, Advice
from analytics.health.signals import (
    ESTIMATED_SHARE,
    FEWEST_ESTIMATES,
    FEWEST_HOURS,
    FEWEST_PEOPLE,
    FEWEST_TASKS,
    RECENT_WEEKS,
    STALE_DAYS,
    Level,
    Name,
    Signal,
    Why,
)
from analytics.health.verdict import Status

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LABELS: dict[Name, StrOrPromise] = {
    Name.BURN: gettext_lazy("Budget against progress"),
    Name.DEADLINE: gettext_lazy("Deadline"),
    Name.OVERDUE: gettext_lazy("Overdue tasks"),
    Name.GROWTH: gettext_lazy("Growth over estimates"),
    Name.STALE: gettext_lazy("Tasks that rest"),
    Name.CONCENTRATION: gettext_lazy("Work on one person"),
}
STATUSES: dict[Status, StrOrPromise] = {
    Status.HEALTHY: gettext_lazy("Healthy"),
    Status.AT_RISK: gettext_lazy("At risk"),
    Status.CRITICAL: gettext_lazy("Critical"),
    Status.UNKNOWN: gettext_lazy("Not known"),
}
LEVELS: dict[Level, StrOrPromise] = {
    Level.OK: gettext_lazy("fine"),
    Level.WARNING: gettext_lazy("warning"),
    Level.CRITICAL: gettext_lazy("critical"),
    Level.UNKNOWN: gettext_lazy("not known"),
}
RULES = {
    Name.BURN: "budget-nearly-used",
    Name.OVERDUE: "deadline-reminder",
    Name.GROWTH: "over-estimate",
    Name.STALE: "plan-the-week",
}
"""Ready rules of the gallery that warn earlier the next time, by their slugs."""
SILENCES: dict[str, StrOrPromise] = {
    "no_tasks": gettext_lazy("No task is open."),
    "no_ranges": gettext_lazy("Of no open task is it known what it may take."),
    "ranges": gettext_lazy("Of more than a fifth of the open tasks it is not known what they may take."),
    "few_weeks": gettext_lazy("There are too few weeks of work on it yet."),
    "idle": gettext_lazy("Nobody has worked on it for weeks."),
    "far": gettext_lazy("At this pace it would take more than ten years."),
}
"""Why there is no forecast."""


def percent(share: float) -> str:
    """Rounded down, as on a project's own page: 100 % is all of it, and a threshold is shown where it is reached."""
    return f"{_whole(share)} %"


def _whole(share: float) -> int:
    return math.floor(round(100 * share, 6))


def value_words(signal: Signal) -> str:
    """Its number, short."""
    if signal.value is None:
        return "–"
    if signal.name in {Name.BURN, Name.GROWTH}:
        whole = _whole(abs(signal.value))
        return f"{('+' if signal.value > 0 else '−') if whole else ''}{whole} %"
    return percent(signal.value)


def limit_words(signal: Signal) -> str:
    limits = {"warning": percent(signal.scale.warning), "critical": percent(signal.scale.critical)}
    if signal.name == Name.DEADLINE:
        return _("%(warning)s or less, critical %(critical)s") % limits
    return _("%(warning)s or more, critical %(critical)s") % limits


def sentence(signal: Signal) -> str:
    return _why(signal) if signal.why else _SENTENCES[signal.name](signal)


def _burn(signal: Signal) -> str:
    used, done = percent(signal.numbers["used"]), percent(signal.numbers["done"])
    return _("%(used)s of the budget is used, %(done)s of the estimated work is done.") % {"used": used, "done": done}


def _deadline(signal: Signal) -> str:
    day = date_format(signal.numbers["day"])
    if signal.numbers["passed"]:
        return _("It was due on %(day)s, and tasks are open.") % {"day": day}
    words = {"chance": percent(signal.value or 0), "day": day}
    return _("The chance to be finished by %(day)s is %(chance)s.") % words


def _overdue(signal: Signal) -> str:
    n, of = signal.numbers["n"], signal.numbers["of"]
    words = ngettext("%(n)s of %(of)s open tasks with a date is overdue.",
                     "%(n)s of %(of)s open tasks with a date are overdue.", n)  # fmt: skip
    return words % {"n": n, "of": of}


def _growth(signal: Signal) -> str:
    words = {"n": signal.numbers["n"], "share": percent(abs(signal.value or 0))}
    if (signal.value or 0) >= 0:
        return _("%(n)s tasks take %(share)s more than was estimated.") % words
    return _("%(n)s tasks take %(share)s less than was estimated.") % words


def _stale(signal: Signal) -> str:
    n = signal.numbers["n"]
    words = ngettext(
        "%(n)s of %(of)s tasks in progress has had no time and no change for %(days)s days.",
        "%(n)s of %(of)s tasks in progress have had no time and no change for %(days)s days.", n,
    )  # fmt: skip
    return words % {"n": n, "of": signal.numbers["of"], "days": STALE_DAYS}


def _concentration(signal: Signal) -> str:
    words = {"n": signal.numbers["n"], "share": percent(signal.value or 0), "weeks": RECENT_WEEKS}
    return _("Of %(n)s people, one did %(share)s of the work of the last %(weeks)s weeks.") % words


_SENTENCES = {
    Name.BURN: _burn,
    Name.DEADLINE: _deadline,
    Name.OVERDUE: _overdue,
    Name.GROWTH: _growth,
    Name.STALE: _stale,
    Name.CONCENTRATION: _concentration,
}
_WHY: dict[Why, StrOrPromise] = {
    Why.CLOSED: gettext_lazy("The project is closed."),
    Why.NO_BUDGET: gettext_lazy("No budget is set."),
    Why.SECRET_BUDGET: gettext_lazy("The budget is in money, known to the project's managers."),
    Why.FEW_ESTIMATES: gettext_lazy(
        "Tasks with an estimate: %(n)s of %(of)s. It takes %(fewest)s, and %(share)s of all."
    ),
    Why.NO_DEADLINE: gettext_lazy("No due date is set."),
    Why.NO_FORECAST: gettext_lazy("There is no forecast."),
    Why.NO_TASKS: gettext_lazy("No task is open."),
    Why.FEW_DATES: gettext_lazy("Open tasks with a date: %(n)s of the %(fewest_tasks)s that it takes."),
    Why.FEW_MEASURED: gettext_lazy("Tasks with an estimate and time: %(n)s of the %(fewest)s that it takes."),
    Why.FEW_BEGUN: gettext_lazy("Tasks in progress: %(n)s of the %(fewest_tasks)s that it takes."),
    Why.FEW_PEOPLE: gettext_lazy(
        "People with time on it in the last %(weeks)s weeks: %(n)s. It takes %(people)s, with %(hours)s hours."
    ),
}


def _why(signal: Signal) -> str:
    assert signal.why is not None
    numbers = {
        "fewest": FEWEST_ESTIMATES, "share": percent(ESTIMATED_SHARE), "fewest_tasks": FEWEST_TASKS,
        "people": FEWEST_PEOPLE, "hours": FEWEST_HOURS, "weeks": RECENT_WEEKS,
    }  # fmt: skip
    return str(_WHY[signal.why]) % {**numbers, **signal.numbers}


def url_of(signal: Signal, project: int) -> str:
    """Where one sees what it is about."""
    if signal.name == Name.BURN:
        return reverse("tracking:project", args=[project])
    if signal.name == Name.CONCENTRATION:
        return reverse("tracking:project-people", args=[project])
    if signal.name in {Name.DEADLINE, Name.STALE}:
        return f"{reverse('analytics:project-health', args=[project])}#{_PLACES[signal.name]}"
    return f"{reverse('tracking:tasks')}?{_TASKS[signal.name]}&project={project}"


_PLACES = {Name.DEADLINE: "forecast", Name.STALE: "resting"}
_TASKS = {Name.OVERDUE: "show=overdue", Name.GROWTH: "show=all&sort=-tracked"}


def advice_of(signal: Signal, project: int) -> Advice:
    """Of one that is alarming."""
    text, label = _ADVICE[signal.name]
    return Advice(
        key=f"{PROJECT}:{project}:{signal.name}",
        text=f"{sentence(signal)} {text}",
        url=url_of(signal, project),
        url_label=label,
        rule=RULES.get(signal.name, ""),
    )


_ADVICE: dict[Name, tuple[Any, StrOrPromise]] = {
    Name.BURN: (
        gettext_lazy("Agree on more budget, or take work out of the plan."),
        gettext_lazy("Look at the budget"),
    ),
    Name.DEADLINE: (
        gettext_lazy("Move the date, or take tasks out of the plan."),
        gettext_lazy("Look at the forecast"),
    ),
    Name.OVERDUE: (
        gettext_lazy("Move their dates, or take them out of the plan."),
        gettext_lazy("Show these tasks"),
    ),
    Name.GROWTH: (gettext_lazy("Estimate the open tasks anew."), gettext_lazy("Show its tasks")),
    Name.STALE: (gettext_lazy("Go on with them, or put them back."), gettext_lazy("Show these tasks")),
    Name.CONCENTRATION: (gettext_lazy("Let a second person learn that work."), gettext_lazy("Show its people")),
}
