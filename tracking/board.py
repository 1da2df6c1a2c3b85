"""The board's columns, in two statements however many tasks there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.db.models.expressions import OrderBy

from tracking.choices import FINISHED, TaskStatus
from tracking.models import Task

OPEN_SHOWN = 60
FINISHED_SHOWN = 50
MORE = 100
MOST_SHOWN = 1000
CARD = (
    "name", "status", "priority", "due_at", "archived_at", "completed_at", "position",
    "project__name", "project__color", "assignee__display_name", "assignee__username",
)  # fmt: skip
"""What a card shows and is placed by; a hundred people with all their settings take longer to read than the cards."""


@dataclass(slots=True)
class BoardColumn:
    status: str
    label: Any
    total: int
    shown: int
    tasks: list[Task] = field(default_factory=list)
    more: str = ""
    """The query that shows more of it; the page fills it in."""

    @property
    def hidden(self) -> int:
        return self.total - len(self.tasks)

    @property
    def next_shown(self) -> int:
        """What "show more" asks for; 0 where it is no use."""
        more = min(self.shown + MORE, MOST_SHOWN)
        return more if self.hidden > 0 and more > self.shown else 0


def shown_at_first(status: str) -> int:
    return FINISHED_SHOWN if status in FINISHED else OPEN_SHOWN


def column_order(status: str) -> tuple[OrderBy, ...]:
    """Open columns as people have put the cards; finished ones by the moment of finishing, the latest on top."""
    if status in FINISHED:
        return F("completed_at").desc(nulls_last=True), F("position").desc(), F("pk").desc()
    return F("position").asc(), F("pk").asc()


def board_columns(tasks: QuerySet[Task], shown: Mapping[str, int]) -> list[BoardColumn]:
    """Columns of `tasks`, each with its first cards: as many as `shown` says, or as usual."""
    tasks = tasks.filter(archived_at=None).order_by()
    totals = dict(tasks.values_list("status").annotate(Count("pk")))
    columns = {
        status: BoardColumn(
            status, label, totals.get(status, 0), min(shown.get(status, shown_at_first(status)), MOST_SHOWN)
        )
        for status, label in TaskStatus.choices
    }
    for task in _cards(tasks, [column for column in columns.values() if column.total]):
        columns[task.status].tasks.append(task)
    return list(columns.values())


def _cards(tasks: QuerySet[Task], columns: list[BoardColumn]) -> list[Task]:
    if not columns:
        return []
    wanted = Q()
    for column in columns:
        first = tasks.filter(status=column.status).order_by(*column_order(column.status))
        wanted |= Q(pk__in=first.values("pk")[: column.shown])
    cards = Task.objects.filter(wanted).select_related("project", "assignee")
    return sorted(cards.only(*CARD), key=_place)


def _place(task: Task) -> tuple[float, ...]:
    """`column_order` once more, for the handful that was fetched."""
    if task.status not in FINISHED:
        return task.position, task.pk
    finished = task.completed_at.timestamp() if task.completed_at else float("-inf")
    return -finished, -task.position, -task.pk
