"""How much of a project's budget is used, and how long it lasts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum
from django.utils import timezone

from tracking.choices import BudgetType
from tracking.models import Project, TimeEntry

PACE_DAYS = 28
SOON_PERCENT = 75
FURTHEST = 3650
"""A budget that lasts longer than ten years at the present pace has no end worth naming."""


@dataclass(frozen=True, slots=True)
class BudgetUse:
    in_money: bool
    amount: Decimal
    """Hours or money, as `in_money` says; `used` and `left` likewise."""
    used: Decimal
    currency: str

    @property
    def left(self) -> Decimal:
        return self.amount - self.used

    @property
    def over(self) -> Decimal:
        return max(Decimal(0), -self.left)

    @property
    def percent(self) -> int:
        """Rounded down: 100 means that all of it is used."""
        return int(self.used * 100 / self.amount)

    @property
    def level(self) -> str:
        if self.percent >= 100:
            return "over"
        return "warning" if self.percent >= SOON_PERCENT else ""

    @staticmethod
    def seconds(hours: Decimal) -> int:
        return int(hours * 3600)

    @property
    def amount_seconds(self) -> int:
        return self.seconds(self.amount)

    @property
    def used_seconds(self) -> int:
        return self.seconds(self.used)

    @property
    def left_seconds(self) -> int:
        return self.seconds(self.left)

    @property
    def over_seconds(self) -> int:
        return self.seconds(self.over)


@dataclass(frozen=True, slots=True)
class Burn:
    use: BudgetUse
    runs_out_on: dt.date | None
    """At the pace of the last four weeks; None when used up, when nothing was done, or when it is far away."""
    idle: bool
    """Nothing was done in the last four weeks."""
    too_early: bool
    """It runs out before the project is due."""


def budget_use(project: Project) -> BudgetUse | None:
    """Of a project from `with_rights_for`. None without one, or where it is in money the person may not know."""
    return _use(project, project.budget_shown, project.earned_shown or 0)


def whole_use(project: Project) -> BudgetUse | None:
    """Of any project, whoever may know it: not to be shown as it is."""
    return _use(project, project.budget_amount, project.earned_cent_seconds)


def _use(project: Project, amount: Decimal | None, earned_cent_seconds: int) -> BudgetUse | None:
    if amount is None:
        return None
    in_money = project.budget_type == BudgetType.MONEY
    used = Decimal(earned_cent_seconds) / 360_000 if in_money else Decimal(project.tracked_seconds) / 3600
    return BudgetUse(in_money, amount, used, project.currency)


def recent_seconds(projects: Iterable[Project], now: dt.datetime | None = None) -> dict[int, int]:
    """Worked by everybody in the last four weeks: hours on a project are no secret to those who see it."""
    ids = [project.pk for project in projects]
    if not ids:
        return {}
    now = now or timezone.now()
    recent = TimeEntry.objects.alive().filter(project__in=ids).within(now - dt.timedelta(days=PACE_DAYS), now)
    sums = recent.order_by().values_list("project_id").annotate(total=Sum("seconds"))
    return {pk: total or 0 for pk, total in sums if pk is not None}


def burns(projects: Iterable[Project], today: dt.date) -> dict[int, Burn]:
    """By project, of those from `with_rights_for` that have a budget the person may know. One statement at most."""
    uses = [(project, use) for project in projects if (use := budget_use(project))]
    recent = recent_seconds(project for project, _use in uses)
    return {project.pk: _burn(project, use, recent.get(project.pk, 0), today) for project, use in uses}


def burn(project: Project, today: dt.date) -> Burn | None:
    return burns([project], today).get(project.pk)


def _burn(project: Project, use: BudgetUse, recent: int, today: dt.date) -> Burn:
    runs_out_on = None
    if recent and project.tracked_seconds and use.used and use.left > 0:
        a_day = use.used * recent / project.tracked_seconds / PACE_DAYS
        days = int(min(use.left / a_day, Decimal(FURTHEST))) if a_day else FURTHEST
        runs_out_on = today + dt.timedelta(days=days) if days < FURTHEST else None
    too_early = bool(runs_out_on and project.due_on and runs_out_on < project.due_on)
    return Burn(use, runs_out_on, idle=not recent, too_early=too_early)
