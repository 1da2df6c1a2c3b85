"""Entries that look wrong are put to their person, in the queue of reviews."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.utils import timezone

from accounts.models import User
from analytics.anomalies.doubles import Doubled, twins
from analytics.anomalies.history import Finding, History
from analytics.anomalies.hours import OddHours
from analytics.anomalies.lengths import Unusual
from analytics.queries.worked import (
    DAY,
    SPAN,
    judged_beside,
    meant_to_be_two,
    worked_between,
    worked_of,
    worked_rows,
)
from analytics.queries.zones import zone_changes
from tracking.choices import Review
from tracking.models import BatchChange, TimeEntry
from tracking.models.entry import TimeEntryQuerySet
from tracking.services.review import flag_entry

REASONS: dict[type[Finding], Review] = {
    Doubled: Review.DOUBLED, Unusual: Review.UNUSUAL, OddHours: Review.ODD_HOURS,
}  # fmt: skip
MOST_READ, MOST_ASKED = 20_000, 200
"""Entries of an import: read, with what they are compared with, and asked about at most."""
MOST_PAIRS = 100


def look_at(entry_id: int) -> None:
    """One entry beside all that its person did."""
    entry = _judged().filter(pk=entry_id).first()
    if entry is None:
        return
    [(_one, found)] = judged_beside(entry.user, [worked_of(entry)])
    if found is not None:
        _ask(entry, found)
    elif entry.review == Review.DOUBLED:
        flag_entry(entry=entry, reason=Review.NONE)


def look_at_pairs(people: Collection[int], start: dt.datetime, end: dt.datetime) -> None:
    """Whoever was asked about a pair that is none any more is asked no longer, where it may touch [start, end)."""
    flagged = _judged().filter(user__in=people, review=Review.DOUBLED).within(start - DAY, end + DAY)
    asked = list(flagged.order_by("started_at")[:MOST_PAIRS])
    if not asked:
        return
    rows = worked_rows(worked_between(people, asked[0].started_at - DAY, asked[-1].started_at + DAY))
    for entry in asked:
        one, zone = worked_of(entry), entry.user.zone
        day = one.start.astimezone(zone).date()
        there = (
            other
            for user, other in rows
            if user == entry.user_id and other.pk != one.pk and other.start.astimezone(zone).date() == day
        )
        if not any(twins(one, other) for other in there):
            flag_entry(entry=entry, reason=Review.NONE)


def look_at_import(batch_id: int) -> None:
    """What an import brought of the last 180 days: of older work nobody remembers what was wrong."""
    now = timezone.now()
    changes = BatchChange.objects.filter(batch=batch_id)
    people = User.objects.in_bulk(list(changes.order_by().values_list("entry__user", flat=True).distinct()))
    brought = set(changes.filter(entry__started_at__gte=now - SPAN).values_list("entry", flat=True))
    if not brought:
        return
    moves = zone_changes(people.keys(), now - SPAN)
    known = {pk: History(user.zone, moves.get(pk)) for pk, user in people.items()}
    found: dict[int, Finding] = {}
    latest = worked_between(people.keys(), now - 2 * SPAN, now + DAY).order_by("-started_at", "-pk")[:MOST_READ]
    for user, one in reversed(worked_rows(latest)):
        finding = known[user].judge(one)
        if finding and one.pk in brought:
            found[one.pk] = finding
        elif isinstance(finding, Doubled) and finding.other.pk in brought:
            found[finding.other.pk] = Doubled(one)
        known[user].add(one)
    for entry in _judged().filter(pk__in=list(found)[-MOST_ASKED:]):
        _ask(entry, found[entry.pk])


def look_at_undone_import(batch_id: int) -> None:
    changes = BatchChange.objects.filter(batch=batch_id).order_by()
    people = list(changes.values_list("entry__user", flat=True).distinct())
    now = timezone.now()
    look_at_pairs(people, now - 2 * SPAN, now + DAY)


def _judged() -> TimeEntryQuerySet:
    return TimeEntry.objects.alive().filter(ended_at__isnull=False, billed_at=None).select_related("user")


def _ask(entry: TimeEntry, found: Finding) -> None:
    if isinstance(found, Doubled) and meant_to_be_two(entry.pk, found):
        return
    flag_entry(entry=entry, reason=REASONS[type(found)])
