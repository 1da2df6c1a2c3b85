"""A process whose children kill themselves with SIGKILL on the way of a rule with three steps.

`python -m tests.workflows.crashing DATABASE` reads lines "what|point|", forks for each and prints how the child ended.
A task is completed; `what` says in which delivery the end comes.
"""

from __future__ import annotations

import sys
from ipaddress import ip_network
from typing import Any

from tests.events.crashing import die, fork_for_each_line

WHAT: dict[str, tuple[str, str, int | None]] = {
    "matching": ("workflows.match", "match", None),
    "the first step": ("workflows.run_step", "run_step", 0),
    "the webhook": ("workflows.run_outer_step", "run_outer_step", 1),
    "the last step": ("workflows.run_step", "run_step", 2),
}
"""To the handler, the service that it calls, and the place of the step."""
POINTS = ["after the commit", "after the claim", "in the work", "after the work", "after the mark"]
"""The mark of an inner delivery comes before its work, in one transaction with it; that of an outer one comes last."""
ALLOWED = [ip_network("127.0.0.0/8")]


def live_and_die(what: str, point: str, _path: str) -> None:
    from django.conf import settings

    from accounts.models import User
    from timetracker.events import dispatch, recording
    from timetracker.events.models import Delivery
    from tracking.models import Task
    from tracking.services.tasks import update_task
    from workflows import handlers
    from workflows.services import matching, running

    settings.OUTBOUND_ALLOWED_NETWORKS = ALLOWED
    handler, service, place = WHAT[what]

    def is_it(delivery: Delivery) -> bool:
        return delivery.handler == handler and place in {None, delivery.event.payload.get("place")}

    def wake(ids: Any, _kinds: Any = ()) -> None:
        if any(map(is_it, Delivery.objects.filter(pk__in=ids))):
            die()

    match point:
        case "after the commit":
            recording.wake = wake  # type: ignore[attr-defined]  # it imports it
        case "after the claim":
            dispatch._run = die_around(dispatch._run, is_it, after=False)
        case "in the work" if place is None:
            matching.take_turn = die  # type: ignore[assignment]
        case "in the work":
            running._finish = die_around(running._finish, lambda step, *_rest: step.place == place, after=False)
        case "after the work":
            here = lambda event: place in {None, event.payload.get("place")}  # noqa: E731 - as the other two
            setattr(handlers, service, die_around(getattr(handlers, service), here, after=True))
        case _:
            dispatch._mark_done = die_around(dispatch._mark_done, is_it, after=True)
    update_task(task=Task.objects.get(), actor=User.objects.get(), status="done")
    dispatch.sweep()


def die_around(call: Any, is_it: Any, *, after: bool) -> Any:
    def called(*args: Any) -> None:
        if is_it(*args):
            if after:
                call(*args)
            die()
        call(*args)

    return called


if __name__ == "__main__":
    fork_for_each_line(sys.argv[1], live_and_die)
