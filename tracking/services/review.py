"""Odd entries are kept, and marked for somebody to look at."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from timetracker.events.recording import record
from tracking.choices import FOUND, BatchKind, Review
from tracking.events import EntryChanged
from tracking.models import TimeEntry
from tracking.services.batches import keep_change
from tracking.services.booking import CLOCK_SKEW, Span, lock_person, require_unbilled, tell_person

STEP = 500


def span_of(entry: TimeEntry) -> Span | None:
    """Where a finished entry lies; None for what runs or is in the trash, which no other can overlap."""
    return None if entry.ended_at is None or entry.deleted_at else (entry.started_at, entry.ended_at)


def refresh_review(entry: TimeEntry, *spans: Span | None) -> None:
    """After every change: what is odd about `entry`, and about what its person has beside it in `spans`.

    `spans` are where it was and where it is: who was overlapped there is so no longer, or now is. Half-open: back to
    back is no overlap.
    """
    if entry.ended_at is None or entry.deleted_at:
        entry.review = Review.NONE
    for start, end in {span for span in spans if span is not None}:
        entry.review = refresh_reviews(entry.user, start, end).get(entry.pk, entry.review)


def refresh_reviews(user: User, start: dt.datetime, end: dt.datetime) -> dict[int, Review]:
    """What is odd about each finished entry of `user` with time in [start, end), by its id. Stored where it is new."""
    found = list(TimeEntry.objects.alive().filter(user=user).overlapping(start, end))
    crossed: set[int] = set()
    if len(found) > 1:
        ends = [one.ended_at for one in found if one.ended_at is not None]
        crossed = _crossed(user, min(one.started_at for one in found), max(ends))
    reasons, changed = {}, defaultdict(list)
    for entry in found:
        entry.user = user
        reasons[entry.pk] = reason = review_reason(entry, overlaps=entry.pk in crossed)
        if reason != entry.review:
            changed[reason].append(entry.pk)
    for reason, ids in changed.items():
        TimeEntry.objects.filter(pk__in=ids).update(review=reason)
    return reasons


def review_reason(entry: TimeEntry, *, overlaps: bool) -> Review:
    """The first of what is odd about a finished entry, unless somebody has said that just this is right."""
    found = {
        Review.TOO_LONG: (entry.seconds or 0) > entry.user.daily_limit_seconds,
        Review.STOPPED: entry.review == Review.STOPPED,
        Review.OVERLAP: overlaps,
        Review.FUTURE: entry.ended_at is not None and entry.ended_at > timezone.now() + CLOCK_SKEW,
        **{reason: entry.review == reason for reason in FOUND},
        Review.NO_PROJECT: entry.project_id is None,
    }
    return next((reason for reason, holds in found.items() if holds and reason != entry.accepted), Review.NONE)


def _crossed(user: User, start: dt.datetime, end: dt.datetime) -> set[int]:
    """Those within [start, end) that share time with another one."""
    found = TimeEntry.objects.alive().filter(user=user).overlapping(start, end).order_by("started_at", "pk")
    crossed: set[int] = set()
    longest: tuple[int, dt.datetime] | None = None
    for pk, began, ended in found.values_list("pk", "started_at", "ended_at"):
        # Whoever overlaps any earlier one overlaps the one that ends last.
        if longest is not None and began < longest[1]:
            crossed |= {pk, longest[0]}
        if longest is None or ended > longest[1]:  # type: ignore[operator]  # all of them have ended
            longest = pk, ended  # type: ignore[assignment]
    return crossed


@transaction.atomic
def accept_entry(*, entry: TimeEntry, actor: User) -> TimeEntry:
    """What was found odd is right as it is. Another oddity is told, and this one again when the times change."""
    lock_person(entry.user)
    entry = TimeEntry.objects.alive().select_related("user", "project__client", "task").get(pk=entry.pk)
    require_unbilled(entry)
    if not entry.review:
        return entry
    changes = {"accepted": [str(entry.accepted), str(entry.review)]}
    entry.accepted = entry.review
    entry.version += 1
    entry.save(update_fields=["accepted", "version", "updated_at"])
    refresh_review(entry, span_of(entry))
    keep_change(entry, changes, actor=actor, kind=BatchKind.ACCEPT)
    record(
        EntryChanged.of(entry, changes=changes),
        actor=actor, subject=entry, person_id=entry.user_id, project_id=entry.project_id,
    )  # fmt: skip
    tell_person(entry.user_id)
    return entry


@transaction.atomic
def flag_entry(*, entry: TimeEntry, reason: Review) -> bool:
    """Marks `entry`, as it was judged, for one of `FOUND`; NONE takes such a mark back. Whether anything changed.

    Nothing does where it has changed since, is billed, asks for something stronger, or was found right by somebody:
    who has looked at an entry is not asked to guess about it again.
    """
    lock_person(entry.user)
    as_judged = TimeEntry.objects.alive().filter(pk=entry.pk, version=entry.version, ended_at__isnull=False)
    open_to_it = as_judged.filter(
        billed_at=None, accepted=Review.NONE, review__in=[Review.NONE, Review.NO_PROJECT, *FOUND]
    )
    if not open_to_it.exclude(review=reason).update(review=reason):
        return False
    entry.review = reason
    if not reason:
        refresh_review(entry, span_of(entry))
    tell_person(entry.user_id)
    return True


def forget_found(entry: TimeEntry) -> None:
    """On another project or task it is compared with other work. Unsaved."""
    if entry.review in FOUND:
        entry.review = Review.NONE
    if entry.accepted in FOUND:
        entry.accepted = Review.NONE


def forget_future(now: dt.datetime) -> None:
    """What lay in the future when it was logged, and no longer does. A person at a time, locked as for any change."""
    over = TimeEntry.objects.alive().filter(review=Review.FUTURE, ended_at__lte=now + CLOCK_SKEW)
    for entry in over.select_related("user").order_by("user", "pk")[:STEP]:
        with transaction.atomic():
            lock_person(entry.user)
            refresh_review(entry, span_of(entry))
            tell_person(entry.user_id)
