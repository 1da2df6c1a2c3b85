"""Clients, projects, tasks and entries for tests, made quickly. Services are called where their effect is tested."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import count
from typing import Any

from accounts.models import User
from tracking.models import Client, Project, ProjectMember, ProjectRate, Tag, Task, TimeEntry
from tracking.services.entries import create_entry

_number = count(1)
MONDAY = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)


def make_client(**fields: Any) -> Client:
    return Client.objects.create(**{"name": f"Client {next(_number)}", "currency": "EUR", **fields})


def make_project(
    manager: User | None = None, members: tuple[User, ...] = (), rate: Decimal | str | None = None, **fields: Any
) -> Project:
    project = Project.objects.create(**{"name": f"Project {next(_number)}", "currency": "EUR", **fields})
    if manager is not None:
        ProjectMember.objects.create(project=project, user=manager, is_manager=True)
    for member in members:
        ProjectMember.objects.create(project=project, user=member)
    if rate is not None:
        ProjectRate.objects.create(project=project, valid_from=ProjectRate.ALWAYS, hourly_rate=Decimal(rate))
    return project


def make_task(project: Project | None = None, **fields: Any) -> Task:
    return Task.objects.create(project=project or make_project(), **{"name": f"Task {next(_number)}", **fields})


def make_tag(name: str = "", **fields: Any) -> Tag:
    return Tag.objects.create(name=name or f"tag-{next(_number)}", **fields)


def make_entry(user: User, start: dt.datetime = MONDAY, minutes: int = 60, **fields: Any) -> TimeEntry:
    """Through the service, so that totals and rates are as they would be."""
    return create_entry(user=user, started_at=start, ended_at=start + dt.timedelta(minutes=minutes), **fields)
