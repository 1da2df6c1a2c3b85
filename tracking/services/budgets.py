"""Budgets that are nearly used up: recorded once for each threshold, and again only where the budget has changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from timetracker.events.recording import Happened, record_many
from tracking.budgets import whole_use
from tracking.choices import BudgetType, ProjectStatus
from tracking.events import BudgetThreshold
from tracking.models import BudgetMark, Project

THRESHOLDS = (75, 90, 100)
"""Percent, the lowest first."""
AT_ONCE = 500


def announce_budgets(now: dt.datetime) -> int:
    """One event a project: where several thresholds were passed since, that of the highest. Returns how many.

    Reads the totals that each project keeps, and no entries. At most AT_ONCE in one turn, in a few statements.
    """
    columns = ("budget_type", "budget_amount", "currency", "tracked_seconds", "earned_cent_seconds")
    rows = _with_budget().order_by("pk").only("pk", *columns)
    ids = [project.pk for project in rows.iterator() if _passed(project) > project.told]
    return _announce(ids[:AT_ONCE], now) if ids else 0


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
def _announce(ids: Sequence[int], now: dt.datetime) -> int:
    """The marks of the lower thresholds are set along: they have passed."""
    # First the lock, then the question: a statement that waited for the lock would not see marks set meanwhile.
    list(Project.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk").values_list("pk"))
    projects = _with_budget().select_related("client").filter(pk__in=ids).order_by("pk")
    passed = [(project, _passed(project)) for project in projects]
    told = [(project, threshold) for project, threshold in passed if threshold > project.told]
    BudgetMark.objects.bulk_create(
        [mark for project, threshold in told for mark in _marks(project, threshold, now)], ignore_conflicts=True
    )
    record_many(_nearly_used(project, threshold) for project, threshold in told)
    return len(told)


def _marks(project: Project, passed: int, now: dt.datetime) -> Iterator[BudgetMark]:
    use = whole_use(project)
    assert use is not None
    for threshold in THRESHOLDS:
        if threshold <= passed:
            yield BudgetMark(
                project=project, threshold=threshold, budget_type=project.budget_type, amount=use.amount,
                currency=project.currency, told_at=now,
            )  # fmt: skip


def _nearly_used(project: Project, threshold: int) -> Happened:
    use = whole_use(project)
    assert use is not None
    event = BudgetThreshold.of(project, percent=use.percent, threshold=threshold, budget_type=project.budget_type)
    return Happened(event, subject=project, project_id=project.pk)
