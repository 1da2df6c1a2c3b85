"""What was held back for a while goes out: alone as itself, several as one digest, or all of it at a chosen time.

Of very many whose time has come at once, a turn of the clock takes as many as it has time for, and writes and reads for
all of them together.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import groupby

from django.db import transaction
from django.db.models import Count

from accounts.models import User
from notifications.categories import category_named
from notifications.choices import AWAY, ON_A_PAGE, Channel, Reason, State
from notifications.held import Facts, facts_of
from notifications.models import Notification, Outcome
from notifications.release import Digest, Release, release
from notifications.services.noting import note_reached
from notifications.services.sending import announce, counted_on, notify
from timetracker.events.dispatch import caught
from timetracker.events.wake import wake_clock

PEOPLE_AT_ONCE = 2
"""Each digest is a notification with all its statements: a turn stays short, and what else is due has the next one."""
LOOKED_AT = 100
"""So many outcomes are looked at to find the people who have waited longest."""
AGAIN = dt.timedelta(minutes=10)
"""So long what failed stands back behind the others."""
STALE = dt.timedelta(days=1)


def release_held(now: dt.datetime) -> int:
    """For those who have waited longest. Returns how many people there were; raises what failed, at the end."""
    due = Outcome.objects.filter(due_at__lte=now).order_by("due_at", "pk")
    looked_at = list(due.values_list("notification__user", flat=True)[:LOOKED_AT])
    waiting = list(dict.fromkeys(looked_at))[:PEOPLE_AT_ONCE]
    if not waiting:
        return 0
    errors = _release_all(waiting, now)
    if len(waiting) == PEOPLE_AT_ONCE or len(looked_at) == LOOKED_AT:
        wake_clock(now)  # others may wait: their turn is the next, which need not be a minute away
    if errors:
        raise BaseExceptionGroup(f"{len(errors)} of {len(waiting)} failed", errors)
    return len(waiting)


def next_release_at(after: dt.datetime) -> dt.datetime | None:
    waiting = Outcome.objects.filter(due_at__gt=after).order_by("due_at")
    return waiting.values_list("due_at", flat=True).first()


@transaction.atomic
def _release_all(ids: Sequence[int], now: dt.datetime) -> list[BaseException]:
    people = User.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk").in_bulk()
    # Asked again under the locks: another process may have been quicker.
    held = _held_by(people, now)
    facts = facts_of([people[pk] for pk in held], [item for items in held.values() for item in items], now)
    done: list[Release] = []
    errors: list[BaseException] = []
    for pk, items in held.items():
        if error := caught(partial(_plan, done, people[pk], items, facts)):
            errors.append(error)
            Outcome.objects.filter(pk__in=[item.pk for item in items]).update(due_at=now + AGAIN)
    _write(done, now)
    return errors


def _plan(done: list[Release], person: User, held: Sequence[Outcome], facts: Facts) -> None:
    done.append(release(person, held, facts))


def _held_by(people: Mapping[int, User], now: dt.datetime) -> dict[int, list[Outcome]]:
    held = (
        Outcome.objects.filter(due_at__lte=now, notification__user__in=list(people))
        .select_related("notification")
        .select_for_update(of=("self",))
        .order_by("notification__user", "pk")
    )
    return {pk: list(items) for pk, items in groupby(held, key=lambda item: item.notification.user_id)}


def _write(done: Sequence[Release], now: dt.datetime) -> None:
    _tell([digest for found in done for digest in found.digests])
    _save([item for found in done for item in found.settled], [item for found in done for item in found.later])
    _send_alone([(found.person, row, channels) for found in done for row, channels in found.alone], now)


def _tell(digests: Sequence[Digest]) -> None:
    """The one place where digests come into being."""
    for digest in digests:
        row = notify(
            person=digest.person,
            category=digest.category,
            title=digest.title,
            message=digest.message,
            priority=digest.priority,
            url="/notifications/",
            key=digest.key,
            only=digest.only,
        )
        for item in digest.items:
            item.digest = row


def _save(settled: Sequence[Outcome], later: Sequence[Outcome]) -> None:
    """Few statements: very many share what becomes of them, or when."""
    ends, moments = defaultdict(list), defaultdict(list)
    for item in settled:
        ends[item.state, item.reason, item.changed_at].append(item.pk)
    for (state, reason, changed_at), ids in ends.items():
        same = Outcome.objects.filter(pk__in=ids)
        same.update(state=state, reason=reason, due_at=None, changed_at=changed_at)
    for item in later:
        moments[item.due_at].append(item.pk)
    for moment, ids in moments.items():
        Outcome.objects.filter(pk__in=ids).update(due_at=moment)
    Outcome.objects.bulk_update([item for item in settled if item.digest_id], ["digest"])
    note_reached((item.channel, item.state, item.reason) for item in settled)


def _send_alone(sent: Sequence[tuple[User, Notification, list[Channel]]], now: dt.datetime) -> None:
    shown, days = [], defaultdict(list)
    for person, row, channels in sent:
        if not set(channels).isdisjoint(ON_A_PAGE):
            shown.append(row.pk)
        if category_named(row.category).counts:
            days[counted_on(row, person, now)].append(row.pk)
    # Delivered now, as far as pages that ask for what is new are concerned.
    Notification.objects.filter(pk__in=shown).update(delivered_at=now)
    for day, ids in days.items():
        Notification.objects.filter(pk__in=ids).update(interrupted_on=day)
    for _person, row, channels in sent:
        announce(row, channels)


def forget_unseen(now: dt.datetime) -> None:
    """What no page showed within a day is no news any more; the centre has it. Mail and push had all their tries."""
    stale = Outcome.objects.filter(state=State.QUEUED, changed_at__lt=now - STALE)
    counted = dict(stale.order_by().values_list("channel").annotate(count=Count("pk")))
    for channels, state, reason in ((ON_A_PAGE, State.HELD, Reason.NO_PAGE), (AWAY, State.FAILED, Reason.ERROR)):
        stale.filter(channel__in=channels).update(state=state, reason=reason, changed_at=now)
        note_reached({(channel, state, reason): counted.get(channel, 0) for channel in channels})
