"""An instance of everything that is hard to carry, and archives of it."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import connection, models, transaction
from django.utils import timezone

from accounts.choices import Scope
from accounts.models import ApiToken, User
from tests.factories import TeamFactory
from tests.work import MONDAY, make_client, make_entry, make_project, make_tag, make_task
from timetracker.backups.transfer import moved_models
from timetracker.events.models import Event
from timetracker.web.models import IdempotencyKey
from tracking.choices import BatchKind
from tracking.models import Batch, TimeEntry
from tracking.services.entries import delete_entry

LONG_AGO = dt.datetime(2001, 2, 3, 4, 5, 6, 789012, tzinfo=dt.UTC)
ODD = 'Zoë → "„Straße“"\r\n\u2028\\ 🦉 {} \x7f'
PAYLOAD = {"z": None, "a": [1, 2.5, 1e-7, True, {"": ODD}], "big": 2**60}


def make_world(owner: User) -> TimeEntry:
    """One of everything that is hard to carry. Gives the entry whose moments are old."""
    project = make_project(owner, rate="90.10", client=make_client(name="Ünïcode & Söhne"), description=ODD)
    task = make_task(project, name=ODD, position=0.1 + 0.2)
    tag = make_tag("größe:ß")
    task.tags.add(tag)
    first = make_entry(owner, project=project, task=task, description=ODD, tags=[tag], billable=True)
    make_entry(owner, MONDAY + dt.timedelta(days=1), minutes=7)
    gone = make_entry(owner, MONDAY + dt.timedelta(days=2), minutes=11)
    delete_entry(entry=gone, actor=owner)
    TimeEntry.objects.filter(pk=first.pk).update(created_at=LONG_AGO, updated_at=LONG_AGO)
    later = Batch.objects.create(kind=BatchKind.values[0], actor=None)
    Batch.objects.filter(pk=Batch.objects.order_by("pk")[0].pk).update(undone_by=later)
    _make_odd_rows(owner)
    first.refresh_from_db()
    return first


def _make_odd_rows(owner: User) -> None:
    TeamFactory.create(name="Étude", leads=[owner])
    cause = Event.objects.create(type="odd", actor=owner, payload=PAYLOAD, occurred_at=LONG_AGO)
    Event.objects.create(type="null", cause=cause, payload=models.Value(None, models.JSONField()))
    ApiToken.objects.issue(user=owner, name="script", scope=Scope.READ, expiry=None)
    Authenticator.objects.create(user=owner, type=Authenticator.Type.TOTP, data={"secret": "JBSWY3DPEHPK3PXP"})
    IdempotencyKey.objects.create(
        user=owner, key="k", fingerprint="f", method="POST", path="/", body=bytes(range(256)),
        created_at=LONG_AGO, claimed_at=LONG_AGO,
    )  # fmt: skip
    Group.objects.create(name="unused").permissions.add(Permission.objects.get(codename="add_client"))
    LogEntry.objects.create(
        user=owner, content_type=ContentType.objects.get_for_model(TimeEntry), object_id="1", action_flag=1
    )
    Session.objects.create(session_key="s", session_data="", expire_date=timezone.now())


def empty() -> None:
    with transaction.atomic():
        for model in reversed(moved_models()):
            model._base_manager.all()._raw_delete(connection.alias)
    ContentType.objects.clear_cache()


def contents(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rows() -> dict[str, list[Any]]:
    """Everything that moves, as the database holds it."""
    return {model._meta.label_lower: list(model._base_manager.order_by("pk").values_list()) for model in moved_models()}
