"""What a person is told about, where and when; and what everybody begins with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any, TypedDict, Unpack

from django.db import transaction

from accounts.models import User
from notifications.categories import LET_THROUGH, Category, category_named
from notifications.choices import Channel
from notifications.models import Preference, Settings
from notifications.queries import preference_grid, settings_of
from timetracker.live.push import push_after_commit


class SettingsFields(TypedDict, total=False):
    least_priority: str
    quiet: bool
    quiet_from: dt.time
    quiet_until: dt.time
    quiet_days_off: bool
    vibrate: bool


@transaction.atomic
def set_preferences(*, person: User | None, grid: Mapping[str, Collection[Channel]]) -> None:
    """For the categories named: the channels they are wanted in. With nobody: everybody's default.

    Only what differs from the default below is kept, so that a default changed later reaches those who left it alone.
    """
    below = preference_grid(None) if person is not None else {}
    for name, wanted in grid.items():
        category = category_named(name)
        default = below.get(name, category.channels)
        for channel in Channel:
            choice = channel in wanted or (category.critical and channel in LET_THROUGH)
            cell: dict[str, Any] = {"user": person, "category": name, "channel": channel}
            if choice == (channel in default):
                Preference.objects.filter(**cell).delete()
            else:
                Preference.objects.update_or_create(**cell, defaults={"wanted": choice})
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
    row = settings_of(person)
    if row.user_id != (person.pk if person else None) or row.pk is None:
        row.pk, row.user, row._state.adding = None, person, True
    for name, value in fields.items():
        setattr(row, name, value)
    row.full_clean(exclude=["user"], validate_unique=False, validate_constraints=False)
    row.save()
    _tell(person)
    return row


def _tell(person: User | None) -> None:
    if person is not None:
        push_after_commit([person.pk], "notification-settings")
