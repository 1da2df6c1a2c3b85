"""Everything that is read about notifications in more than one place."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.models import User
from notifications.categories import Category, categories, category_named
from notifications.choices import ON_A_PAGE, Channel, DigestRhythm, Reason, State
from notifications.decision import SHOWN_AT_MOST
from notifications.digest_times import DigestTimes
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
    rows = {row.user_id: row for row in Settings.objects.filter(Q(user=person) | Q(user=None))}
    return _settings(rows, person.pk if person is not None else None)


def settings_of_all(people: Iterable[User]) -> dict[int, Settings]:
    """The same for many, in one statement."""
    asked = list(people)
    rows = {row.user_id: row for row in Settings.objects.filter(Q(user__in=asked) | Q(user=None))}
    return {person.pk: _settings(rows, person.pk) for person in asked}


def _settings(rows: Mapping[int | None, Settings], person_id: int | None) -> Settings:
    below = rows.get(None) or Settings()
    own = rows.get(person_id)
    if own is None or own is below:
        return below
    own.follow(below)
    return own


def quiet_of(person: User, chosen: Settings) -> Quiet:
    hours = (chosen.quiet_from, chosen.quiet_until) if chosen.quiet else None
    return Quiet(person.zone, hours, person.working_days if chosen.quiet_days_off else ())


def digest_times_of(person: User, chosen: Settings) -> DigestTimes | None:
    """None for whoever is told as soon as it can be."""
    if chosen.digest == DigestRhythm.AT_ONCE:
        return None
    weekday = chosen.digest_weekday if chosen.digest == DigestRhythm.WEEKLY else None
    return DigestTimes(person.zone, chosen.digest_at, weekday)


def next_digest_at(person: User, chosen: Settings, moment: dt.datetime) -> dt.datetime | None:
    times = digest_times_of(person, chosen)
    return times.next_after(moment).moment if times else None


def interruptions(days: Mapping[int, dt.date], *, but: int | None = None) -> Counter[int]:
    """How often each person (by id) was interrupted on their day, `but` for one notification. One statement."""
    rows = Notification.objects.filter(user__in=list(days), interrupted_on__in=set(days.values()))
    if but is not None:
        rows = rows.exclude(pk=but)
    counted = rows.order_by().values_list("user", "interrupted_on").annotate(count=Count("pk"))
    return Counter({person: count for person, day, count in counted if days[person] == day})


def preference_grid(person: User | None) -> Grid:
    """For every category. With nobody: what the administrators have set for everybody."""
    return _grid(_cells(Preference.objects.all(), person))


def preference_grids(people: Iterable[User]) -> dict[int, Grid]:
    """The same for many, in one statement."""
    asked = list(people)
    everybodys: dict[tuple[str, str], bool] = {}
    own: dict[int, dict[tuple[str, str], bool]] = {}
    for row in Preference.objects.filter(Q(user__in=asked) | Q(user=None)):
        cells = everybodys if row.user_id is None else own.setdefault(row.user_id, {})
        cells[row.category, row.channel] = row.wanted
    common = _grid(everybodys)
    return {person.pk: _grid(everybodys | own[person.pk]) if person.pk in own else common for person in asked}


def _grid(cells: Mapping[tuple[str, str], bool]) -> Grid:
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
