"""What is to happen with a notification in each channel. Pure: nothing here reads a table.

The order is fixed: permission, preference and priority, quiet hours, the day's budget, rate. The first that says no is
the reason that is kept. Grouping comes after it: what is about the same carries one tag, and what the rate held back is
told as one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from notifications.categories import Category
from notifications.choices import AWAY, INTERRUPTING, Channel, Priority, Reason, State

SHOWN_AT_MOST = 3
WINDOW = dt.timedelta(minutes=1)
"""So many of one category interrupt a person in so long."""


@dataclass(frozen=True)
class Circumstances:
    """What the decision looks at, beside the category."""

    now: dt.datetime
    priority: Priority
    allowed: bool
    """The person may see what it is about."""
    wanted: Collection[Channel]
    least_priority: Priority
    quiet_until: dt.datetime | None
    """When the quiet that there is now ends; None where there is none."""
    budget_until: dt.datetime | None
    """When the person's next day begins, where they were interrupted as often today as they want; None where not."""
    digest_at: dt.datetime | None
    """When their next digest is, for whoever has chosen a time for it; None: what is held back comes when it can."""
    shown: Mapping[Channel, int]
    """How many of this category interrupted the person within WINDOW."""
    has_address: bool
    has_device: bool


@dataclass(frozen=True)
class Verdict:
    channel: Channel
    state: State
    reason: Reason = Reason.NONE
    due_at: dt.datetime | None = None


def decide(category: Category, found: Circumstances) -> list[Verdict]:
    return [decide_for(category, channel, found) for channel in Channel]


def decide_for(category: Category, channel: Channel, found: Circumstances) -> Verdict:
    let_through = category.is_let_through(channel)
    if not found.allowed:
        return Verdict(channel, State.HELD, Reason.PERMISSION)
    if channel not in found.wanted and not let_through:
        return Verdict(channel, State.HELD, Reason.PREFERENCE)
    if channel == Channel.EMAIL and not found.has_address:
        return Verdict(channel, State.HELD, Reason.NO_ADDRESS)
    if channel == Channel.PUSH and not found.has_device:
        return Verdict(channel, State.HELD, Reason.NO_DEVICE)
    if channel not in INTERRUPTING:
        return Verdict(channel, State.SENT)
    if found.priority.rank < found.least_priority.rank and not let_through:
        return Verdict(channel, State.HELD, Reason.PRIORITY)
    if found.quiet_until and not let_through:
        return Verdict(channel, State.HELD, Reason.QUIET, found.digest_at or found.quiet_until)
    if found.budget_until and category.counts:
        return Verdict(channel, State.HELD, Reason.BUDGET, found.digest_at or found.budget_until)
    if found.shown.get(channel, 0) >= SHOWN_AT_MOST:
        # Pages tell at once how many more there are; elsewhere one about the rest waits until the flood is over.
        later = (not let_through and found.digest_at) or found.now + WINDOW
        return Verdict(channel, State.HELD, Reason.RATE, later if channel in AWAY else None)
    return Verdict(channel, State.QUEUED)
