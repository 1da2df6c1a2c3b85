from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import timezone

from tests.events import things
from timetracker.events import clock, registry
from timetracker.events.models import Delivery


@pytest.fixture
def empty_registry(monkeypatch) -> Iterator[None]:
    """Nothing but what the test registers; all of it is gone afterwards."""
    for name in ("_types", "_types_by_class", "_handlers"):
        monkeypatch.setattr(registry, name, {})
    yield
    for name in list(registry.handlers()):
        registry.unregister_handler(name)


@pytest.fixture
def thing_types(empty_registry) -> None:
    things.register_types()


@pytest.fixture
def inner(thing_types) -> None:
    things.register_inner()


@pytest.fixture
def told(thing_types, tmp_path) -> Path:
    """What the outer handler has told the world: a line a call, with the stable id."""
    path = tmp_path / "told"
    things.register_outer(path)
    return path


@pytest.fixture
def no_jobs(monkeypatch) -> None:
    monkeypatch.setattr(clock, "_jobs", {})


def let_leases_end() -> None:
    """What the clock does in a few minutes."""
    Delivery.objects.update(next_try_at=timezone.now() - dt.timedelta(seconds=1))
