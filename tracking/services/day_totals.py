"""Worked time by person and local day: the one definition of it, and the sums kept with every change of an entry."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from django.db import transaction
from django.db.migrations import Migration
from django.db.models import F, Q, QuerySet

from accounts.models import User
from timetracker.web.times import combine_local, local_date
from tracking.models import DayTagTotal, DayTotal, TimeEntry
from tracking.services.booking import Span, lock_person

DAY = dt.timedelta(days=1)
CHUNK = 2000
FEW = 20


class Key(NamedTuple):
    """What a sum is of. `tag` is None where it does not matter, 0 for an entry that has none."""

    user: int
    day: dt.date
    project: int | None
    task: int | None
    billable: bool
    rate: Decimal | None
    currency: str
    billed: bool = False
    tag: int | None = None


def worked_spans(start: dt.datetime, end: dt.datetime, breaks: Iterable[Span], zone: dt.tzinfo) -> Iterator[Span]:
    """The stretches that were worked, in UTC: without the breaks (in order), and cut at each local midnight."""
    position = start
    for until, after in [*breaks, (end, end)]:
        while position < until:
            midnight = combine_local(local_date(position, zone) + DAY, dt.time(0), zone)
            cut = min(until, midnight) if midnight > position else until
            yield position, cut
            position = cut
        position = max(position, after)


def worked_by_day(start: dt.datetime, end: dt.datetime, breaks: Iterable[Span], zone: dt.tzinfo) -> Counter[dt.date]:
    """Seconds by local day. Their sum is what the entry counts."""
    days: Counter[dt.date] = Counter()
    for first, last in worked_spans(start, end, breaks, zone):
        days[local_date(first, zone)] += int((last - first).total_seconds())
    return days


@dataclass(frozen=True, slots=True)
class DayShare:
    """What one entry adds to the days. A running or deleted one adds nothing."""

    plain: Counter[Key] = field(default_factory=Counter)
    by_tag: Counter[Key] = field(default_factory=Counter)

    @classmethod
    def of(cls, entry: TimeEntry, zone: dt.tzinfo | None = None) -> DayShare:
        """Reads its tags, and its breaks where it has any: in bulk they come prefetched, with the `zone`."""
        if entry.ended_at is None or entry.deleted_at is not None:
            return cls()
        breaks = [(one.started_at, one.ended_at) for one in entry.breaks.all()] if entry.break_seconds else []
        days = worked_by_day(entry.started_at, entry.ended_at, breaks, zone or entry.user.zone)
        tags = [tag.pk for tag in entry.tags.all()] or [0]
        share = cls()
        for day, seconds in days.items():
            rate = entry.rate if entry.billable else None
            work = (entry.project_id, entry.task_id, entry.billable, rate, entry.currency, entry.billed)
            key = Key(entry.user_id, day, *work)
            share.plain[key] += seconds
            for tag in tags:
                share.by_tag[key._replace(tag=tag)] += seconds
        return share

    def add(self, other: DayShare) -> None:
        self.plain.update(other.plain)
        self.by_tag.update(other.by_tag)


def shift_day_totals(before: DayShare, after: DayShare) -> None:
    """Under the lock of the person, as every change of an entry is."""
    _shift(DayTotal, before.plain, after.plain)
    _shift(DayTagTotal, before.by_tag, after.by_tag)


def _shift(model: type[DayTotal] | type[DayTagTotal], before: Counter[Key], after: Counter[Key]) -> None:
    difference = Counter(after)
    difference.subtract(before)
    missing = []
    # The days of a long entry change by the same amount, all but the first and the last: they go in one statement.
    alike: dict[tuple[Key, int], list[dt.date]] = defaultdict(list)
    for key, seconds in difference.items():
        if seconds:
            alike[key._replace(day=dt.date.min), seconds].append(key.day)
    if len(alike) > FEW:
        _exchange(model, difference)
        return
    for (key, seconds), days in alike.items():
        for part in (days[at : at + CHUNK] for at in range(0, len(days), CHUNK)):
            rows = model.objects.filter(**_columns(key), day__in=part)
            changed = rows.update(seconds=F("seconds") + seconds)
            if changed < len(part):
                held = set(rows.values_list("day", flat=True)) if changed else set()
                missing += [(key._replace(day=day), seconds) for day in part if day not in held]
    _store(model, missing)
    if any(seconds < 0 for seconds in difference.values()):
        user, days = next(iter(difference)).user, [key.day for key in difference]
        model.objects.filter(user=user, day__range=(min(days), max(days)), seconds=0).delete()


def _exchange(model: type[DayTotal] | type[DayTagTotal], difference: Counter[Key]) -> None:
    """Many sums of one person that change each by another amount: those rows go, and come back as they are to be."""
    days = [key.day for key in difference]
    found = model.objects.filter(user=next(iter(difference)).user, day__range=(min(days), max(days)))
    gone = []
    for pk, key, seconds in _read(found):
        if key in difference:
            difference[key] += seconds
            gone.append(pk)
    for part in (gone[at : at + CHUNK] for at in range(0, len(gone), CHUNK)):
        model.objects.filter(pk__in=part).delete()
    _store(model, ((key, seconds) for key, seconds in difference.items() if seconds))


def _read(rows: QuerySet[DayTotal] | QuerySet[DayTagTotal]) -> Iterator[tuple[int, Key, int]]:
    columns = ["pk", "seconds", "user_id", "day", "project_id", "task_id", "billable", "rate", "currency", "billed"]
    if rows.model is DayTotal:
        for pk, seconds, *key in rows.values_list(*columns):
            yield pk, Key(*key), seconds
    else:
        for pk, seconds, *key, tag in rows.values_list(*columns, "tag_id"):
            yield pk, Key._make([*key, tag or 0]), seconds


def _columns(key: Key) -> dict[str, object]:
    wanted: dict[str, object] = {
        "user": key.user, "project": key.project, "task": key.task, "billable": key.billable,
        "rate": key.rate, "currency": key.currency, "billed": key.billed,
    }  # fmt: skip
    if key.tag is not None:
        wanted["tag"] = key.tag or None
    return {f"{name}__isnull" if value is None else name: value is None or value for name, value in wanted.items()}


def _store(model: type[DayTotal] | type[DayTagTotal], sums: Iterable[tuple[Key, int]]) -> None:
    rows: Iterator[Any] = (
        model(
            user_id=key.user, day=key.day, project_id=key.project, task_id=key.task, billable=key.billable,
            rate=key.rate, currency=key.currency, billed=key.billed, seconds=seconds,
            **({} if key.tag is None else {"tag_id": key.tag or None}),
        )
        for key, seconds in sums
    )  # fmt: skip
    model._default_manager.bulk_create(rows, batch_size=CHUNK)


def counted(user: User) -> DayShare:
    """What the days of `user` hold, counted anew from their entries."""
    sums = DayShare()
    entries = TimeEntry.objects.alive().filter(user=user, ended_at__isnull=False).prefetch_related("tags", "breaks")
    for entry in entries.order_by("pk").iterator(chunk_size=CHUNK):
        sums.add(DayShare.of(entry, user.zone))
    return sums


def stored(user: User) -> DayShare:
    sums = DayShare()
    for rows, into in (
        (DayTotal.objects.filter(user=user), sums.plain),
        (DayTagTotal.objects.filter(user=user), sums.by_tag),
    ):
        for _pk, key, seconds in _read(rows):
            into[key] += seconds
    return sums


@transaction.atomic
def rebuild_day_totals(user: User) -> None:
    """All days of one person anew: after bulk work, and when their zone has changed."""
    lock_person(user)
    user = User.objects.get(pk=user.pk)
    right = counted(user)
    DayTotal.objects.filter(user=user).delete()
    DayTagTotal.objects.filter(user=user).delete()
    _store(DayTotal, right.plain.items())
    _store(DayTagTotal, right.by_tag.items())


def split_by_billed(*, plan: Sequence[tuple[Migration, bool]] = (), **_kwargs: Any) -> None:
    """For the signal `post_migrate`: the migration that told billed time apart left all of it as not billed."""
    if any(migration.name == "0007_billed_day_totals" and not backwards for migration, backwards in plan):
        billed = TimeEntry.objects.filter(billed_at__isnull=False).order_by()
        for user in User.objects.filter(pk__in=billed.values("user")):
            rebuild_day_totals(user)


def wrong_day_totals(user: User) -> Iterator[tuple[str, Key, int, int]]:
    """Where what is stored is not what the entries say: the table, of what, stored and counted seconds."""
    held, right = stored(user), counted(user)
    for name, have, want in (("day", held.plain, right.plain), ("tag", held.by_tag, right.by_tag)):
        for key in sorted({*have, *want}, key=lambda key: (key.day, str(key))):
            if have[key] != want[key]:
                yield name, key, have[key], want[key]


def people_with_time() -> Iterator[User]:
    """Whoever has entries, or totals that may be left over."""
    # Each table asked by itself: joined, a person's entries would be multiplied by their days.
    tables = (TimeEntry, DayTotal, DayTagTotal)
    has = reduce(or_, (Q(pk__in=table._default_manager.order_by().values("user")) for table in tables))
    return User.objects.filter(has).order_by("pk").iterator()
