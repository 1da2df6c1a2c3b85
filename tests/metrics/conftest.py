from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.metrics.figures import figure
from timetracker.metrics.exposition import scrape
from timetracker.metrics.state import state

Moved = Callable[..., float]


@pytest.fixture(autouse=True)
def _asked_anew() -> Iterator[None]:
    """What another test's database said is not kept."""
    state.forget()
    yield
    state.forget()


@pytest.fixture
def moved() -> Moved:
    """By how much a figure has grown since it was first asked for in this test."""
    before: dict[Any, float] = {}

    def since(name: str, /, **labels: Any) -> float:
        now = figure(scrape().decode(), name, **labels)
        return now - before.setdefault((name, tuple(labels.items())), now)

    return since
