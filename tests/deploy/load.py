"""People whose scripts log time while parts die. Knows nothing of Django: benchmarks/faults.py runs it as well."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

PAUSE = 0.33
FIRST = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)
OURS = {500, 502, 503, 504}


@dataclass
class Felt:
    answered: dict[str, int] = field(default_factory=dict)
    """Id of the client's making → id of the row that was answered."""
    failed: int = 0
    gap: float = 0.0
    """The longest time in which one person got no success, in seconds."""
    sockets_lost: int = 0
    socket_gap: float = 0.0


async def log_time(port: int, who: dict[str, Any], until: Callable[[], bool], felt: Felt) -> None:
    """One person's script, with ids of its own making, as a phone without a net would have it.

    It goes on until all it said is answered, also after the others have stopped.
    """
    headers = {"Authorization": f"Token {who['token']}", "Host": f"localhost:{port}"}
    base = f"http://127.0.0.1:{port}"
    async with httpx.AsyncClient(base_url=base, headers=headers, timeout=10, trust_env=False) as client:
        last = time.monotonic()
        while until():
            begins = FIRST + dt.timedelta(minutes=who["minute"])
            who["minute"] += 2
            uid = str(uuid.uuid4())
            body = {"uid": uid, "started_at": begins.isoformat(), "duration": 60, "project": who["project"]}
            while (row := await _said(client, body)) is None:
                felt.failed += 1
                await asyncio.sleep(PAUSE)
            felt.answered[uid] = row
            felt.gap = max(felt.gap, time.monotonic() - last)
            last = time.monotonic()
            await asyncio.sleep(PAUSE)


async def _said(client: httpx.AsyncClient, body: dict[str, Any]) -> int | None:
    try:
        answer = await client.post("/api/time-entries/", json=body)
    except httpx.HTTPError:
        return None
    if answer.status_code in OURS:
        return None
    if answer.status_code not in {200, 201}:
        raise AssertionError(f"A person was answered {answer.status_code}: {answer.text[:300]}")
    return int(answer.json()["id"])


def wrong_of(found: dict[str, Any]) -> dict[str, Any]:
    """What of `truth.of` is not as it has to be."""
    zero = ("lost", "unasked", "tasks", "waiting")
    pairs = ("events", "runs")
    return {
        **{name: found[name] for name in zero if found[name]},
        **{name: found[name] for name in pairs if any(found[name])},
    }
