"""What is read about all that is held back: of one person, for the page; of many, for the turn of the clock."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from accounts.models import User
from notifications.categories import Category, category_named
from notifications.choices import Reason
from notifications.conditions import holds_for
from notifications.models import Notification, Outcome, PushDevice, Settings
from notifications.models.notification import UNREAD
from notifications.queries import Grid, digest_times_of, interruptions, preference_grids, settings_of_all
from notifications.subjects import may_be_seen_by, may_be_seen_by_its_person
from timetracker.web.times import local_date

SHOWN = 50
SHOWN_OF_ONE = 20
OLDEST = dt.timedelta(days=21)
"""Nothing waits longer: a digest comes once a week, a week that has had one has it put off, and then there is quiet."""


# ── Of one person ────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Waiting:
    row: Notification
    reason: str
    due_at: dt.datetime

    @property
    def why(self) -> str:
        return str(Reason(self.reason).label)


@dataclass(frozen=True, slots=True)
class HeldBack:
    items: list[Waiting]
    more: int
    """So many others wait as well."""


def held_back(person: User, now: dt.datetime) -> HeldBack:
    """What waits for its time and is still worth telling, the next first."""
    rows = Outcome.objects.filter(
        may_be_seen_by(person, "notification__"),
        notification__user=person,
        notification__deleted_at=None,
        notification__delivered_at__gt=now - OLDEST,
        due_at__isnull=False,
        notification__read_at=None,
        notification__archived_at=None,
        notification__snoozed_until=None,
    )
    found: dict[int, Waiting] = {}
    for item in rows.select_related("notification").order_by("due_at", "pk"):
        assert item.due_at is not None
        found.setdefault(item.notification_id, Waiting(item.notification, item.reason, item.due_at))
    return HeldBack(list(found.values())[:SHOWN], max(0, len(found) - SHOWN))


# ── Of one digest ────────────────────────────────────────────────────────────
@dataclass(slots=True)
class ToldOf:
    category: Category
    rows: list[Notification]
    more: int = 0


def digest_groups(digest: Notification) -> list[ToldOf]:
    """What it tells of, by category: what is still unread and may still be seen, at most so many of each."""
    rows = Notification.objects.filter(
        UNREAD, may_be_seen_by(digest.user), pk__in=digest.told.order_by().values("notification"), deleted_at=None
    )
    groups: dict[str, ToldOf] = {}
    for row in rows.order_by("delivered_at", "pk"):
        group = groups.setdefault(row.category, ToldOf(category_named(row.category), []))
        if len(group.rows) < SHOWN_OF_ONE:
            group.rows.append(row)
        else:
            group.more += 1
    return list(groups.values())


# ── Of many ──────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Facts:
    """What is known of all whose time has come, by the id of the person or of the notification."""

    now: dt.datetime
    settings: Mapping[int, Settings]
    grids: Mapping[int, Grid]
    seen: Collection[int]
    """Notifications about what their person may see."""
    true: Collection[int]
    """Notifications whose condition holds."""
    told: Collection[tuple[int, str]]
    """Digests that there are already: person and key."""
    with_device: Collection[int]
    """People whom push reaches."""
    interrupted: Mapping[int, int]
    """How often each person was interrupted on the day that it is for them."""


def facts_of(people: Sequence[User], held: Sequence[Outcome], now: dt.datetime) -> Facts:
    """As many statements for many people as for one."""
    settings = settings_of_all(people)
    rows = {item.notification_id: item.notification for item in held}
    return Facts(
        now=now,
        settings=settings,
        grids=preference_grids(people),
        seen=_seen(rows),
        true=_true(rows, {person.pk: person for person in people}),
        told=_told(people, settings, now),
        with_device=set(
            PushDevice.objects.filter(user__in=people).order_by().values_list("user", flat=True).distinct()
        ),
        interrupted=interruptions(
            {person.pk: local_date(now, person.zone) for person in people if settings[person.pk].most_a_day is not None}
        ),
    )


def _seen(rows: Mapping[int, Notification]) -> set[int]:
    about = [pk for pk, row in rows.items() if row.subject_type]
    allowed = Notification.objects.filter(may_be_seen_by_its_person(), pk__in=about).order_by()
    return set(rows) - set(about) | set(allowed.values_list("pk", flat=True))


def _true(rows: Mapping[int, Notification], people: Mapping[int, User]) -> set[int]:
    asked: dict[str, set[int]] = defaultdict(set)
    for row in rows.values():
        asked[row.condition].add(row.user_id)
    holding = {name: holds_for(name, [people[pk] for pk in ids]) for name, ids in asked.items()}
    return {pk for pk, row in rows.items() if row.user_id in holding[row.condition]}


def _told(people: Sequence[User], settings: Mapping[int, Settings], now: dt.datetime) -> set[tuple[int, str]]:
    keys = {
        times.key(times.latest(now))
        for person in people
        if (times := digest_times_of(person, settings[person.pk])) is not None
    }
    there = Notification.objects.filter(user__in=people, key__in=keys).order_by()
    return set(there.values_list("user_id", "key"))
