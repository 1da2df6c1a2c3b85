"""What was held back for a while goes out: alone as itself, several as one digest."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from functools import partial

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from notifications import conditions, subjects
from notifications.categories import DIGEST, Category, category_named
from notifications.choices import AWAY, ON_A_PAGE, Channel, Priority, Reason, State
from notifications.decision import Circumstances, decide_for
from notifications.models import Notification, Outcome
from notifications.queries import Grid, has_device, preference_grid, quiet_of, settings_of, wanted_channels
from notifications.services.sending import announce, notify
from notifications.services.turns import each_in_turn

TOLD = 20
"""So many titles a digest names."""
STALE = dt.timedelta(days=1)


def release_held(now: dt.datetime) -> int:
    """For every person whose quiet is over, or flood of mails. Returns how many people there were."""
    due = Outcome.objects.filter(due_at__lte=now).order_by()
    people = list(due.values_list("notification__user", flat=True).distinct())
    return each_in_turn(partial(_release, pk, now) for pk in people)


@transaction.atomic
def _release(person_id: int, now: dt.datetime) -> None:
    person = User.objects.select_for_update(no_key=True).filter(pk=person_id).first()
    held = list(
        Outcome.objects.filter(due_at__lte=now, notification__user=person_id)
        .select_related("notification")
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    if person is None or not held:
        return  # another process was quicker
    critical = [item for item in held if _is_let_through(item)]
    _send_on(person, critical, now, let_through=True)
    others = [item for item in held if not _is_let_through(item)]
    # Whoever has lengthened their quiet hours meanwhile is left alone a little longer.
    if later := quiet_of(person, settings_of(person)).ends_at(now):
        Outcome.objects.filter(pk__in=[item.pk for item in others]).update(due_at=later)
    else:
        _send_on(person, others, now, let_through=False)


def _is_let_through(item: Outcome) -> bool:
    return category_named(item.notification.category).is_let_through(_channel(item))


def _channel(item: Outcome) -> Channel:
    return Channel(item.channel)


def _send_on(person: User, held: Sequence[Outcome], now: dt.datetime, *, let_through: bool) -> None:
    if not held:
        return
    grid, least = preference_grid(person), Priority(settings_of(person).least_priority)
    wanted = [item for item in held if _still_wanted(item, person, grid, least, now)]
    rows = list({item.notification_id: item.notification for item in wanted}.values())
    was_quiet = any(item.reason == Reason.QUIET for item in wanted)
    alone = len(rows) == 1
    for item in wanted:
        _set(item, State.QUEUED if alone else State.SENT, Reason.NONE if alone else Reason.DIGEST, now)
    channels = sorted({_channel(item) for item in wanted})
    if alone:
        if not set(channels).isdisjoint(ON_A_PAGE):
            # Delivered now, as far as pages that ask for what is new are concerned.
            Notification.objects.filter(pk=rows[0].pk).update(delivered_at=now)
        announce(rows[0], channels)
    elif rows:
        # Of what is let through in its own name, for a digest is not.
        category = category_named(rows[0].category) if let_through else DIGEST
        _digest(person, category, rows, channels, was_quiet=was_quiet)


def _still_wanted(item: Outcome, person: User, grid: Grid, least: Priority, now: dt.datetime) -> bool:
    """Decided anew, but for what it was held back for."""
    row, category = item.notification, category_named(item.notification.category)
    found = Circumstances(
        now=now,
        priority=Priority(row.priority),
        allowed=person.is_active and subjects.is_visible(person, row.subject_type, row.subject_id),
        wanted=grid[category.name],
        least_priority=least,
        quiet_until=None,
        shown={},
        has_address=bool(person.email),
        has_device=_channel(item) != Channel.PUSH or has_device(person),
    )
    reason = decide_for(category, _channel(item), found).reason
    if not reason and row.is_dealt_with:
        reason = Reason.READ
    if not reason and not conditions.holds(row.condition, person):
        reason = Reason.ENDED
    if reason:
        _set(item, State.HELD, reason, now)
    return not reason


def _set(item: Outcome, state: State, reason: Reason, now: dt.datetime) -> None:
    item.state, item.reason, item.due_at, item.changed_at = state, reason, None, now
    item.save(update_fields=["state", "reason", "due_at", "changed_at"])


def _digest(
    person: User, category: Category, rows: Sequence[Notification], channels: Sequence[Channel], *, was_quiet: bool
) -> None:
    with translation.override(person.language):
        words = _("%(count)d notifications came while it was quiet") if was_quiet else _("%(count)d more notifications")
        notify(
            person=person,
            category=category,
            title=words % {"count": len(rows)},
            message="\n".join(_lines(rows)),
            priority=max((Priority(row.priority) for row in rows), key=lambda priority: priority.rank),
            url="/notifications/",
            only={*channels, Channel.CENTRE} & wanted_channels(person, category),
        )


def _lines(rows: Sequence[Notification]) -> list[str]:
    """Titles. What is about something is only counted: the digest stays when the right to see that thing is lost."""
    titles = [row.title for row in rows if not row.subject_type]
    lines = titles[:TOLD]
    if len(titles) > TOLD:
        lines.append(_("and %(count)d more") % {"count": len(titles) - TOLD})
    counted = Counter(category_named(row.category) for row in rows if row.subject_type)
    return [*lines, *(f"{category.label}: {count}" for category, count in counted.items())]


def forget_unseen(now: dt.datetime) -> None:
    """What no page showed within a day is no news any more; the centre has it. Mail and push had all their tries."""
    stale = Outcome.objects.filter(state=State.QUEUED, changed_at__lt=now - STALE)
    stale.filter(channel__in=ON_A_PAGE).update(state=State.HELD, reason=Reason.NO_PAGE, changed_at=now)
    stale.filter(channel__in=AWAY).update(state=State.FAILED, reason=Reason.ERROR, changed_at=now)
