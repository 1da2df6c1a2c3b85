"""What people are told about: the rows of the grid of preferences. Rooms above register theirs with `category`."""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from notifications.choices import Channel, TriggerKind

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

USUAL = (Channel.CENTRE, Channel.TOAST, Channel.BROWSER, Channel.PUSH)


@dataclass(frozen=True)
class Category:
    name: str
    label: StrOrPromise
    why: StrOrPromise
    """Follows "You get this because": what the person has to do with it."""
    channels: frozenset[Channel]
    """Where it shows itself unless somebody says otherwise."""
    critical: bool
    """Security and data loss: no preference, no priority and no quiet hours hold it back in the centre, as a toast
    and by e-mail."""
    icon: str

    @property
    def counts(self) -> bool:
        """Towards what somebody wants in a day at most. What does not count is not held back for it either."""
        return not self.critical and self.name != DIGEST.name

    def is_let_through(self, channel: Channel) -> bool:
        return self.critical and channel in LET_THROUGH


_categories: dict[str, Category] = {}
CRITICAL = frozenset({"security", "data_loss"})
"""The fixed list. A category that is not in it cannot be let through."""
LET_THROUGH = frozenset({Channel.CENTRE, Channel.TOAST, Channel.EMAIL})


def categories() -> Mapping[str, Category]:
    return types.MappingProxyType(_categories)


def category_named(name: str) -> Category:
    """A kind that this version does not know is treated like what scripts send."""
    return _categories.get(name, OWN)


def category(
    name: str, *, label: StrOrPromise, why: StrOrPromise, channels: Iterable[Channel] = USUAL, icon: str = "bell"
) -> Category:
    if name in _categories:
        raise ValueError(f"There are two categories named {name}")
    found = _categories[name] = Category(name, label, why, frozenset(channels), name in CRITICAL, icon)
    return found


TASK_ASSIGNED = category(
    "task_assigned",
    label=_("A task is given to you"),
    why=_("a task was given to you."),
    icon="clipboard-document-list",
)
TASK_DONE = category(
    "task_done",
    label=_("A task you gave is done"),
    why=_("you gave this task to somebody, or made it."),
    icon="check-circle",
)
PROJECT_ARCHIVED = category(
    "project_archived",
    label=_("A project you manage is archived"),
    why=_("you manage this project."),
    icon="archive-box",
)
TIMER_STOPPED = category(
    "timer_stopped",
    label=_("Your timer is stopped by somebody else"),
    why=_("it was your timer."),
    icon="stop-circle",
)
IMPORT_FINISHED = category(
    "import_finished",
    label=_("An import of yours is finished"),
    why=_("you started this import."),
    icon="arrow-down-tray",
)
REMINDER = category(
    "reminder",
    label=_("Your own reminders"),
    why=_("you asked to be reminded."),
    channels=(*USUAL, Channel.SOUND),
    icon="clock",
)
OWN = category(
    "own",
    label=_("What your scripts tell you"),
    why=_("a page or a script of yours sent it to you."),
    icon="command-line",
)
BUDGET = category(
    "budget",
    label=_("A budget is running out"),
    why=_("you manage this project, or a page of yours asked for it."),
    icon="banknotes",
)
DEADLINE = category(
    "deadline",
    label=_("A task of yours is due soon"),
    why=_("this task is yours."),
    icon="calendar-days",
)
IDLE = category(
    TriggerKind.IDLE,
    label=TriggerKind.IDLE.label,
    why=_("a timer of yours ran while nobody was at your computer."),
    icon="moon",
)
FORGOTTEN_TIMER = category(
    TriggerKind.FORGOTTEN_TIMER,
    label=TriggerKind.FORGOTTEN_TIMER.label,
    why=_("your timer runs longer than you usually work."),
    icon="clock",
)
NO_TIMER = category(
    TriggerKind.NO_TIMER,
    label=TriggerKind.NO_TIMER.label,
    why=_("these are your working hours, and no timer has run for a while."),
    icon="clock",
)
DAILY_SUMMARY = category(
    TriggerKind.DAILY_SUMMARY,
    label=TriggerKind.DAILY_SUMMARY.label,
    why=_("you worked on this day."),
    icon="calendar",
)
WEEK_GOAL = category(
    TriggerKind.WEEK_GOAL,
    label=TriggerKind.WEEK_GOAL.label,
    why=_("the week is nearly over."),
    icon="flag",
)
ACHIEVEMENT = category(
    "achievement",
    label=_("What you have achieved"),
    why=_("it is your achievement."),
    icon="trophy",
)
WEEKLY_DIGEST = category(
    "weekly_digest",
    label=_("Your week in numbers"),
    why=_("your week has ended."),
    channels=(Channel.CENTRE,),
    icon="calendar",
)
DIGEST = category(
    "digest",
    label=_("Digest of what was held back"),
    why=_("notifications waited for your quiet hours to end, or were more than you want."),
    channels=Channel,  # of those in which something waited
    icon="moon",
)
SECURITY = category(
    "security",
    label=_("Security of your account"),
    why=_("it concerns who can get into your account. This cannot be switched off."),
    channels=(*USUAL, Channel.EMAIL),
    icon="shield-check",
)
DATA_LOSS = category(
    "data_loss",
    label=_("Data in danger"),
    why=_("something of yours could be lost. This cannot be switched off."),
    channels=(*USUAL, Channel.EMAIL),
    icon="exclamation-triangle",
)
DEVICE_LOST = category(
    "device_lost",
    label=_("A device is no longer reached"),
    why=_("notifications were on for this device."),
    channels=(Channel.CENTRE, Channel.TOAST),
    icon="device-phone-mobile",
)
