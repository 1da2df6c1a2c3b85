"""A timer that runs while nobody is there. A page says since when; whether that is too long is decided here."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from notifications.choices import Priority, TriggerKind, Type
from notifications.models import Trigger
from notifications.queries import settings_of
from notifications.services.reminding import remind
from notifications.services.triggers import withdraw
from notifications.triggers.words import clock_of
from timetracker.web.errors import Conflict
from tracking.models import TimeEntry
from tracking.queries import running_entry, today_of
from tracking.services.timer import discard_idle, stop_timer

DEEDS = ("keep", "discard", "stop")


@transaction.atomic
def report_away(*, person: User, since: dt.datetime) -> dt.timedelta | None:
    """Asks what to do with the time since then, once for all pages of the person.

    Returns after how long to report again where it is too early to ask; None where there is nothing to wait for.
    """
    now = timezone.now()
    person = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    running = running_entry(person)
    if running is None or running.paused_at is not None:
        return None
    limit = dt.timedelta(minutes=settings_of(person).idle_minutes)
    since = min(max(since, running.started_at), now)
    if now - since < limit:
        return limit - (now - since)
    row, _made = Trigger.objects.get_or_create(user=person, kind=TriggerKind.IDLE)
    asked = row.subject_id == running.pk and row.since is not None and since < row.since + limit
    if not asked and row.dismissed_on != today_of(person):
        row.subject_id, row.since = running.pk, since
        row.save(update_fields=["subject_id", "since"])
        _ask(person, running, since)
    return None


def _ask(person: User, running: TimeEntry, since: dt.datetime) -> None:
    with translation.override(person.language):
        clock = clock_of(since.astimezone(person.zone))
        labels = {
            "keep": _("Keep it"),
            "discard": _("Discard idle time"),
            "stop": _("Stop at %(time)s") % {"time": clock},
        }
        what = running.description or running.task or running.project
        remind(
            person=person,
            kind=TriggerKind.IDLE,
            title=_("Away since %(time)s, and the timer runs") % {"time": clock},
            message=str(what) if what else "",
            type=Type.WARNING,
            priority=Priority.HIGH,
            url=reverse("tracking:entry", args=[running.pk]),
            actions=[
                {"label": label, "url": reverse("notifications:idle", args=[running.pk, deed]), "method": "post"}
                for deed, label in labels.items()
            ],
            persistent=True,
            subject=running,
            condition="timer_runs",
        )


@transaction.atomic
def settle_away(*, person: User, entry_id: int, deed: str) -> TimeEntry | None:
    """What the person says about it; `deed` is one of DEEDS. Returns the entry whose batch takes it back.

    Raises Conflict where that timer has ended meanwhile, or nobody was asked about it.
    """
    row = Trigger.objects.select_for_update().filter(user=person, kind=TriggerKind.IDLE, subject_id=entry_id).first()
    if row is None or row.since is None:
        raise Conflict(_("This timer is no longer running."), code="not_running")
    changed = None
    if deed == "discard":
        changed = discard_idle(user=person, entry_id=entry_id, since=row.since)
    elif deed == "stop":
        stopped = stop_timer(user=person, entry_id=entry_id, at=row.since)
        if not stopped.first:
            raise Conflict(_("This timer is no longer running."), code="not_running")
        changed = stopped.entry
    row.dismissals = 0
    row.save(update_fields=["dismissals"])
    withdraw(person=person, kinds=[TriggerKind.IDLE], read_too=True)
    return changed
