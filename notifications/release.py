"""What becomes of what was held back, now that its time has come. Pure: the service reads before and writes after."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from django.utils import translation

from accounts.models import User
from notifications import digest_in_words as words
from notifications.categories import DIGEST, Category, category_named
from notifications.choices import Channel, Priority, Reason, State
from notifications.decision import Circumstances, decide_for
from notifications.digest_times import DigestTimes, Slot
from notifications.held import Facts
from notifications.models import Notification, Outcome
from notifications.models.notification import LONGEST_MESSAGE
from notifications.queries import digest_times_of, quiet_of


@dataclass(frozen=True)
class Digest:
    person: User
    category: Category
    title: str
    message: str
    priority: Priority
    only: Collection[Channel]
    key: str
    items: Sequence[Outcome]
    """What it tells of."""


@dataclass
class Release:
    """What is to be done for one person. What changes is set on the outcomes, which are not saved here."""

    person: User
    settled: list[Outcome] = field(default_factory=list)
    later: list[Outcome] = field(default_factory=list)
    """Their time comes once more: only that changes."""
    alone: list[tuple[Notification, list[Channel]]] = field(default_factory=list)
    digests: list[Digest] = field(default_factory=list)


def release(person: User, held: Sequence[Outcome], facts: Facts) -> Release:
    found = Release(person)
    critical = [item for item in held if _is_let_through(item)]
    others = [item for item in held if not _is_let_through(item)]
    if critical:
        _at_once(found, critical, facts, let_through=True)
    if others:
        _what_waited(found, others, facts)
    return found


def _what_waited(found: Release, held: list[Outcome], facts: Facts) -> None:
    person, now, chosen = found.person, facts.now, facts.settings[found.person.pk]
    times = digest_times_of(person, chosen)
    # Whoever has lengthened their quiet hours meanwhile is left alone a little longer.
    if later := quiet_of(person, chosen).ends_at(now):
        _postpone(found, held, later)
    elif times is None:
        _at_once(found, held, facts, let_through=False)
    else:
        _of_slot(found, held, facts, times)


def _of_slot(found: Release, held: list[Outcome], facts: Facts, times: DigestTimes) -> None:
    """Of a local day (or week) there is one digest, wherever its person has gone meanwhile; the rest is of the next."""
    slot, following = times.latest(facts.now), times.next_after(facts.now).moment
    key = times.key(slot)
    if (found.person.pk, key) in facts.told:
        _postpone(found, held, following)
        return
    _postpone(found, [item for item in held if item.changed_at >= slot.moment], following)
    items = _still_wanted(found, [item for item in held if item.changed_at < slot.moment], facts)
    if items:
        # Who chose a time for it is told by mail as well, if the grid says so.
        _digest(found, DIGEST, items, facts, also={Channel.EMAIL}, key=key, times=times, slot=slot)


def _at_once(found: Release, held: list[Outcome], facts: Facts, *, let_through: bool) -> None:
    """Alone as itself, several as one digest; of what is let through, in its own name."""
    items = _still_wanted(found, held, facts)
    rows = _rows_of(items)
    if len(rows) == 1 and _may_interrupt(rows[0], found.person, facts):
        for item in items:
            _settle(found, item, State.QUEUED, Reason.NONE, facts.now)
        found.alone.append((rows[0], _channels_of(items)))
    elif rows:
        _digest(found, category_named(rows[0].category) if let_through else DIGEST, items, facts)


def _may_interrupt(row: Notification, person: User, facts: Facts) -> bool:
    most = facts.settings[person.pk].most_a_day
    if most is None or not category_named(row.category).counts:
        return True
    today = facts.now.astimezone(person.zone).date()
    return row.interrupted_on == today or facts.interrupted.get(person.pk, 0) < most


def _digest(
    found: Release,
    category: Category,
    items: Sequence[Outcome],
    facts: Facts,
    *,
    also: Collection[Channel] = (),
    key: str = "",
    times: DigestTimes | None = None,
    slot: Slot | None = None,
) -> None:
    person, rows = found.person, _rows_of(items)
    most = facts.settings[person.pk].most_a_day
    held = Counter({item.notification_id: item.reason for item in reversed(items)}.values())
    for item in items:
        _settle(found, item, State.SENT, Reason.DIGEST, facts.now)
    with translation.override(person.language):
        due = words.when_due(slot, facts.now, person.zone) if slot else ""
        found.digests.append(
            Digest(
                person=person,
                category=category,
                title=words.title(held, most, times, slot),
                message=words.message(rows, held, most, due, dated=slot is not None)[:LONGEST_MESSAGE],
                priority=max((Priority(row.priority) for row in rows), key=lambda priority: priority.rank),
                only={*_channels_of(items), Channel.CENTRE, *also} & facts.grids[person.pk][category.name],
                key=key,
                items=items,
            )
        )


def _still_wanted(found: Release, held: Iterable[Outcome], facts: Facts) -> list[Outcome]:
    wanted = []
    for item in held:
        if reason := _obstacle(item, found.person, facts):
            _settle(found, item, State.HELD, reason, facts.now)
        else:
            wanted.append(item)
    return wanted


def _obstacle(item: Outcome, person: User, facts: Facts) -> Reason | None:
    """Decided anew, but for what it was held back for."""
    row, category = item.notification, category_named(item.notification.category)
    found = Circumstances(
        now=facts.now,
        priority=Priority(row.priority),
        allowed=person.is_active and row.pk in facts.seen,
        wanted=facts.grids[person.pk][category.name],
        least_priority=Priority(facts.settings[person.pk].least_priority),
        quiet_until=None,
        budget_until=None,
        digest_at=None,
        shown={},
        has_address=bool(person.email),
        has_device=person.pk in facts.with_device,
    )
    if reason := decide_for(category, _channel(item), found).reason:
        return reason
    if row.is_dealt_with:
        return Reason.READ
    return None if row.pk in facts.true else Reason.ENDED


def _postpone(found: Release, held: Iterable[Outcome], moment: dt.datetime) -> None:
    for item in held:
        item.due_at = moment
        found.later.append(item)


def _settle(found: Release, item: Outcome, state: State, reason: Reason, now: dt.datetime) -> None:
    item.state, item.reason, item.due_at, item.changed_at = state, reason, None, now
    found.settled.append(item)


def _rows_of(items: Iterable[Outcome]) -> list[Notification]:
    return list({item.notification_id: item.notification for item in items}.values())


def _channels_of(items: Iterable[Outcome]) -> list[Channel]:
    return sorted({_channel(item) for item in items})


def _is_let_through(item: Outcome) -> bool:
    return category_named(item.notification.category).is_let_through(_channel(item))


def _channel(item: Outcome) -> Channel:
    return Channel(item.channel)
