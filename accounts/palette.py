"""The answers of the command palette: what the finders found, in groups, and what the person used last."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Use, User
from accounts.queries import uses_of
from timetracker.web.finders import LONGEST, Finder, Found, Hint, all_finders, fit, get_finder

SHOWN = 5
SHOWN_SEARCHING = 10
RECENT = 12
"""Some are commands that do nothing on this page, so the browser shows fewer."""
COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Group:
    kind: str
    label: str
    found: list[Found]


def search(user: User, typed: str, *, searching: bool) -> tuple[list[Group], list[str]]:
    """Groups that hold something, and hints. `searching`: nothing is offered that does something."""
    text = " ".join(typed[:LONGEST].replace("\0", "").split())
    hints = (
        [_("Only the first %(count)d characters are searched.") % {"count": LONGEST}] if len(typed) > LONGEST else []
    )
    weights = {use.what: weight(use, timezone.now()) for use in uses_of(user)}
    groups = []
    for finder in all_finders():
        if not text or (finder.acts and searching):
            continue
        answers = list(finder.find(user, text))
        hints += [one.text for one in answers if isinstance(one, Hint)]
        found = [replace(one, use=weights.get(one.key, 0)) for one in answers if isinstance(one, Found)]
        groups.append(_group(finder, _best(finder, found, text, SHOWN_SEARCHING if searching else SHOWN)))
    return [group for group in groups if group.found], hints


def _group(finder: Finder, found: list[Found]) -> Group:
    return Group(finder.kind, str(finder.label), found)


def _best(finder: Finder, found: list[Found], text: str, most: int) -> list[Found]:
    """By how well the label fits, then by use, then as the finder ordered them."""
    if finder.acts:
        return found
    return sorted(found, key=lambda one: (fit(one.label, text), -one.use))[:most]


def weight(use: Use, now: dt.datetime) -> float:
    """How often, and how long ago: what was used a day ago counts half, a week ago an eighth."""
    days = max((now - use.used_at).total_seconds(), 0) / 86_400
    return use.count / (1 + days)


def recent(user: User, *, searching: bool) -> tuple[Group, list[tuple[str, float]]]:
    """What was used last, as far as it is still there to be seen, and how much each command is used.
    Who searches for the first time sees what they are at.

    Of a command only its key: the page knows which there are, and which of them do something on it.
    """
    uses = uses_of(user)
    commands = [(use.what, weight(use, timezone.now())) for use in uses if use.what.startswith(f"{COMMAND}:")]
    keys = [use.what for use in uses if not (searching and use.what.startswith(f"{COMMAND}:"))][: RECENT * 2]
    seen = {found.key: found for found in _recalled(user, keys)}
    seen |= {key: Found(key=key, label="", url="") for key in keys if key.startswith(f"{COMMAND}:")}
    group = Group("recent", _("Used last"), [seen[key] for key in keys if key in seen][:RECENT])
    if searching and not group.found:
        latest = [found for finder in all_finders() if finder.latest for found in finder.latest(user)]
        group = Group("recent", _("What you are at"), latest[:RECENT])
    return group, commands


def _recalled(user: User, keys: Iterable[str]) -> Iterable[Found]:
    numbers: dict[str, list[int]] = {}
    for key in keys:
        kind, _colon, number = key.partition(":")
        if number.isascii() and number.isdigit() and len(number) < 19:
            numbers.setdefault(kind, []).append(int(number))
    for kind, pks in numbers.items():
        finder = get_finder(kind)
        if finder is not None and finder.recall is not None:
            yield from finder.recall(user, pks)
