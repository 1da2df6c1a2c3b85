"""Run inside the measured instance's environment: fills it and prints, as JSON, what the client needs to sign in."""

from __future__ import annotations

import json
import re
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
from accounts.services.profile import update_profile
from accounts.services.tokens import create_token
from timetracker.web.widgets import Place, Scope, Size, Widget, all_widgets
from tracking.dashboard import board_of
from tracking.demo.load import load_demo_data
from tracking.models import Client, Project, Tag, Task, TimeEntry
from tracking.services.timer import start_timer

PEOPLE = 20
MEMBER = "jonas"
"""Without special rights: the case with most conditions in its queries."""


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


def board_of_all(user: User, *, widest: bool) -> dict[str, Any]:
    """Every widget that `user` may have, on their own board, beside a running timer."""
    places = [widest_place(each) if widest else Place(each, each.size, each.fit({})) for each in all_widgets()]
    user = update_profile(person=user, dashboard=[place.kept() for place in places])
    start_timer(user=user, description="bench", project=Project.objects.visible_to(user).open().first())
    board = board_of(user)
    return {
        "digest": board.digest,
        "topics": board.topics,
        "widgets": [place.widget.name for place in board.places],
    }


def widest_place(widget: Widget) -> Place:
    """As much as it can show: its largest size, its longest range, everybody."""
    size = max(widget.sizes, key=list(Size).index)
    days = [int(number[0]) for each in widget.ranges if (number := re.findall(r"\d+", each))]
    longest = next((each for each in widget.ranges if days and str(max(days)) in each), "")
    return Place(widget, size, widget.fit({"scope": Scope.TEAM, "range": longest}))


def main() -> None:
    if sys.argv[1] == "migrate":
        call_command("migrate", verbosity=0)
        return
    if sys.argv[1] == "boards":
        boards = {
            "person": board_of_all(User.objects.get(username=MEMBER), widest=False),
            "administrator": board_of_all(User.objects.get(username="bench"), widest=True),
        }
        print(json.dumps(boards))
        return
    seconds = fill(int(sys.argv[1]))
    person = User.objects.get(username=MEMBER)
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
