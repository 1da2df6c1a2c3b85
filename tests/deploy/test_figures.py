"""Workers, the clock and the servers of sockets as deployed: each shows its own figures, and they count what it did."""

from __future__ import annotations

import httpx
from django.conf import settings

from accounts.models import User
from tests.deploy.stack import Stack
from tests.live.tools import WebSocket, soon
from tests.metrics.figures import figure
from tests.work import make_project, make_task
from timetracker.events.choices import Status
from timetracker.events.models import Delivery
from tracking.services.tasks import update_task


def said(stack: Stack, part: str) -> str:
    answer = httpx.get(f"http://127.0.0.1:{stack.figures[part]}/metrics")
    assert answer.status_code == 200
    return answer.text


def test_each_part_counts_what_it_does(stack: Stack, owner: User, manager: User, client_for):
    stack.env["PUBLIC_URL"] = f"http://localhost:{stack.ports.live[0]}"  # where the socket is opened from
    stack.start_parts("live-1", "worker-1", "beat")
    task = make_task(make_project(manager=manager, members=(owner,)), name="Draft")
    cookie = client_for(owner).cookies[settings.SESSION_COOKIE_NAME]
    with WebSocket(stack.ports.live[0], f"{cookie.key}={cookie.value}") as window:
        window.send('{"type":"ping"}')
        assert window.read() == {"type": "pong"}
        assert figure(said(stack, "live-1"), "timetracker_sockets_open") == 1
        update_task(task=task, actor=manager, assignee=owner)
        handler = "notifications.task_assigned"
        done = Delivery.objects.filter(handler=handler, status=Status.DONE)
        assert soon(done.exists, within=60), stack.log("worker-1")
        assert soon(lambda: figure(said(stack, "live-1"), "timetracker_push_seconds_count") > 0, within=20)
    delivered = {"handler": handler, "outcome": "done"}
    assert soon(lambda: figure(said(stack, "worker-1"), "timetracker_deliveries_total", **delivered) == 1)
    assert soon(lambda: figure(said(stack, "worker-1"), "timetracker_clock_turns_total") >= 2, within=30)
    swept = {"name": "events.sweep", "outcome": "done"}
    assert soon(lambda: figure(said(stack, "worker-1"), "timetracker_jobs_total", **swept) >= 1, within=30)
    assert soon(lambda: figure(said(stack, "live-1"), "timetracker_sockets_open") == 0)
    # The clock only sends; what it sends is done by the workers.
    clock = said(stack, "beat")
    assert "timetracker_clock_turns_total" in clock
    assert figure(clock, "timetracker_clock_turns_total") == 0
