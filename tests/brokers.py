"""Brokers that do not answer."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from celery import Celery

from timetracker.events import wake


@pytest.fixture
def gone() -> str:
    """A broker's address at which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"redis://127.0.0.1:{free.getsockname()[1]}/0"


@pytest.fixture
def hanging() -> Iterator[str]:
    """One that takes connections and never answers."""
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        yield f"redis://127.0.0.1:{deaf.getsockname()[1]}/0"


@pytest.fixture(params=["gone", "hanging"])
def broken_broker(request: pytest.FixtureRequest, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.EVENTS_DISPATCH = "celery"
    celery = Celery("test", broker=request.getfixturevalue(request.param), set_as_current=False)
    monkeypatch.setattr(wake, "current_app", celery)
    monkeypatch.setattr(wake, "_broker", wake._Broker())
    wake.prepare()
