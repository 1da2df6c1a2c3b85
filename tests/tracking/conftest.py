"""Who is at the browser, and when."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from tests.conftest import ClientFor
from tests.tracking.pages import NOON


@pytest.fixture
def olga(client_for: ClientFor, owner: User) -> Client:
    """The owner at a browser."""
    return client_for(owner)


@pytest.fixture
def wednesday() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield
