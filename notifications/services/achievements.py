"""What counts for achievements is written down as it happens, and what it brings is earned once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from notifications.achievements import rules
from notifications.achievements.queries import (
    Look,
    counted_tasks,
    earned_by,
    had_timers_before,
    marks_of,
    reached,
    still_holds,
    takes_part,
)
from notifications.achievements.words import told
from notifications.categories import ACHIEVEMENT
from notifications.choices import AchievementKind, Type
from notifications.models import Achievement, CountedTask, CountedTime, Notification
from notifications.services.reading import delete
from notifications.services.sending import notify
from timetracker.events.models import Event
from timetracker.live.push import push_after_commit
from timetracker.web.times import local_date, zone
from tracking.choices import TaskStatus
from tracking.models import Task, TimeEntry
from tracking.services.day_totals import worked_by_day

Earned = tuple[AchievementKind, str]
BATCH = 500


# ── Time ─────────────────────────────────────────────────────────────────────
@transaction.atomic
def count_time(*, person_id: int, entry_id: int, event: Event) -> list[Achievement]:
    """What `event` tells that the person logged. Again for the same entry: as it is told now."""
    person = _taking_part(person_id)
    entry = TimeEntry.objects.alive().filter(pk=entry_id, user=person_id, ended_at__isnull=False).first()
    if person is None or entry is None:
        return []
    days = _witness(entry, person, event)
    if not days:
        return []
    push_after_commit([person.pk], "achievements")
    marks = marks_of(person)
    look = Look.at(person, event.occurred_at)
    found = reached(look, marks, days)
    if AchievementKind.FIRST_ENTRY not in marks and look.days and not had_timers_before(person, entry.pk):
        found.insert(0, (AchievementKind.FIRST_ENTRY, ""))
    return award(person=person, found=found, event=event)


@transaction.atomic
def take_back_time(*, entry_id: int, event: Event) -> None:
    """An entry was changed or deleted: less of it may count, never more."""
    counted = CountedTime.objects.filter(entry=entry_id)
    first = counted.first()  # most entries that are changed are none of these, and lock nobody
    person = _locked(first.person_id) if first else None
    entry = TimeEntry.objects.filter(pk=entry_id).first()
    if person is None or entry is None:
        return
    _refresh(counted, entry)
    push_after_commit([person.pk], "achievements")
    _withdraw(person, event)


def _witness(entry: TimeEntry, person: User, event: Event) -> rules.Days:
    """Keeps what counts of the entry as the event tells it; it may have been changed since."""
    told_of = event.payload
    start, end = (dt.datetime.fromisoformat(told_of[name]) for name in ("started_at", "ended_at"))
    by_day = worked_by_day(start, end, _breaks(entry), person.zone)
    days = rules.fresh(by_day, local_date(event.occurred_at, person.zone), told_of["seconds"])
    if not days:
        return {}
    held = {row.day: row for row in CountedTime.objects.filter(entry=entry)}
    for day, seconds in days.items():
        row = held.setdefault(day, CountedTime(person=person, entry=entry, day=day, seconds=0))
        row.zone, row.witnessed = person.zone.key, seconds
    _refresh(held.values(), entry)
    return days


def _refresh(rows: Iterable[CountedTime], entry: TimeEntry) -> None:
    """Of each no more than the entry has on that day by now, by the clock that it was counted with. Saves them."""
    breaks = _breaks(entry)
    new: list[CountedTime] = []
    changed: list[CountedTime] = []
    for row in rows:
        left = 0
        if entry.ended_at is not None:
            left = worked_by_day(entry.started_at, entry.ended_at, breaks, zone(row.zone))[row.day]
        row.seconds = min(row.witnessed, left)
        (new if row.pk is None else changed).append(row)
    if new:
        CountedTime.objects.bulk_create(new)
    if changed:
        CountedTime.objects.bulk_update(changed, ["zone", "witnessed", "seconds"])


def _breaks(entry: TimeEntry) -> list[tuple[dt.datetime, dt.datetime]]:
    return list(entry.breaks.values_list("started_at", "ended_at")) if entry.break_seconds else []


# ── Tasks ────────────────────────────────────────────────────────────────────
@transaction.atomic
def count_task(*, person_id: int, task_id: int, event: Event) -> list[Achievement]:
    """A task that its person has finished, where it took no longer than was estimated before its work ended."""
    person = _taking_part(person_id)
    task = Task.objects.filter(pk=task_id, assignee=person_id, status=TaskStatus.DONE).first()
    if person is None or task is None or not _is_within(task, event.occurred_at):
        return []
    CountedTask.objects.update_or_create(task=task, defaults={"person": person, "finished_at": event.occurred_at})
    push_after_commit([person.pk], "achievements")
    count = counted_tasks(person)
    found = [(AchievementKind.ESTIMATES, str(number)) for number in rules.TASKS if number <= count]
    return award(person=person, found=found, event=event)


@transaction.atomic
def take_back_task(*, task_id: int, event: Event) -> None:
    """It is not done after all."""
    counted = CountedTask.objects.filter(task=task_id).first()
    person = _locked(counted.person_id) if counted else None
    if counted is None or person is None:
        return
    CountedTask.objects.filter(task=task_id).delete()
    push_after_commit([person.pk], "achievements")
    _withdraw(person, event)


def _is_within(task: Task, now: dt.datetime) -> bool:
    """By all time on it, whoever logged it and whatever still runs."""
    estimated, estimated_at = task.estimated_seconds, task.estimated_at
    last = task.entries.alive().first()
    if not estimated or estimated_at is None or last is None or (last.ended_at and last.ended_at <= estimated_at):
        return False
    took = task.tracked_seconds + sum(one.elapsed_at(now) for one in task.entries.running())
    return 0 < took <= estimated


# ── Earning ──────────────────────────────────────────────────────────────────
@transaction.atomic
def award(*, person: User, found: Sequence[Earned], event: Event) -> list[Achievement]:
    """Keeps what is new of `found` and tells of it at once. Under the lock of the person: two at once earn once."""
    if not found:
        return []
    have = set(earned_by(person).filter(kind__in={kind for kind, _mark in found}).values_list("kind", "mark"))
    new = [
        Achievement(person=person, kind=kind, mark=mark, earned_at=event.occurred_at, event=event)
        for kind, mark in found
        if (kind, mark) not in have
    ]
    if not new:
        return []
    Achievement.objects.bulk_create(new)
    with translation.override(person.language):
        notify(
            person=person,
            category=ACHIEVEMENT,
            title=told(new),
            type=Type.SUCCESS,
            url=reverse("notifications:achievements"),
            event=event,
        )
    return new


def _withdraw(person: User, event: Event) -> None:
    """What was earned a moment ago by what has just been taken back, and what was told of it."""
    recent = earned_by(person).filter(earned_at__range=(event.occurred_at - rules.MOMENT, event.occurred_at))
    lately = list(recent.select_related("person", "event"))
    if not lately:
        return
    look = Look.at(person, event.occurred_at)
    false = [one for one in lately if not still_holds(look, one)]
    Achievement.objects.filter(pk__in=[one.pk for one in false]).delete()
    left = {one.event_id for one in lately if one not in false}
    keys = [f"{one.event.uid}:{ACHIEVEMENT.name}" for one in false if one.event and one.event_id not in left]
    if keys:
        delete(person=person, rows=Notification.objects.filter(key__in=keys))


def _locked(person_id: int) -> User | None:
    return User.objects.select_for_update(no_key=True).filter(pk=person_id, is_active=True).first()


def _taking_part(person_id: int) -> User | None:
    """Locked until the transaction ends; None where they are no longer here or want no achievements."""
    person = _locked(person_id)
    return person if person is not None and takes_part(person) else None


def forget_counted(now: dt.datetime) -> None:
    """What no rule looks at any more. In small steps."""
    old: Any = CountedTime.objects.filter(day__lt=now.date() - rules.KEPT).order_by("day", "pk")
    while ids := list(old.values_list("pk", flat=True)[:BATCH]):
        CountedTime.objects.filter(pk__in=ids).delete()
