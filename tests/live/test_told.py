"""Between the drawing of a page and the opening of its socket."""

from __future__ import annotations

import json
import time

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings as configured
from redis import Redis
from structlog.testing import capture_logs

from tests.live.test_socket import opened, scenario, socket_of, topics
from timetracker.live import push as push_module
from timetracker.live.push import push, user_group
from timetracker.live.told import CLOCKS_APART, KEPT, Told, ToldHere, ToldInRedis

NOW = 1_700_000_000.0


def since(store: Told, group: str, at: float) -> list[str] | None:
    topics = async_to_sync(store.since)(group, at)
    return None if topics is None else sorted(topics)


def note(store: Told, at: float, **topics: list[str]) -> None:
    async_to_sync(store.note)(topics, at)


@pytest.fixture(params=["here", "redis"])
def store(request, time_machine) -> Told:
    time_machine.move_to(NOW - 5, tick=False)
    if request.param == "here":
        made: Told = ToldHere()
    elif not configured.REDIS_URL:
        pytest.skip("without Redis")
    else:
        made = ToldInRedis(configured.REDIS_URL)
        Redis.from_url(configured.REDIS_URL).delete(*(f"live.told.{group}" for group in ("mia", "tom")))
    time_machine.move_to(NOW, tick=False)
    return made


def test_what_was_told_since_and_to_oneself(store):
    note(store, NOW - 4, mia=["timer"])
    note(store, NOW - 2, mia=["work", "entries"], tom=["team"])
    assert since(store, "mia", NOW - 2.5) == ["entries", "work"]
    assert since(store, "mia", NOW - 4) == ["entries", "timer", "work"]  # at the same instant: rather once too often
    assert since(store, "tom", NOW - 2.5) == ["team"]
    assert since(store, "ann", NOW - 4) == []
    assert since(store, "mia", NOW) == []


def test_a_topic_counts_from_when_it_was_told_last(store):
    note(store, NOW - 4, mia=["timer"])
    note(store, NOW - 2, mia=["timer"])
    assert since(store, "mia", NOW - 3) == ["timer"]


def test_what_was_told_before_nobody_listened_is_not_known(time_machine):
    time_machine.move_to(NOW, tick=False)
    store = ToldHere()
    assert since(store, "mia", NOW - 0.001) is None
    assert since(store, "mia", NOW) == []


class TestInRedis:
    """Without one to ask: what it says where Redis is away, or has forgotten."""

    def test_what_is_forgotten_is_not_known(self):
        store = ToldInRedis("redis://127.0.0.1:1/0")
        assert since(store, "mia", time.time() - KEPT) is None

    def test_away_it_does_not_know_and_says_so(self):
        store = ToldInRedis("redis://127.0.0.1:1/0")
        with capture_logs() as logs:
            assert since(store, "mia", time.time()) is None
        assert logs[0]["event"] == "told_unknown"

    @pytest.mark.skipif(not configured.REDIS_URL, reason="without Redis")
    def test_it_forgets_by_itself_and_clocks_may_differ(self):
        store, redis = ToldInRedis(configured.REDIS_URL), Redis.from_url(configured.REDIS_URL)
        at = time.time()
        note(store, at, mia=["timer"])
        assert 0 < redis.ttl("live.told.mia") <= KEPT
        assert since(store, "mia", at + CLOCKS_APART / 2) == ["timer"]
        redis.delete("live.told.mia")


# ── Over the socket ──────────────────────────────────────────────────────────
pytestmark = pytest.mark.django_db(transaction=True)


def milliseconds() -> str:
    return str(time.time_ns() // 1_000_000)


def push_and_wait(person, *topics: str) -> None:
    message = {"type": "live.changed", "topics": list(topics)}
    push_module._sender.send({user_group(person.pk): message}).result(10)


def test_a_socket_begins_with_what_was_pushed_since_its_page_was_drawn(client_for, owner, outsider):
    client, other = client_for(owner), client_for(outsider)
    drawn = milliseconds()
    push_and_wait(owner, "timer", "entries")

    @scenario
    async def run() -> None:
        socket = await opened(client, drawn)
        assert sorted(await topics(socket)) == ["entries", "timer"]
        push([owner.pk], "work")
        assert await topics(socket) == ["work"]
        theirs = await opened(other, drawn)
        assert await theirs.receive_nothing()  # what is somebody else's
        for each in (socket, theirs):
            await each.disconnect()

    run()


@pytest.mark.parametrize("since", ["0", "", "now", "-1", "1e9", "٣", "9" * 400, "%00"])
def test_a_page_drawn_who_knows_when_fetches_everything(client_for, owner, since):
    client = client_for(owner)

    @scenario
    async def run() -> None:
        socket = await opened(client, since)
        assert json.loads(await socket.receive_from(timeout=5)) == {"all": True}
        await socket.disconnect()

    run()


@pytest.mark.parametrize("given", [True, False])
def test_where_nothing_was_missed_nothing_is_said(client_for, owner, given):
    client = client_for(owner)
    push_and_wait(owner, "timer")

    @scenario
    async def run() -> None:
        socket = await opened(client, str(int(milliseconds()) + 5000) if given else None)
        assert await socket.receive_nothing()
        await socket.disconnect()

    run()


def test_nobody_is_told_nothing(owner):
    push_and_wait(owner, "timer")

    @scenario
    async def run() -> None:
        socket = socket_of(since="0")
        await socket.connect(timeout=5)
        assert (await socket.receive_output(timeout=5))["type"] == "websocket.close"
        await socket.disconnect()

    run()


def test_a_page_says_when_its_drawing_began(client_for, owner, time_machine):
    time_machine.move_to(NOW, tick=False)
    page = client_for(owner).get("/entries/").content.decode()
    assert f'data-drawn="{int(NOW * 1000)}"' in page
