"""A file brought by page: kept, planned, and stored by a process of its own, which tells how far it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from timetracker.web.background import run_command
from timetracker.web.errors import Conflict
from timetracker.web.times import zone
from tracking.choices import ImportState
from tracking.imports import FORMATS
from tracking.imports.rows import UnreadableFileError
from tracking.models import TimeImport
from tracking.models.time_import import SILENT
from tracking.services.import_plan import Plan, plan_import
from tracking.services.imports import store_import

KEPT = dt.timedelta(days=1)
"""How long a file waits to be imported; afterwards what it brought can still be undone."""


def receive_file(*, actor: User, file: UploadedFile[Any], format_name: str, zone_name: str) -> TimeImport:
    """Raises ValidationError where nothing in it can be read. Nothing is imported yet."""
    brought = TimeImport(actor=actor, format=format_name, zone=zone_name, name=str(file.name)[-200:])
    brought.file.save("", file, save=False)
    try:
        next(FORMATS[format_name].read(Path(brought.file.path)), None)
    except UnreadableFileError as error:
        brought.file.delete(save=False)
        raise ValidationError({"file": str(error)}) from error
    brought.save()
    return brought


def plan_of(brought: TimeImport) -> Plan:
    """What it would store now. Raises UnreadableFileError where the file is damaged further down, or gone."""
    try:
        lines = FORMATS[brought.format].read(Path(brought.file.path))
        return plan_import(lines, zone=zone(brought.zone), actor=brought.actor, people=_people(brought))
    except FileNotFoundError as error:
        raise UnreadableFileError(_("The file is no longer there. Bring it again.")) from error


def _people(brought: TimeImport) -> Mapping[str, User | None]:
    named = User.objects.in_bulk([pk for pk in brought.people.values() if pk])
    return {theirs: named.get(pk) if pk else None for theirs, pk in brought.people.items() if not pk or pk in named}


def name_people(*, brought: TimeImport, people: Mapping[str, User | None]) -> None:
    """Who the people of the file are here: None leaves one out."""
    _require_not_started(brought)
    brought.people = brought.people | {theirs: user.pk if user else None for theirs, user in people.items()}
    brought.save(update_fields=["people"])


def begin(*, brought: TimeImport) -> None:
    """Once, however often it is asked for; again only after it has failed or nobody has been heard of."""
    now = timezone.now()
    ready = Q(state__in=[ImportState.READY, ImportState.FAILED])
    silent = Q(state__in=[ImportState.WAITING, ImportState.RUNNING], heard_at__lt=now - SILENT)
    with transaction.atomic():
        mine = TimeImport.objects.filter(ready | silent, pk=brought.pk)
        if not mine.update(state=ImportState.WAITING, heard_at=now, done=0, total=0, error=""):
            return
        transaction.on_commit(lambda: run_command("run_import", str(brought.pk)))


def run(*, brought: TimeImport) -> None:
    """What `begin` has started: in its own process. Whatever happens stands in the row for the page to tell.

    Once for each time it was begun: who comes second finds nothing that waits, and does nothing.
    """
    mine = TimeImport.objects.filter(pk=brought.pk, state=ImportState.WAITING)
    if not mine.update(state=ImportState.RUNNING, heard_at=timezone.now()):
        return

    def tell(done: int) -> None:
        TimeImport.objects.filter(pk=brought.pk).update(done=done, heard_at=timezone.now())

    with override(brought.actor.language):
        text = _("Something went wrong here. The server's log says what.")
        outcome: dict[str, object] = {"state": ImportState.FAILED, "error": text}
        try:
            plan = plan_of(brought)
            TimeImport.objects.filter(pk=brought.pk).update(total=plan.total.entries, heard_at=timezone.now())
            batch = store_import(plan=plan, actor=brought.actor, progress=tell)
            outcome = {"state": ImportState.DONE, "batch": batch}
            brought.file.delete(save=False)
        except (UnreadableFileError, ValidationError, Conflict) as error:
            outcome["error"] = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
        finally:
            TimeImport.objects.filter(pk=brought.pk).update(heard_at=timezone.now(), **outcome)


def discard(*, brought: TimeImport) -> None:
    _require_not_started(brought)
    _forget(brought)


def _require_not_started(brought: TimeImport) -> None:
    if brought.state not in {ImportState.READY, ImportState.FAILED}:
        raise Conflict(_("This import has been started already."), code="started")


def _forget(brought: TimeImport) -> None:
    brought.file.delete(save=False)
    brought.delete()


def forget_imports(now: dt.datetime) -> None:
    """Files that nobody has imported, and what was told about those that were."""
    over = TimeImport.objects.filter(created_at__lt=now - KEPT, heard_at__lt=now - KEPT)
    for brought in over.iterator():
        _forget(brought)
