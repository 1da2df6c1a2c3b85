"""Marks: they stay the same as long as nothing has happened that a kept insight depends on.

Read from the log of events, which is written with every change and in its transaction. The numbers of the last events,
not only the highest: what is committed later may have a lower one.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Any

from django.db.models import BigIntegerField, Count, OuterRef, QuerySet, Subquery, Sum

from accounts.models import User
from analytics.queries.kept import FORM
from timetracker.events.models import Event
from tracking.models import Project, Task

LAST = 64
TIME = (
    "time_logged", "timer_started", "timer_stopped", "timer_paused", "timer_resumed", "timer_discarded",
    "entry_changed", "entry_deleted", "entry_restored",
)  # fmt: skip
EVERYWHERE = (
    "tag_changed", "tag_deleted", "time_imported", "import_undone", "import_brought_back", "demo_data_loaded",
    "organisation_changed",
)  # fmt: skip
"""What may matter to anybody's."""
OWN = (*TIME, "preferences_changed")


def mark_of_person(user: User, today: dt.date, *others: object) -> str:
    """Of what follows from a person's time and settings. What else it depends on goes into `others`.

    Two statements.
    """
    return _mark(today, user.pk, _last(person_id=user.pk, type__in=OWN), *others)


class _SumOfLast(Subquery):
    """Events only get higher numbers, so the sum of the last ones grows with each that is added to them."""

    template = "(SELECT SUM(recent.id) FROM (%(subquery)s) recent)"


def marks_of_people(today: dt.date, others: Mapping[int, object]) -> dict[int, str]:
    """The same of several people at once, by person, each with what else theirs depends on. Two statements, whatever
    their number.
    """
    events = Event.objects.filter(person_id=OuterRef("pk"), type__in=OWN).order_by("-pk").values("id")
    last = _SumOfLast(events[:LAST], output_field=BigIntegerField())
    sums, of_all = User.objects.filter(pk__in=others).values_list("pk").annotate(last=last), _last_of_all()
    return {pk: _mark(today, pk, found, of_all, others[pk]) for pk, found in sums}


def mark_of_marks(marks: Mapping[int, str]) -> str:
    """Of what follows from all of them together, and from who they are."""
    return _mark(sorted(marks.items()))


def mark_of_project(project: Project, today: dt.date, *others: object) -> str:
    """Of what follows from a project, its tasks and its time. Four statements."""
    tasks = Task.objects.filter(project=project).aggregate(Count("pk"), Sum("version"), Sum("tracked_seconds"))
    totals = Project.objects.filter(pk=project.pk).values_list("version", "tracked_seconds", "earned_cent_seconds")
    return _mark(today, project.pk, _last(project_id=project.pk), tasks, list(totals), *others)


def _mark(*parts: object) -> str:
    return hashlib.sha256(repr((FORM, *parts)).encode()).hexdigest()


def _last(**about: Any) -> list[list[int]]:
    """Two statements: one with "or" would read the log from its end until it has found enough."""
    return [_numbers(Event.objects.filter(**about)), _last_of_all()]


def _last_of_all() -> list[int]:
    return _numbers(Event.objects.filter(type__in=EVERYWHERE))


def _numbers(events: QuerySet[Event]) -> list[int]:
    return list(events.order_by("-pk").values_list("pk", flat=True)[:LAST])
