from __future__ import annotations

import asyncio
import threading
import time

import pytest
from asgiref.sync import async_to_sync

from timetracker.live.layers import LoopSafeInMemoryChannelLayer

SOON = 2.0
NEVER = 30.0


@pytest.fixture
def layer() -> LoopSafeInMemoryChannelLayer:
    return LoopSafeInMemoryChannelLayer()


def in_thread(function) -> threading.Thread:
    thread = threading.Thread(target=function)
    thread.start()
    return thread


@pytest.mark.parametrize("kind", ["group", "channel"])
def test_a_message_from_a_bare_thread_wakes_the_reader(layer, kind):
    """With the stock layer the reader would sleep on until its loop has another reason to turn."""

    async def scenario() -> None:
        loop = asyncio.get_running_loop()
        await layer.group_add("people", "one")
        received = asyncio.ensure_future(layer.receive("one"))
        await asyncio.sleep(0)
        loop.call_later(NEVER, lambda: None)
        began = loop.time()
        if kind == "group":
            sender = in_thread(lambda: async_to_sync(layer.group_send)("people", {"type": "x"}))
        else:
            sender = in_thread(lambda: async_to_sync(layer.send)("one", {"type": "x"}))
        assert await received == {"type": "x"}
        assert loop.time() - began < SOON
        await asyncio.to_thread(sender.join)

    asyncio.run(scenario())


def test_a_loop_that_has_ended_is_no_home(layer):
    async def join(channel: str) -> None:
        await layer.group_add("people", channel)

    asyncio.run(join("old"))

    async def scenario() -> None:
        await layer.group_send("people", {"type": "before"})
        await join("new")
        await layer.group_send("people", {"type": "x"})
        assert await layer.receive("new") == {"type": "x"}

    asyncio.run(scenario())
    async_to_sync(layer.group_send)("people", {"type": "nobody listens"})


def test_many_threads_lose_nothing(layer):
    async def scenario() -> None:
        await layer.group_add("people", "one")
        senders = [
            in_thread(lambda number=number: async_to_sync(layer.group_send)("people", {"type": "x", "number": number}))
            for number in range(20)
        ]
        numbers = {(await asyncio.wait_for(layer.receive("one"), SOON))["number"] for _ in range(20)}
        assert numbers == set(range(20))
        for sender in senders:
            await asyncio.to_thread(sender.join)

    asyncio.run(scenario())


def test_nobody_listening_is_no_error(layer):
    async_to_sync(layer.group_send)("people", {"type": "x"})
    async_to_sync(layer.send)("one", {"type": "x"})


def test_a_message_to_many_does_not_look_through_all_for_each_of_them(layer):
    """The sweep reads every group there is: how often it does so must not grow with those who are told."""

    class Counting(dict):
        swept = 0

        def values(self):
            Counting.swept += 1
            return super().values()

    async def scenario() -> None:
        layer.groups = Counting()
        for number in range(100):
            await layer.group_add(f"person.{number}", f"channel.{number}")
        await layer.group_send_many({f"person.{number}": {"type": "x"} for number in range(100)})
        assert [await layer.receive(f"channel.{number}") for number in range(100)] == [{"type": "x"}] * 100

    asyncio.run(scenario())
    assert Counting.swept < 10


def test_what_has_expired_is_swept_all_the_same(layer, monkeypatch):
    async def scenario() -> None:
        monkeypatch.setattr("timetracker.live.layers.SWEEP", 0.0)
        layer.expiry = -1
        await layer.send("gone", {"type": "x"})
        await layer.group_send("nobody", {"type": "x"})
        assert "gone" not in layer.channels

    asyncio.run(scenario())


def test_a_page_that_is_open_for_days_still_hears(layer, monkeypatch):
    async def scenario() -> None:
        await layer.group_add("people", "one")
        days_later = time.time() + 10 * 86400
        monkeypatch.setattr("channels.layers.time.time", lambda: days_later)
        await layer.group_send("people", {"type": "x"})
        assert await layer.receive("one") == {"type": "x"}

    asyncio.run(scenario())
