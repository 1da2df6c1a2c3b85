"""Stores what an import has planned, in steps that are whole in themselves: others work on meanwhile.

After a crash the same import again adds what is missing. All of it is one batch, which Undo takes back the same way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from django.db import transaction
from django.db.models import Count, F, Sum, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from timetracker.events.recording import record
from timetracker.web.errors import Conflict, NotAllowed
from tracking.choices import BatchKind, Source
from tracking.events import ImportBroughtBack, ImportPayload, ImportUndone, TimeImported
from tracking.models import Batch, BatchChange, Project, Task, TimeEntry
from tracking.services.booking import clean_description, lock_entries, lock_person, tell_person, usable_tags
from tracking.services.entries import CREATED, DELETED
from tracking.services.import_places import Places, tag_name
from tracking.services.import_plan import EntrySum, Plan, Planned
from tracking.services.rates import RateBook, snapshot_rate
from tracking.services.review import refresh_reviews
from tracking.services.state import Changes
from tracking.services.totals import refresh_statistics, shift_totals_of_many

STEP = 1000
Progress = Callable[[int], None]
"""Called after each step with the number of entries done so far."""
T = TypeVar("T")


def store_import(*, plan: Plan, actor: User, progress: Progress = lambda done: None) -> Batch | None:
    """The batch, with one event for all of it; None where there was nothing to store.

    Raises Conflict where a project or task was closed since it was planned: what is stored by then stays, in its batch.
    """
    if not plan.wanted:
        return None
    places = Places(actor)
    places.make(plan.missing)
    batch = Batch.objects.create(kind=BatchKind.IMPORT, actor=actor)
    try:
        _store_all(plan, places, batch, progress)
    finally:
        kept = _finish(batch, TimeImported)
    return batch if kept else None


def _store_all(plan: Plan, places: Places, batch: Batch, progress: Progress) -> None:
    done = 0
    for step in _steps(plan.new):
        done += _store(step, places, batch)
        progress(done)
    for step in _steps(plan.back):
        people, uids = {planned.user.pk for planned in step}, {planned.uid for planned in step}
        found = TimeEntry.objects.filter(user__in=people, uid__in=uids, deleted_at__isnull=False)
        done += _turn(list(found.values_list("pk", flat=True)), batch, deleted=False)
        progress(done)


def undo_import(*, batch: Batch, actor: User, progress: Progress = lambda done: None) -> Batch:
    """Into the trash, or back out of it where `batch` has undone an import. What is there already stays as it is.

    Broken off, the same again goes on with the rest. Raises Conflict where something of it is billed.
    """
    deleted = not _is_undoing(batch)
    require_rights(batch, actor)
    ids = list(batch.changes.order_by("pk").values_list("entry", flat=True))
    undoing = Batch.objects.create(kind=BatchKind.UNDO, actor=actor)
    done = 0
    for part in _steps(ids):
        done += _turn(part, undoing, deleted=deleted)
        progress(done)
    if not _finish(undoing, ImportUndone if deleted else ImportBroughtBack):
        raise Conflict(_("Nothing of it is left to undo."), code="undone")
    Batch.objects.filter(pk=batch.pk, undone_by=None).update(undone_by=undoing)
    return undoing


def is_import(batch: Batch) -> bool:
    """An import, its Undo, the Undo of that, and so on."""
    while batch.kind == BatchKind.UNDO:
        undone = Batch.objects.filter(undone_by=batch).first()
        if undone is None:
            return False
        batch = undone
    return batch.kind == BatchKind.IMPORT


def _is_undoing(batch: Batch) -> bool:
    change = batch.changes.first()
    return change is not None and change.changes == DELETED


def require_rights(batch: Batch, actor: User) -> None:
    entries = TimeEntry.objects.filter(batch_changes__batch=batch)
    if entries.exclude(pk__in=TimeEntry.objects.visible_to(actor).values("pk")).exists():
        raise NotAllowed(_("Some of these entries are no longer yours to change."))
    if billed := entries.filter(billed_at__isnull=False).count():
        text = _("%(number)d of these entries are billed and can no longer change.")
        raise Conflict(text % {"number": billed}, code="billed")


def _steps(items: Sequence[T]) -> Iterator[Sequence[T]]:
    yield from (items[at : at + STEP] for at in range(0, len(items), STEP))


def _finish(batch: Batch, event: type[ImportPayload]) -> bool:
    """Tells what the batch did. One that did nothing is gone after, and False."""
    people = sums_of(batch)
    if not people:
        batch.delete()
        return False
    entries = sum(one.entries for one in people.values())
    if entries > STEP:
        refresh_statistics()
    hours = round(sum(one.seconds for one in people.values()) / 3600, 4)
    with transaction.atomic():
        payload = event(id=batch.pk, entries=entries, hours=hours, people=len(people))
        record(payload, actor=batch.actor, subject=batch)
        for user in people:
            tell_person(user.pk)
    return True


def sums_of(batch: Batch) -> dict[User, EntrySum]:
    """What the database holds of a batch, by person: to compare with what its source says."""
    sums = TimeEntry.objects.filter(batch_changes__batch=batch).order_by().values("user")
    found = {row["user"]: row for row in sums.annotate(entries=Count("pk"), total=Sum("seconds"))}
    return {
        user: EntrySum(found[user.pk]["entries"], found[user.pk]["total"])
        for user in User.objects.filter(pk__in=found).order_by("pk")
    }


# ── One step ─────────────────────────────────────────────────────────────────
@transaction.atomic
def _store(step: Sequence[Planned], places: Places, batch: Batch) -> int:
    users = _lock_people({planned.user.pk for planned in step})
    there = TimeEntry.objects.filter(user__in=users, uid__in=[planned.uid for planned in step])
    known = set(there.values_list("user", "uid"))
    step = [planned for planned in step if (planned.user.pk, planned.uid) not in known]
    entries = [_entry(planned, users[planned.user.pk], places) for planned in step]
    _lock_places(entries)
    rates = RateBook({entry.project_id: entry.project for entry in entries if entry.project}.values())
    for entry in entries:
        snapshot_rate(entry, rates)
    TimeEntry.objects.bulk_create(entries)
    tags = {tag.name.lower(): tag for tag in usable_tags(places.tags_of(planned.row for planned in step))}
    through = TimeEntry.tags.through
    through.objects.bulk_create(
        through(timeentry=entry, tag=tags[key])
        for entry, planned in zip(entries, step, strict=True)
        for key in dict.fromkeys(tag_name(name).lower() for name in planned.row.tags)
        if key in tags
    )
    prefetch_related_objects(entries, "tags")
    shift_totals_of_many(entries, 1)
    _keep(batch, entries, CREATED)
    return len(entries)


def _entry(planned: Planned, user: User, places: Places) -> TimeEntry:
    row = planned.row
    project = places.project(row.client, row.project) if row.project else None
    return TimeEntry(
        uid=planned.uid,
        user=user,
        project=project,
        task=places.task(project, row.task),
        description=clean_description(row.description),
        billable=row.billable,
        started_at=planned.start,
        ended_at=planned.end,
        seconds=planned.seconds,
        source=Source.IMPORT,
    )


@transaction.atomic
def _turn(ids: Sequence[int], batch: Batch, *, deleted: bool) -> int:
    """Puts these entries into the trash or takes them out, as far as they are not there already."""
    locked = lock_entries(TimeEntry.objects.filter(pk__in=ids)).values()
    entries = [
        entry
        for entry in sorted(locked, key=lambda entry: (entry.user_id, entry.started_at))
        if (entry.deleted_at is None) == deleted and not entry.billed and not entry.running
    ]
    prefetch_related_objects(entries, "tags", "breaks")
    if deleted:
        shift_totals_of_many(entries, -1)
    now = timezone.now()
    for entry in entries:
        entry.deleted_at = now if deleted else None
    rows = TimeEntry.objects.filter(pk__in=[entry.pk for entry in entries])
    rows.update(deleted_at=now if deleted else None, version=F("version") + 1, updated_at=now)
    if not deleted:
        shift_totals_of_many(entries, 1)
    _keep(batch, entries, DELETED if deleted else CREATED)
    return len(entries)


def _keep(batch: Batch, entries: Sequence[TimeEntry], changes: Changes) -> None:
    """What the batch did, and what is odd now about these entries and those beside them."""
    BatchChange.objects.bulk_create(BatchChange(batch=batch, entry=entry, changes=changes) for entry in entries)
    by_person: defaultdict[int, list[TimeEntry]] = defaultdict(list)
    for entry in entries:
        by_person[entry.user_id].append(entry)
    for theirs in by_person.values():
        ends = [entry.ended_at for entry in theirs if entry.ended_at is not None]
        refresh_reviews(theirs[0].user, min(entry.started_at for entry in theirs), max(ends))


def _lock_people(ids: set[int]) -> dict[int, User]:
    users = User.objects.in_bulk(ids)
    for _pk, user in sorted(users.items()):
        lock_person(user)
    return users


def _lock_places(entries: Sequence[TimeEntry]) -> None:
    """Projects before tasks, each in order of id, as everywhere. They are put on the entries as they are now."""
    ids = {entry.project_id for entry in entries if entry.project_id}
    locked = Project.objects.select_for_update(no_key=True, of=("self",)).select_related("client").order_by("pk")
    projects = {project.pk: project for project in locked.filter(pk__in=ids)}
    task_ids = {entry.task_id for entry in entries if entry.task_id}
    locked_tasks = Task.objects.select_for_update(no_key=True).filter(pk__in=task_ids).order_by("pk")
    tasks = {task.pk: task for task in locked_tasks}
    gone = projects.keys() != ids or tasks.keys() != task_ids
    if gone or not all(project.bookable for project in projects.values()):
        raise Conflict(_("A project or task was closed meanwhile. Look at the preview again."), code="stale")
    for entry in entries:
        entry.project = projects[entry.project_id] if entry.project_id else None
        entry.task = tasks[entry.task_id] if entry.task_id else None
