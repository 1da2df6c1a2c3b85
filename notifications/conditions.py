"""What is asked again at the moment of delivery: a reminder that is no longer true does not come."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from tracking.models import TimeEntry
from tracking.queries import running_entry, today_of, who_worked_on, worked_seconds

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Condition:
    label: StrOrPromise
    holds: Callable[[User], bool]
    holds_for: Callable[[Collection[User]], set[int]]
    """The same of many people at once: the ids of those for whom it holds, in as many statements as of one."""


def _nothing_logged(person: User) -> bool:
    today = today_of(person)
    return running_entry(person) is None and not worked_seconds(person, today, today)


def _nothing_logged_by(people: Collection[User]) -> set[int]:
    worked = who_worked_on({person: today_of(person) for person in people})
    return _at_rest(people) - worked


def _at_rest(people: Collection[User]) -> set[int]:
    return {person.pk for person in people} - _running(people)


def _running(people: Collection[User]) -> set[int]:
    return set(TimeEntry.objects.running().filter(user__in=people).order_by().values_list("user_id", flat=True))


CONDITIONS: Mapping[str, Condition] = {
    "nothing_logged_today": Condition(
        _("nothing is logged today and no timer runs"), _nothing_logged, _nothing_logged_by
    ),
    "no_timer": Condition(_("no timer runs"), lambda person: running_entry(person) is None, _at_rest),
    "timer_runs": Condition(_("a timer runs"), lambda person: running_entry(person) is not None, _running),
}


def holds(name: str, person: User) -> bool:
    """True without a condition. One that this version does not know holds nothing back."""
    return name not in CONDITIONS or CONDITIONS[name].holds(person)


def holds_for(name: str, people: Collection[User]) -> set[int]:
    """The ids of those for whom it holds; like `holds`, of many people at once."""
    return CONDITIONS[name].holds_for(people) if name in CONDITIONS else {person.pk for person in people}
