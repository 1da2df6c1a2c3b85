"""One's own keys for commands, instead of the standard ones."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.services.profile import update_profile
from timetracker.web.commands import Command, all_commands, clashes
from timetracker.web.keys import BadKeys, normal_keys, printed, taken_by

NO_FILE = gettext_lazy("This is no file of shortcuts: it has to be a JSON object of commands and keys.")
NEEDED = {
    "browser": gettext_lazy("“%(mine)s” does not get %(keys)s: that is the browser's."),
    "page": gettext_lazy("“%(mine)s” does not get %(keys)s: fields, buttons and lists need it."),
}
NAMED = 2
"""So many of the commands that are in the way are named."""
LARGEST_FILE = 100_000
"""Bytes of an imported file."""


@transaction.atomic
def set_shortcut(*, person: User, command: Command, keys: str) -> User:
    """Without keys the command has none. Raises ValidationError where they are another's, or none at all."""
    person = _locked(person)
    own = dict(person.shortcuts)
    _put(own, command, keys)
    return update_profile(person=person, shortcuts=own)


@transaction.atomic
def reset_shortcuts(*, person: User) -> tuple[User, dict[str, str]]:
    """All to the standard. Answers what was not."""
    was = _locked(person).shortcuts
    return update_profile(person=person, shortcuts={}), was


@transaction.atomic
def restore_shortcuts(*, person: User, keys: Mapping[str, str]) -> tuple[User, dict[str, str]]:
    """Each of these commands gets the keys that it had; the others keep theirs. Answers what they had until now.
    Raises ValidationError where one of them is another's by now: then nothing changes."""
    known = {command.id: command for command in all_commands() if command.id in keys}
    person = _locked(person)
    was = {name: person.shortcuts.get(name, command.keys) for name, command in known.items()}
    # As in import_shortcuts: two may have had each other's.
    own = {**person.shortcuts, **dict.fromkeys(known, "")}
    for name, command in known.items():
        _put(own, command, keys[name])
    return update_profile(person=person, shortcuts=own), was


@transaction.atomic
def import_shortcuts(*, person: User, text: str | bytes) -> tuple[User, list[str]]:
    """One's own keys from a file that was exported; what it does not name keeps its keys. Answers what of it was
    ignored, and why. Raises ValidationError where the file is none."""
    known = {command.id: command for command in all_commands()}
    wanted = _read(text)
    if not wanted.keys() & known.keys():
        raise ValidationError(NO_FILE)
    person = _locked(person)
    ignored = [_("“%(id)s”: no such command") % {"id": str(name)[:40]} for name in wanted if name not in known]
    # None of them has its keys at first, so that two can have exchanged theirs.
    named = [name for name in wanted if name in known]
    own = {**person.shortcuts, **dict.fromkeys(named, "")}
    for name in named:
        try:
            _put(own, known[name], wanted[name])
        except ValidationError as error:
            ignored += error.messages
            with suppress(ValidationError):
                _put(own, known[name], known[name].keys)
    return update_profile(person=person, shortcuts=own), ignored


def exported(person: User) -> dict[str, str]:
    """Every command's keys, one's own where they differ from the standard."""
    return {command.id: person.shortcuts.get(command.id, command.keys) for command in all_commands()}


def _read(text: str | bytes) -> dict[Any, Any]:
    try:
        if len(text) > LARGEST_FILE:
            raise ValueError
        wanted = json.loads(text)
        if not isinstance(wanted, dict) or not wanted:
            raise ValueError
    except (ValueError, RecursionError):
        raise ValidationError(NO_FILE) from None
    return wanted


def _put(own: dict[str, str], command: Command, keys: Any) -> None:
    """Into `own`, which then holds what differs from the standard."""
    label = {"mine": command.label}
    try:
        keys = normal_keys(keys) if keys != "" else ""
        others = clashes(command, keys, own)
    except BadKeys:
        raise ValidationError(_("“%(mine)s”: these are no keys.") % label, code="keys") from None
    label["keys"] = printed(keys)
    if keys != command.keys and (who := taken_by(keys)):
        raise ValidationError(NEEDED[who] % label, code="taken")
    if others:
        raise ValidationError(_in_the_way(label, keys, others, own), code="clash")
    own.pop(command.id, None)
    if keys != command.keys:
        own[command.id] = keys


def _in_the_way(label: dict[str, Any], keys: str, others: list[Command], own: dict[str, str]) -> str:
    if len(others) == 1 and own.get(others[0].id, others[0].keys) == keys:
        return _("“%(mine)s” does not get %(keys)s: that is “%(other)s”.") % {**label, "other": others[0].label}
    names = [f"“{other.label}” ({printed(own.get(other.id, other.keys))})" for other in others]
    named, more = ", ".join(names[:NAMED]), len(names) - NAMED
    if more > 0:
        named = _("%(named)s and %(more)d more") % {"named": named, "more": more}
    return _("“%(mine)s” does not get %(keys)s because of %(others)s.") % {**label, "others": named}


def _locked(person: User) -> User:
    return User.objects.select_for_update(no_key=True).get(pk=person.pk)
