"""Run inside the measured instance's environment: fills it and prints, as JSON, what the client needs to sign in."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import django

django.setup()

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.db import transaction

from accounts.models import User
from accounts.services.tokens import create_token
from tracking.demo.load import load_demo_data
from tracking.models import Client, Project, Tag, Task, TimeEntry

PEOPLE = 20


def fill(entries: int) -> float:
    """Seconds it took. What was there before is removed, so that both sizes have the same people and projects."""
    with transaction.atomic():
        for model in (TimeEntry, Task, Project, Client, Tag):
            model.objects.all().delete()
    administrator = User.objects.filter(username="bench").first() or User.objects.create_superuser("bench")
    begun = time.perf_counter()
    load_demo_data(entries=entries, people=PEOPLE, seed=7)
    administrator.refresh_from_db()
    return time.perf_counter() - begun


def session_of(user: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def credentials(user: User) -> dict[str, Any]:
    project = Project.objects.visible_to(user).open().exclude(client=None).order_by("-tracked_seconds").first()
    return {
        "session": session_of(user),
        "token": create_token(actor=user, person=user, name="bench")[1],
        "project": project.pk,
        "task": project.tasks.order_by("-tracked_seconds").first().pk,
    }


def main() -> None:
    if sys.argv[1] == "migrate":
        call_command("migrate", verbosity=0)
        return
    seconds = fill(int(sys.argv[1]))
    # A person without special rights: the case with most conditions in its queries.
    person = User.objects.get(username="jonas")
    workers = User.objects.exclude(pk=person.pk).order_by("pk")[:8]
    print(
        json.dumps(
            {
                "seconds": seconds,
                "entries": TimeEntry.objects.count(),
                "tasks": Task.objects.count(),
                "person": credentials(person),
                "administrator": credentials(User.objects.get(username="bench")),
                "workers": [credentials(worker) for worker in workers],
            }
        )
    )


if __name__ == "__main__":
    main()
