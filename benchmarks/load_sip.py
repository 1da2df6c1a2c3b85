#!/usr/bin/env python
"""Loads the public SiP record into the instance that the environment names, through the services.

    python benchmarks/load_sip.py DIR        DIR holds Sip-task-info.csv and est-act-dates.csv

Ten years of one company's finished tasks with estimates and actual hours (github Derek-Jones/SiP_dataset,
CC BY-NC-ND 4.0, arXiv:1901.01621). For measuring only: it is not part of the product, and nothing of it is kept in the
repository. A developer's hours on a task become entries of at most eight hours on consecutive weekdays, from the day
the task was started.
"""

from __future__ import annotations

import csv
import datetime as dt
import os
import sys
import time
import uuid
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "timetracker.settings")

import django

django.setup()

from django.db.models import Sum
from django.utils.text import slugify

from accounts.choices import Role
from accounts.models import User
from tracking.choices import Priority, Source, TaskStatus
from tracking.models import Client, Project, Tag, Task, TimeEntry
from tracking.services.clients import create_client
from tracking.services.entries import create_entry
from tracking.services.projects import create_project
from tracking.services.tags import tags_named
from tracking.services.tasks import create_task, update_task

FINISHED = {"FINISHED", "COMPLETED", "RELEASED"}
PRIORITIES = {1: Priority.URGENT, 2: Priority.HIGH, 3: Priority.NORMAL}
LONDON = ZoneInfo("Europe/London")
A_DAY = Decimal(8)
SPACE = uuid.UUID("5c1f6d1e-2f0e-4c53-9c4b-6c8f5a0d9e11")
PASSWORD = "sip-measuring-only"  # noqa: S105 - people of a throw-away instance


def read(folder: Path) -> list[tuple[dict[str, str], dict[str, str], list[dict[str, str]]]]:
    """Finished tasks with an estimate and actual hours: (task, dates, the developers' rows)."""
    with open(folder / "est-act-dates.csv", encoding="latin-1", newline="") as file:
        dates = {row["TaskNumber"]: row for row in csv.DictReader(file)}
    rows: dict[str, list[dict[str, str]]] = {}
    with open(folder / "Sip-task-info.csv", encoding="latin-1", newline="") as file:
        for row in csv.DictReader(file):
            rows.setdefault(row["TaskNumber"], []).append(row)
    tasks = []
    for number, developers in rows.items():
        task, when = developers[0], dates.get(number)
        if task["StatusCode"] not in FINISHED or not when or not when["CompletedOn"]:
            continue
        if Decimal(task["HoursEstimate"]) > 0 and Decimal(task["HoursActual"]) > 0:
            tasks.append((task, when, developers))
    return tasks


def moment(day: str, hour: int) -> dt.datetime | None:
    if not day or day == "NA":
        return None
    return dt.datetime.strptime(day, "%d-%b-%y").replace(hour=hour, tzinfo=LONDON)


def spans(first: dt.datetime, hours: Decimal) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    """`hours` from `first` on, at most eight a weekday."""
    seconds, start = int(hours * 3600), first
    while seconds > 0:
        if start.weekday() < 5 or start == first:
            part = min(seconds, int(A_DAY * 3600))
            utc = start.astimezone(dt.UTC)
            yield utc, utc + dt.timedelta(seconds=part)
            seconds -= part
        start += dt.timedelta(days=1)


class Loader:
    def __init__(self) -> None:
        self.boss = User.objects.filter(role=Role.ADMINISTRATOR).order_by(
            "pk"
        ).first() or User.objects.create_superuser("sip-administrator", "sip@example.org", PASSWORD)
        self.client = Client.objects.filter(name="SiP").first() or create_client(
            actor=self.boss, name="SiP", currency="GBP"
        )
        self.people: dict[str, User] = {}
        self.projects: dict[str, Project] = {}
        self.tags: dict[str, Tag] = {}

    def person(self, number: str) -> User:
        if number not in self.people:
            name = f"sip{number}"
            self.people[number] = User.objects.filter(username=name).first() or User.objects.create_user(
                name, password=PASSWORD, display_name=f"Developer {number}", time_zone="Europe/London"
            )
        return self.people[number]

    def project(self, code: str) -> Project:
        if code not in self.projects:
            name = f"Project {code}"
            self.projects[code] = Project.objects.filter(client=self.client, name=name).first() or create_project(
                actor=self.boss, client=self.client, name=name, code=code
            )
        return self.projects[code]

    def tag(self, kind: str, value: str) -> Tag:
        name = f"{kind}:{slugify(value)}"
        if name not in self.tags:
            self.tags[name] = tags_named(names=[name], actor=self.boss)[0]
        return self.tags[name]

    def load(self, task: dict[str, str], when: dict[str, str], developers: list[dict[str, str]]) -> None:
        estimated = moment(when["EstimateOn"], 9)
        completed = moment(when["CompletedOn"], 18)
        started = moment(when["StartedOn"], 9) or estimated or completed
        row = create_task(
            actor=self.boss,
            at=estimated or started,
            project=self.project(task["ProjectCode"]),
            name=task["Summary"] or f"Task {task['TaskNumber']}",
            priority=PRIORITIES.get(int(task["Priority"]), Priority.LOW),
            assignee=self.person(task["AssignedToID"]),
            estimated_hours=Decimal(task["HoursEstimate"]),
            tags=[self.tag("category", task["Category"]), self.tag("kind", task["SubCategory"])],
        )
        for developer in developers:
            for place, (start, end) in enumerate(spans(started, Decimal(developer["DeveloperHoursActual"]))):
                create_entry(
                    user=self.person(developer["DeveloperID"]),
                    actor=self.boss,
                    uid=uuid.uuid5(SPACE, f"{task['TaskNumber']}-{developer['DeveloperID']}-{place}"),
                    task=row,
                    description=row.name,
                    started_at=start,
                    ended_at=end,
                    source=Source.IMPORT,
                )
        update_task(task=row, actor=self.boss, status=TaskStatus.DONE, at=completed)


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) == 2 else sys.exit(__doc__)
    tasks = read(folder)
    if Client.objects.filter(name="SiP").exists():
        sys.exit("The record is loaded already.")
    begun = time.perf_counter()
    loader = Loader()
    for number, item in enumerate(tasks, start=1):
        loader.load(*item)
        if number % 1000 == 0:
            print(f"{number:,} of {len(tasks):,} tasks, {time.perf_counter() - begun:.0f} s", flush=True)
    report(tasks, time.perf_counter() - begun)


def report(tasks: list[tuple[dict[str, str], dict[str, str], list[dict[str, str]]]], seconds: float) -> None:
    stored = Task.objects.filter(project__client__name="SiP")
    entries = TimeEntry.objects.alive().filter(project__client__name="SiP")
    worked = Decimal(entries.aggregate(total=Sum("seconds"))["total"]) / 3600
    kept = Decimal(stored.aggregate(total=Sum("tracked_seconds"))["total"]) / 3600
    print(f"{'':22}{'in the file':>14}{'stored':>14}")
    lines = [
        ("tasks", len(tasks), stored.count()),
        (
            "hours estimated",
            sum(Decimal(t["HoursEstimate"]) for t, _w, _d in tasks),
            round(Decimal(stored.aggregate(x=Sum("estimated_hours"))["x"]), 2),
        ),
        ("hours worked", sum(Decimal(t["HoursActual"]) for t, _w, _d in tasks), worked.quantize(Decimal("0.01"))),
        ("hours kept on tasks", "", kept.quantize(Decimal("0.01"))),
        ("time entries", "", entries.count()),
        ("people", "", len({person.pk for person in User.objects.filter(username__startswith="sip")})),
        ("projects", "", Project.objects.filter(client__name="SiP").count()),
    ]
    for name, source, value in lines:
        print(f"{name:22}{source:>14}{value:>14}")
    print(f"{seconds:.0f} s, password of every developer: {PASSWORD} (for example sip{tasks[-1][2][0]['DeveloperID']})")


if __name__ == "__main__":
    main()
