"""A process whose children kill themselves with SIGKILL on the way of a notification.

`python -m tests.notifications.crashing DATABASE` reads lines "what|point|folder of mails", forks for each and prints
how the child ended. `what` is a handler, then a task is given to Tom; or a job of the clock, then that is run.
"""

from __future__ import annotations

import sys
from typing import Any

from tests.events.crashing import die, fork_for_each_line

HANDLERS = ["notifications.task_assigned", "notifications.push", "notifications.mail"]
POINTS = ["after the commit", "after the claim", "after the call", "before the mark", "after the mark"]
JOBS = ["fire_due", "wake_snoozed", "release_held"]
JOB_POINTS = ["before the commit", "after the commit", "while it is told"]


def live_and_die(what: str, point: str, mails: str) -> None:
    from django.conf import settings

    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = mails
    if what in JOBS:
        run_and_die(what, point)
    else:
        tell_and_die(what, point)


def tell_and_die(handler: str, point: str) -> None:
    from accounts.models import User
    from notifications import handlers
    from notifications.services import mailing
    from timetracker.events import dispatch
    from tracking.models import Task
    from tracking.services.tasks import update_task

    match point:
        case "after the commit":
            die_at_wake(handler)
        case "after the claim":
            dispatch._run = die_for(handler, dispatch._run, after=False)  # type: ignore[assignment]
        case "after the call" if handler == "notifications.mail":
            mailing._send = die_after(mailing._send)  # type: ignore[assignment]
        case "after the call":
            name = "push" if handler == "notifications.push" else "notify"
            setattr(handlers, name, die_after(getattr(handlers, name)))
        case _:
            dispatch._mark_done = die_for(handler, dispatch._mark_done, after=point == "after the mark")  # type: ignore[assignment]
    olga, tom = User.objects.order_by("username")
    update_task(task=Task.objects.get(), actor=olga, assignee=tom)
    dispatch.sweep()


def run_and_die(job: str, point: str) -> None:
    from django.utils import timezone

    from notifications.services import digests, scheduling, sending
    from timetracker.events import dispatch

    hands_over = job != "release_held"
    match point:
        case "before the commit" if hands_over:
            scheduling.record_many = lambda *args, **kwargs: die()  # type: ignore[assignment]
        case "after the commit":
            die_at_wake("notifications.due" if hands_over else "notifications.push")
        case _:
            sending.record = lambda *args, **kwargs: die()  # type: ignore[assignment]
    getattr(scheduling if hands_over else digests, job)(timezone.now())
    dispatch.sweep()


def die_at_wake(handler: str) -> None:
    from timetracker.events import recording
    from timetracker.events.models import Delivery

    def wake(ids: Any, _kinds: Any = ()) -> None:
        if Delivery.objects.filter(pk__in=ids, handler=handler).exists():
            die()

    recording.wake = wake  # type: ignore[assignment]


def die_for(handler: str, step: Any, *, after: bool) -> Any:
    def stepped(delivery: Any) -> None:
        if delivery.handler != handler or after:
            step(delivery)
        if delivery.handler == handler:
            die()

    return stepped


def die_after(call: Any) -> Any:
    def called(*args: Any, **kwargs: Any) -> None:
        call(*args, **kwargs)
        die()

    return called


if __name__ == "__main__":
    fork_for_each_line(sys.argv[1], live_and_die)
