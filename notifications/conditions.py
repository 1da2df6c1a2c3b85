"""What is asked again at the moment of delivery: a reminder that is no longer true does not come."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from tracking.queries import running_entry, today_of, worked_seconds

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Condition:
    label: StrOrPromise
    holds: Callable[[User], bool]


def _nothing_logged(person: User) -> bool:
    today = today_of(person)
    return running_entry(person) is None and not worked_seconds(person, today, today)


CONDITIONS: Mapping[str, Condition] = {
    "nothing_logged_today": Condition(_("nothing is logged today and no timer runs"), _nothing_logged),
    "no_timer": Condition(_("no timer runs"), lambda person: running_entry(person) is None),
    "timer_runs": Condition(_("a timer runs"), lambda person: running_entry(person) is not None),
}


def holds(name: str, person: User) -> bool:
    """True without a condition. One that this version does not know holds nothing back."""
    return name not in CONDITIONS or CONDITIONS[name].holds(person)
