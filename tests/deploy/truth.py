"""What must be true after a load: what was answered with success is there once, and so is all that followed from it."""

from __future__ import annotations

import time
import uuid
from collections import Counter
from typing import Any

from django.core.management import call_command
from django.db.models import Count

from accounts.models import Organisation, User
from accounts.services.tokens import create_token
from tests.live.tools import soon
from timetracker.events.choices import Status
from timetracker.events.models import Delivery, Event
from tracking.models import Task, TimeEntry
from tracking.services.projects import create_project
from workflows.models import Execution
from workflows.services.rules import create_rule

TASK = "Look at it"


def people(number: int) -> list[dict[str, Any]]:
    """Each with a token, and with a rule that makes a task for each entry."""
    Organisation.objects.get_or_create(pk=Organisation.PK)
    project = create_project(actor=User.objects.create_superuser("bench"), name="Open", is_public=True)
    made = []
    for place in range(number):
        person = User.objects.create_user(username=f"p{place}", email=f"p{place}@example.com")
        action = {"type": "create_task", "name": TASK}
        create_rule(actor=person, name="Look", trigger_type="time_logged", most_per_hour=1000, actions=[action])
        token = create_token(actor=person, person=person, name="load")[1]
        made.append({"person": person.pk, "token": token, "project": project.pk, "minute": 0})
    return made


def of(answered: dict[str, int], within: float) -> dict[str, Any]:
    """Looked at when all is done, or after so many seconds. Raises where totals are wrong."""
    drained = drain_time(within)
    rows = dict(TimeEntry.objects.filter(uid__in=answered).values_list("uid", "pk"))
    events = Counter(Event.objects.filter(type="time_logged").values_list("payload__id", flat=True))
    runs = Counter(Execution.objects.filter(status="done").values_list("event__payload__id", flat=True))
    entries = set(TimeEntry.objects.exclude(user__rules=None).values_list("pk", flat=True))
    call_command("check_totals", verbosity=0)
    return {
        "drained": drained,
        "lost": sum(rows.get(uuid.UUID(uid)) != pk for uid, pk in answered.items()),
        "unasked": len(entries) - TimeEntry.objects.filter(uid__in=answered).count(),
        "events": [sum(1 for pk in entries if events[pk] != 1), sum(events.values()) - len(entries)],
        "runs": [sum(1 for pk in entries if runs[pk] != 1), sum(runs.values()) - len(entries)],
        "tasks": Task.objects.filter(name=TASK).count() - len(entries),
        "waiting": dict(Delivery.objects.exclude(status=Status.DONE).values_list("status").annotate(n=Count("pk"))),
    }


def drain_time(within: float) -> float:
    """Seconds until nothing waits."""
    begun = time.monotonic()
    soon(lambda: not Delivery.objects.filter(status=Status.PENDING).exists(), within=within)
    return time.monotonic() - begun
