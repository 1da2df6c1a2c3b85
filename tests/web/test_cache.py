"""A Redis that is away, or answers nothing, costs people next to nothing."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from timetracker.web.cache import ForgivingRedisCache

OPTIONS = {"OPTIONS": {"socket_connect_timeout": 0.2, "socket_timeout": 0.2}}


@pytest.fixture(params=["refuses", "is silent"])
def cache(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[ForgivingRedisCache]:
    monkeypatch.setattr(ForgivingRedisCache, "away_until", 0.0)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        if request.param == "is silent":
            nobody.listen()
        yield ForgivingRedisCache(f"redis://127.0.0.1:{nobody.getsockname()[1]}/0", OPTIONS)


def test_it_answers_like_an_empty_one(cache: ForgivingRedisCache) -> None:
    assert cache.get("a", "nothing") == "nothing"
    assert cache.add("a", 1) is True
    assert cache.set("a", 1) is None
    assert (cache.delete("a"), cache.touch("a"), "a" in cache, cache.get_many(["a"])) == (False, False, False, {})


def test_it_is_left_alone_for_a_moment(cache: ForgivingRedisCache, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.get("a")
    monkeypatch.setattr("django.core.cache.backends.redis.RedisCacheClient.get", pytest.fail)
    assert cache.get("a") is None
