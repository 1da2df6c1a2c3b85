"""What people change about themselves."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.events import PreferencesChanged
from accounts.models import User
from accounts.services.joining import taken
from accounts.services.payloads import person_fields
from timetracker.events.recording import record
from timetracker.live.push import push_after_commit
from timetracker.web.accent import tidy
from timetracker.web.quick_actions import MOST, offered_to

SHOWN_EVERYWHERE = {"time_zone", "language", "week_start", "hours_format"}


class ProfileFields(TypedDict, total=False):
    display_name: str
    email: str
    time_zone: str
    language: str
    week_start: int
    hours_format: str
    weekly_goal_hours: Decimal
    daily_limit_hours: Decimal
    work_starts: dt.time
    work_ends: dt.time
    working_days: list[int]
    theme: str
    shortcuts: dict[str, str]
    look: str
    accent: str
    text_size: str
    density: str
    sidebar_collapsed: bool
    quick_actions: list[str]
    dashboard: list[dict[str, Any]] | None


@transaction.atomic
def update_profile(*, person: User, actor: User | None = None, **fields: Unpack[ProfileFields]) -> User:
    """Saves what differs; one's own unless `actor` says who else does it. Raises ValidationError by field."""
    actor = actor or person
    person = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if "email" in fields:
        fields["email"] = fields["email"].strip().lower()
    if "accent" in fields:
        fields["accent"] = tidy(fields["accent"])
    changed = [name for name, value in fields.items() if getattr(person, name) != value]
    if not changed:
        return person
    for name in changed:
        setattr(person, name, fields[name])  # type: ignore[literal-required]  # the names are ProfileFields' own
    _check(person, changed)
    person.save(update_fields=changed)
    if "email" in changed:
        # allauth would go on signing people in by addresses it once kept.
        EmailAddress.objects.filter(user=person).delete()
    record(
        PreferencesChanged(**person_fields(person), changed=changed), actor=actor, subject=person, person_id=person.pk
    )
    if SHOWN_EVERYWHERE & set(changed):
        push_after_commit([person.pk], "timer", "entries", "work")
    return person


def _check(person: User, changed: list[str]) -> None:
    everything = {field.name for field in User._meta.get_fields()}
    person.clean_fields(exclude=everything - set(changed))
    errors = taken(person)
    if "quick_actions" in changed:
        errors |= _faults_of(person.quick_actions, {command.id for command in offered_to(person)})
    if errors:
        raise ValidationError(errors)


def _faults_of(quick_actions: list[str], offered: set[str]) -> dict[str, list[str]]:
    """By field: what is wrong with the ids, if anything."""
    if len(quick_actions) > MOST:
        return {"quick_actions": [_("There is room for %(most)s quick actions.") % {"most": MOST}]}
    if len(set(quick_actions)) < len(quick_actions):
        return {"quick_actions": [_("Each quick action stands there once.")]}
    if unknown := [each for each in quick_actions if each not in offered]:
        return {"quick_actions": [_("“%(id)s” is no quick action that you could have.") % {"id": str(unknown[0])[:40]}]}
    return {}
