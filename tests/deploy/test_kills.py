"""Parts of a deployment killed under load: what was answered is there once, and who listened hears what was missed."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.conf import settings

from accounts.models import User
from tests.conftest import ClientFor
from tests.deploy import truth
from tests.deploy.load import Felt, log_time, wrong_of
from tests.deploy.stack import Stack
from tests.live.tools import WebSocket, soon
from timetracker.events import leases
from timetracker.events.models import DeliveryAttempt

PEOPLE = 4
LOST_WORK_DONE_WITHIN = leases.LEASE.total_seconds() + 60 + 15
"""Seconds: the lease, the sweep of a message that went with a worker which had not begun, and a busy machine."""


@contextlib.contextmanager
def load(stack: Stack, everybody: list[dict[str, Any]], felt: Felt) -> Iterator[None]:
    """Until the block ends, and then until all that was said is answered."""
    stop: list[bool] = []

    async def work() -> None:
        await asyncio.gather(*(log_time(stack.ports.web, who, lambda: not stop, felt) for who in everybody))

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(asyncio.run, work())
        try:
            yield
        finally:
            stop.append(True)
            done.result(60)


def more_answered(felt: Felt, number: int = 8) -> bool:
    """It is felt by nobody for long."""
    wanted = len(felt.answered) + number
    return soon(lambda: len(felt.answered) >= wanted, within=30)


def a_worker(stack: Stack, felt: Felt) -> None:
    stack.kill("worker-1")
    assert more_answered(felt)
    stack.start("worker-1")


def a_process_of_gunicorn(stack: Stack, felt: Felt) -> None:
    stack.kill_a_child("web")
    assert more_answered(felt)


def a_server_of_sockets(stack: Stack, felt: Felt, cookie: str) -> None:
    """A page goes to the other, where it hears what was told since it was last well."""
    first, second = stack.ports.live
    address = stack.env["PUBLIC_URL"]
    with WebSocket(first, cookie, address) as page:
        hear_of_entries(page)
        lost_at = int(time.time() * 1000)
        stack.kill("live-1")
        with contextlib.suppress(ConnectionError):
            while True:
                page.read()
    assert more_answered(felt)
    with WebSocket(second, cookie, address, f"?since={lost_at}") as page:
        hear_of_entries(page)
    stack.start("live-1")()
    with WebSocket(first, cookie, address) as page:
        hear_of_entries(page)


def hear_of_entries(page: WebSocket) -> None:
    """Tasks that rules make are told of as well, in any order. Fails by the socket's timeout."""
    assert page.status == 101
    while "entries" not in page.read()["topics"]:
        pass


def test_kills(stack: Stack, organisation, client_for: ClientFor):
    """One test: each of several workers would start all the processes for its share."""
    stack.start_parts()
    everybody = truth.people(PEOPLE)
    session = client_for(User.objects.get(pk=everybody[0]["person"])).cookies[settings.SESSION_COOKIE_NAME]
    felt = Felt()
    with load(stack, everybody, felt):
        assert more_answered(felt)
        a_worker(stack, felt)
        a_process_of_gunicorn(stack, felt)
        a_server_of_sockets(stack, felt, f"{session.key}={session.value}")
    found = truth.of(felt.answered, within=LOST_WORK_DONE_WITHIN)
    assert wrong_of(found) == {}, DeliveryAttempt.objects.values_list("delivery__handler", "error")
    assert found["drained"] < LOST_WORK_DONE_WITHIN
