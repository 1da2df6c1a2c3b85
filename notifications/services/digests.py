"""What was held back for a while goes out: alone as itself, several as one digest."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from notifications import conditions, subjects
from notifications.categories import DIGEST
from notifications.choices import ON_A_PAGE, Channel, Priority, Reason, State
from notifications.models import Notification, Outcome
from notifications.queries import quiet_of, settings_of
from notifications.services.sending import announce, notify

TOLD = 20
"""So many titles a digest names."""
STALE = dt.timedelta(days=1)
PEOPLE = 500


def release_held(now: dt.datetime) -> int:
    """For every person whose quiet is over, or flood of mails. Returns how many people there were."""
    due = Outcome.objects.filter(due_at__lte=now).order_by()
    people = list(due.values_list("notification__user", flat=True).distinct()[:PEOPLE])
    for pk in people:
        with transaction.atomic():
            _release(User.objects.select_for_update(no_key=True).get(pk=pk), now)
    return len(people)


def _release(person: User, now: dt.datetime) -> None:
    held = list(
        Outcome.objects.filter(due_at__lte=now, notification__user=person)
        .select_related("notification")
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    # Whoever has lengthened their quiet hours meanwhile is left alone a little longer.
    if later := quiet_of(person, settings_of(person)).ends_at(now):
        Outcome.objects.filter(pk__in=[item.pk for item in held]).update(due_at=later)
        return
    wanted = [item for item in held if _still_wanted(item, person, now)]
    rows = list({item.notification_id: item.notification for item in wanted}.values())
    if len(rows) == 1:
        for item in wanted:
            _set(item, State.QUEUED, Reason.NONE, now)
        # Delivered now, as far as pages that ask for what is new are concerned.
        Notification.objects.filter(pk=rows[0].pk).update(delivered_at=now)
        announce(rows[0], [Channel(item.channel) for item in wanted])
    elif rows:
        for item in wanted:
            _set(item, State.SENT, Reason.DIGEST, now)
        _digest(person, rows, {Channel(item.channel) for item in wanted})


def _still_wanted(item: Outcome, person: User, now: dt.datetime) -> bool:
    row = item.notification
    gone = row.deleted_at or row.archived_at or row.snoozed_until or row.read_at
    if not person.is_active or not subjects.is_visible(person, row.subject_type, row.subject_id):
        _set(item, State.HELD, Reason.PERMISSION, now)
    elif gone:
        _set(item, State.HELD, Reason.READ, now)
    elif not conditions.holds(row.condition, person):
        _set(item, State.HELD, Reason.ENDED, now)
    else:
        return True
    return False


def _set(item: Outcome, state: State, reason: Reason, now: dt.datetime) -> None:
    item.state, item.reason, item.due_at, item.changed_at = state, reason, None, now
    item.save(update_fields=["state", "reason", "due_at", "changed_at"])


def _digest(person: User, rows: list[Notification], channels: set[Channel]) -> None:
    with translation.override(person.language):
        count = len(rows)
        title = _("%(count)d notifications came while it was quiet") % {"count": count}
        lines = [row.title for row in rows[:TOLD]]
        if count > TOLD:
            lines.append(_("and %(count)d more") % {"count": count - TOLD})
        highest = max((Priority(row.priority) for row in rows), key=lambda priority: priority.rank)
        notify(
            person=person,
            category=DIGEST,
            title=title,
            message="\n".join(lines),
            priority=highest,
            url="/notifications/",
            only=channels | {Channel.CENTRE},
        )


def forget_unseen(now: dt.datetime) -> int:
    """What no page showed within a day is no news any more; the centre has it."""
    unseen = Outcome.objects.filter(state=State.QUEUED, channel__in=ON_A_PAGE, changed_at__lt=now - STALE)
    return unseen.update(state=State.HELD, reason=Reason.NO_PAGE, changed_at=timezone.now())
