"""What a person is told about, where and when; and what everybody begins with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from notifications.categories import Category, categories
from notifications.choices import Channel
from notifications.models import Preference, Settings
from notifications.queries import preference_grid, settings_of
from notifications.services.holding import move_held
from notifications.services.triggers import plan
from timetracker.live.push import push_after_commit


class SettingsFields(TypedDict, total=False):
    least_priority: str
    quiet: bool
    quiet_from: dt.time
    quiet_until: dt.time
    quiet_days_off: bool
    most_a_day: int | None
    digest: str
    digest_at: dt.time
    digest_weekday: int
    vibrate: bool
    idle_minutes: int
    no_timer_minutes: int
    summary_at: dt.time
    deadline_hours: list[int]
    achievements: bool


@transaction.atomic
def set_preferences(*, person: User | None, grid: Mapping[str, Collection[Channel]]) -> None:
    """For the categories named: the channels they are wanted in. With nobody: everybody's default.

    Only what differs from the default below is kept, so that a default changed later reaches those who left it alone.
    """
    known = categories()
    if unknown := sorted(set(grid) - set(known)):
        raise ValidationError({"category": _("There is no category “%(name)s”.") % {"name": unknown[0][:60]}})
    _lock(person)
    below = preference_grid(None) if person is not None else {name: found.channels for name, found in known.items()}
    differing = [
        Preference(user=person, category=name, channel=channel, wanted=choice)
        for name, wanted in grid.items()
        for channel in Channel
        if (choice := channel in wanted or known[name].is_let_through(channel)) != (channel in below[name])
    ]
    Preference.objects.filter(user=person, category__in=list(grid)).delete()
    Preference.objects.bulk_create(differing)
    _tell(person)


@transaction.atomic
def save_preferences(
    *, person: User | None, grid: Mapping[str, Collection[Channel]], settings: SettingsFields
) -> Settings:
    """The whole page at once. Raises ValidationError by field."""
    set_preferences(person=person, grid=grid)
    return save_settings(person=person, **settings)


@transaction.atomic
def set_cells(*, person: User, cells: Mapping[str, Mapping[Channel, bool]]) -> None:
    """Single cells of the grid; all others stay as they are."""
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    grid = preference_grid(person)
    wanted = {
        name: [channel for channel in Channel if row.get(channel, channel in grid[name])] for name, row in cells.items()
    }
    set_preferences(person=person, grid=wanted)


@transaction.atomic
def mute(*, person: User, category: Category) -> frozenset[Channel]:
    """Nothing of this category any more. Returns where it was wanted, to be put back by `set_preferences`."""
    before = preference_grid(person)[category.name]
    set_preferences(person=person, grid={category.name: ()})
    return before


@transaction.atomic
def save_settings(*, person: User | None, **fields: Unpack[SettingsFields]) -> Settings:
    """With nobody: what everybody begins with. Raises ValidationError by field."""
    _lock(person)
    row = settings_of(person)
    if row.user_id != (person.pk if person else None) or row.pk is None:
        row.pk, row.user, row._state.adding = None, person, True
    for name, value in fields.items():
        setattr(row, name, value)
    row.full_clean(exclude=["user"], validate_unique=False, validate_constraints=False)
    if row.quiet and row.quiet_from == row.quiet_until:
        raise ValidationError({"quiet_until": _("Quiet hours end at another time than they begin.")})
    if person is not None:
        row.choose(settings_of(None))
    row.save()
    if person is not None:
        move_held(person)
        plan([person])
    _tell(person)
    return row


def _lock(person: User | None) -> None:
    """Two at once queue: both look first and write then. What is everybody's hangs on the organisation."""
    if person is not None:
        User.objects.select_for_update(no_key=True).get(pk=person.pk)
    else:
        Organisation.objects.select_for_update(no_key=True).filter(pk=Organisation.PK).first()


def _tell(person: User | None) -> None:
    if person is not None:
        push_after_commit([person.pk], "notification-settings")
