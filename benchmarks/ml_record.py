"""Finished tasks of a company: read from files, and written into the database as the product's services leave them.

Two kinds are read. A folder with the public SiP record (see `load_sip.py`); or any CSV file in UTF-8 with a line for
each finished task and these columns, of which those in brackets may be missing or empty:

    task             a number or a name, once in the file
    [estimated_on]   YYYY-MM-DD; without, the day it was started
    started_on       YYYY-MM-DD
    completed_on     YYYY-MM-DD
    [estimate_hours] what was estimated, more than 0
    actual_hours     what it took, more than 0
    [person]         who was to do it
    project
    [tags]           kinds of task, with semicolons between them
    [author]         who wrote it down
    [priority]       low, normal, high or urgent; or 0 to 3
    [title]
"""

from __future__ import annotations

import csv
import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from django.utils.text import slugify

from accounts.models import Organisation, User
from benchmarks.load_sip import FINISHED, PRIORITIES
from tracking.choices import Priority, TaskStatus
from tracking.models import Project, Tag, Task

LEAST = 0.01
"""Hours that an estimate can be."""
FIRST, LAST = dt.time(9, tzinfo=dt.UTC), dt.time(18, tzinfo=dt.UTC)
"""When tasks are planned and begun, and when they are done: a record knows days only."""


@dataclass(frozen=True, slots=True)
class Row:
    task: str
    estimated: dt.date
    started: dt.date | None
    completed: dt.date
    estimate: float | None
    actual: float
    project: str
    person: str = ""
    author: str = ""
    tags: tuple[str, ...] = ()
    priority: Priority = Priority.NORMAL
    title: str = ""

    @property
    def begun(self) -> dt.date:
        return max(self.estimated, self.started or self.estimated)


def read(sip: str, record: str) -> list[Row]:
    """In the order in which they were planned."""
    rows = _sip(Path(sip)) if sip else _csv(Path(record))
    return sorted(rows, key=lambda row: (min(row.begun, row.completed), row.task.zfill(12)))


def _sip(folder: Path) -> list[Row]:
    with open(folder / "est-act-dates.csv", encoding="latin-1", newline="") as file:
        dates = {row["TaskNumber"]: row for row in csv.DictReader(file)}
    with open(folder / "Sip-task-info.csv", encoding="latin-1", newline="") as file:
        tasks = {row["TaskNumber"]: row for row in reversed(list(csv.DictReader(file)))}  # the first row of each
    rows = []
    for number, task in tasks.items():
        when = dates.get(number, {})
        completed, estimate, actual = _day(when.get("CompletedOn")), task["HoursEstimate"], task["HoursActual"]
        if task["StatusCode"] not in FINISHED or completed is None or float(estimate) <= 0 or float(actual) <= 0:
            continue
        estimated, started = _day(when["EstimateOn"]), _day(when["StartedOn"])
        rows.append(
            Row(
                task=number,
                estimated=estimated or started or completed,
                started=started,
                completed=completed,
                estimate=float(estimate),
                actual=float(actual),
                project=task["ProjectCode"],
                person=task["AssignedToID"],
                author=task["RaisedByID"],
                tags=(f"category:{slugify(task['Category'])}", f"kind:{slugify(task['SubCategory'])}"),
                priority=PRIORITIES.get(int(task["Priority"]), Priority.LOW),
                title=task["Summary"],
            )
        )
    return rows


def _day(text: str | None) -> dt.date | None:
    if not text or text == "NA":
        return None
    return dt.datetime.strptime(text, "%d-%b-%y").replace(tzinfo=dt.UTC).date()


def _csv(path: Path) -> list[Row]:
    with open(path, encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    rows = []
    for line in lines:
        started, completed = dt.date.fromisoformat(line["started_on"]), dt.date.fromisoformat(line["completed_on"])
        if float(line["actual_hours"]) <= 0:
            continue
        rows.append(
            Row(
                task=line["task"],
                estimated=dt.date.fromisoformat(line.get("estimated_on") or line["started_on"]),
                started=started,
                completed=completed,
                estimate=float(line.get("estimate_hours") or 0) or None,
                actual=float(line["actual_hours"]),
                project=line["project"],
                person=line.get("person") or "",
                author=line.get("author") or "",
                tags=tuple(sorted({slugify(tag) for tag in (line.get("tags") or "").split(";") if tag.strip()})),
                priority=_priority(line.get("priority") or "normal"),
                title=line.get("title") or "",
            )
        )
    return rows


def _priority(text: str) -> Priority:
    return list(Priority)[int(text)] if text.isdigit() else Priority(text.lower())


def drawn(rows: Sequence[Row], count: int) -> list[Row]:
    """So many tasks, drawn from the record with replacement."""
    chosen = random.Random(7).choices(rows, k=count)
    return [replace(row, task=str(number)) for number, row in enumerate(sorted(chosen, key=lambda row: row.begun))]


def write(rows: Sequence[Row]) -> None:
    """Into an empty database, in bulk."""
    Organisation.objects.create(pk=Organisation.PK, name="Record", time_zone="UTC")
    names = sorted({name for row in rows for name in (row.person, row.author) if name})
    people = User.objects.bulk_create(User(username=f"person-{name}", display_name=name) for name in names)
    codes = sorted({row.project for row in rows})
    projects = Project.objects.bulk_create(Project(name=code, currency="EUR") for code in codes)
    words = sorted({tag for row in rows for tag in row.tags})
    tags = dict(zip(words, Tag.objects.bulk_create(Tag(name=word) for word in words), strict=True))
    of_person, of_project = dict(zip(names, people, strict=True)), dict(zip(codes, projects, strict=True))
    tasks = Task.objects.bulk_create(
        (_task(row, of_project[row.project], of_person.get(row.person), of_person.get(row.author)) for row in rows),
        batch_size=500,
    )
    through = Task.tags.through
    links = [through(task=task, tag=tags[word]) for task, row in zip(tasks, rows, strict=True) for word in row.tags]
    through.objects.bulk_create(links, batch_size=500)


def _task(row: Row, project: Project, person: User | None, author: User | None) -> Task:
    estimated = dt.datetime.combine(row.estimated, FIRST)
    return Task(
        project=project,
        name=row.title[:250] or f"Task {row.task}",
        status=TaskStatus.DONE,
        priority=row.priority,
        assignee=person,
        created_by=author,
        created_at=estimated,
        estimated_hours=None if row.estimate is None else Decimal(str(round(max(LEAST, row.estimate), 2))),
        estimated_at=None if row.estimate is None else estimated,
        started_at=None if row.started is None else dt.datetime.combine(row.started, FIRST),
        completed_at=dt.datetime.combine(row.completed, LAST),
        tracked_seconds=round(row.actual * 3600),
    )


def reopen(count: int) -> list[Task]:
    """As many tasks like those that finished last, planned today, done by nobody yet."""
    now = dt.datetime.now(dt.UTC)
    last = list(Task.objects.exclude(estimated_hours=None).order_by("-completed_at").prefetch_related("tags")[:count])
    made = []
    for task in last:
        tags = list(task.tags.all())
        task.pk, task._state.adding = None, True
        task.status, task.completed_at, task.started_at, task.tracked_seconds = TaskStatus.TODO, None, None, 0
        task.created_at = task.estimated_at = now
        task.save()
        task.tags.set(tags)
        made.append(Task.objects.get(pk=task.pk))
    return made
