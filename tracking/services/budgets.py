"""Budgets that are nearly used up: recorded once for each threshold, and again only where the budget has changed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from timetracker.events.recording import record
from tracking.budgets import whole_use
from tracking.choices import BudgetType, ProjectStatus
from tracking.events import BudgetThreshold
from tracking.models import BudgetMark, Project

THRESHOLDS = (75, 90, 100)
"""Percent, the lowest first."""
AT_ONCE = 500


def announce_budgets(now: dt.datetime) -> int:
    """One event a project: where several thresholds were passed since, that of the highest. Returns how many.

    Reads the totals that each project keeps, and no entries.
    """
    columns = ("budget_type", "budget_amount", "currency", "tracked_seconds", "earned_cent_seconds")
    rows = _with_budget().order_by("pk").only("pk", *columns)
    ids = [project.pk for project in rows.iterator() if _passed(project) > project.told]
    return sum(_announce(pk, now) for pk in ids[:AT_ONCE])


def _with_budget() -> QuerySet[Project, Any]:
    """Not all told, and not archived. Adds `told`: the highest threshold that was told of the budget as it is."""
    same_currency = Q(currency=OuterRef("currency")) | Q(budget_type=BudgetType.HOURS)
    marks = BudgetMark.objects.filter(
        same_currency, project=OuterRef("pk"), budget_type=OuterRef("budget_type"), amount=OuterRef("budget_amount")
    )
    highest = Subquery(marks.order_by("-threshold").values("threshold")[:1])
    projects = Project.objects.exclude(status=ProjectStatus.ARCHIVED).exclude(budget_type=BudgetType.NONE)
    return projects.filter(budget_amount__gt=0).annotate(told=Coalesce(highest, 0)).exclude(told=THRESHOLDS[-1])


def _passed(project: Project) -> int:
    use = whole_use(project)
    percent = use.percent if use else 0
    return max((threshold for threshold in THRESHOLDS if threshold <= percent), default=0)


@transaction.atomic
def _announce(pk: int, now: dt.datetime) -> bool:
    """The marks of the lower thresholds are set along: they have passed."""
    # First the lock, then the question: a statement that waited for the lock would not see marks set meanwhile.
    Project.objects.select_for_update(of=("self",)).filter(pk=pk).first()
    project = _with_budget().select_related("client").filter(pk=pk).first()
    use = whole_use(project) if project else None
    if project is None or use is None or (passed := _passed(project)) <= project.told:
        return False
    BudgetMark.objects.bulk_create(
        [
            BudgetMark(
                project=project, threshold=threshold, budget_type=project.budget_type, amount=use.amount,
                currency=project.currency, told_at=now,
            )
            for threshold in THRESHOLDS
            if threshold <= passed
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    event = BudgetThreshold.of(project, percent=use.percent, threshold=passed, budget_type=project.budget_type)
    record(event, actor=None, subject=project, project_id=project.pk)
    return True
