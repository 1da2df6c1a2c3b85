"""Everything that is read about notifications in more than one place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.models import User
from notifications.categories import Category, categories, category_named
from notifications.choices import ON_A_PAGE, Channel, Reason, State
from notifications.decision import SHOWN_AT_MOST
from notifications.models import Notification, Outcome, Preference, PushDevice, Settings
from notifications.quiet import Quiet
from notifications.subjects import may_be_seen_by

SHOWN_IN_PANEL = 30
MOST_NEWS = 100
OVERLAP = dt.timedelta(seconds=5)
"""What the clock delivers has the time at which its turn began, and may be committed after a page has asked."""


# ── What a person wants ──────────────────────────────────────────────────────
Grid = dict[str, frozenset[Channel]]
"""Category to the channels it is wanted in."""


def settings_of(person: User | None) -> Settings:
    """One's own, where they are chosen, else everybody's, else the program's."""
    if person is not None:
        return settings_of_each([person])[person.pk]
    return Settings.objects.filter(user=None).first() or Settings()


def settings_of_each(people: Collection[User]) -> dict[int, Settings]:
    """As `settings_of`, of many in one statement."""
    rows = {row.user_id: row for row in Settings.objects.filter(Q(user__in=people) | Q(user=None))}
    below = rows.get(None) or Settings()
    for pk, own in rows.items():
        if pk is not None:
            own.follow(below)
    return {person.pk: rows.get(person.pk, below) for person in people}


def quiet_of(person: User, chosen: Settings) -> Quiet:
    hours = (chosen.quiet_from, chosen.quiet_until) if chosen.quiet else None
    return Quiet(person.zone, hours, person.working_days if chosen.quiet_days_off else ())


def preference_grid(person: User | None) -> Grid:
    """For every category. With nobody: what the administrators have set for everybody."""
    cells = _cells(Preference.objects.all(), person)
    return {name: _wanted(found, cells) for name, found in categories().items()}


def wanted_channels(person: User, category: Category) -> frozenset[Channel]:
    return _wanted(category, _cells(Preference.objects.filter(category=category.name), person))


def _cells(rows: QuerySet[Preference], person: User | None) -> dict[tuple[str, str], bool]:
    """What was chosen, one's own before everybody's."""
    found = sorted(rows.filter(Q(user=person) | Q(user=None)), key=lambda row: row.user_id is not None)
    return {(row.category, row.channel): row.wanted for row in found}


def _wanted(category: Category, cells: Mapping[tuple[str, str], bool]) -> frozenset[Channel]:
    return frozenset(
        channel for channel in Channel if cells.get((category.name, channel), channel in category.channels)
    )


def has_device(person: User) -> bool:
    return PushDevice.objects.filter(user=person).exists()


def devices_of(person: User) -> QuerySet[PushDevice]:
    """The one last reached first."""
    return PushDevice.objects.filter(user=person)


# ── What there is ────────────────────────────────────────────────────────────
def unread_count(person: User) -> int:
    return Notification.objects.unread(person).count()


@dataclass(frozen=True, slots=True)
class Group:
    category: Category
    unread: int
    items: list[Notification]


def panel_of(person: User) -> list[Group]:
    """The newest of the inbox by category; the group with the newest comes first. Its count is of all there are."""
    newest = list(Notification.objects.inbox(person)[:SHOWN_IN_PANEL])
    counts = dict(Notification.objects.unread(person).order_by().values_list("category").annotate(count=Count("pk")))
    by_category: dict[str, list[Notification]] = {}
    for item in newest:
        by_category.setdefault(item.category, []).append(item)
    return [Group(category_named(name), counts.get(name, 0), items) for name, items in by_category.items()]


@dataclass(frozen=True, slots=True)
class NewsItem:
    row: Notification
    channels: list[Channel]
    """Of those that a page serves: where it is to be shown."""


@dataclass(frozen=True, slots=True)
class News:
    items: list[NewsItem] = field(default_factory=list)
    more: int = 0
    """So many others came at the same time and are in the centre."""
    until: dt.datetime | None = None


def news_since(person: User, moment: dt.datetime) -> News:
    """What was delivered after `moment` and is unread: by time, because what was put off has an old id.

    The newest few are shown one by one, the oldest of them first. What the rate held back, and what a page that was
    away for a while would pile up, is counted. Also what a person wants as a toast and not in the centre.
    """
    waiting = Outcome.objects.filter(notification=OuterRef("pk"), state=State.QUEUED, channel__in=ON_A_PAGE)
    new = Notification.objects.filter(user=person, delivered_at__gt=moment - OVERLAP, deleted_at=None)
    unread = new.filter(may_be_seen_by(person), read_at=None, archived_at=None, snoozed_until=None)
    rows = list(unread.filter(Q(in_centre=True) | Exists(waiting)).prefetch_related("outcomes")[:MOST_NEWS])
    if not rows:
        return News()
    shown: list[NewsItem] = []
    more = 0
    for row in rows:
        states = {outcome.channel: outcome for outcome in row.outcomes.all()}
        is_new = row.delivered_at is not None and row.delivered_at > moment
        # Seen by another page of the person: this one shows it as well, but not what was seen before it was opened.
        open_states = (State.QUEUED, State.SEEN) if is_new else (State.QUEUED,)
        channels = [channel for channel in ON_A_PAGE if channel in states and states[channel].state in open_states]
        is_shown = bool(channels) and len(shown) < SHOWN_AT_MOST
        if is_shown:
            shown.append(NewsItem(row, channels))
        # Also what the background still shows: a page that is in view shows toasts alone.
        held = [outcome.channel for outcome in states.values() if outcome.reason == Reason.RATE]
        if is_new and (Channel.TOAST in held or (not is_shown and (channels or held))):
            more += 1
    return News(shown[::-1], more, max(moment, rows[0].delivered_at or moment))
