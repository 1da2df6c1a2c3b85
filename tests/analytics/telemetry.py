"""Telemetry that is on, and a PostHog to send to: fixtures for test_telemetry*.py, imported by their conftest."""

from __future__ import annotations

import math
from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

import pytest

from accounts.models import User
from analytics.services.telemetry import switch_telemetry
from analytics.services.telemetry_counters import counters
from analytics.services.telemetry_switch import switch
from tests.analytics.posthog_server import PostHog, serve

KEY = "phc_0123456789abcdef0123456789abcdef"


@pytest.fixture
def posthog(settings: Any) -> Iterator[PostHog]:
    found, server = serve()
    settings.POSTHOG_API_KEY, settings.POSTHOG_HOST = KEY, found.url
    settings.OUTBOUND_ALLOWED_NETWORKS = [ip_network("127.0.0.0/8")]
    yield found
    server.shutdown()
    server.server_close()


@pytest.fixture
def no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """What would write the numbers in a minute is called by hand."""

    class Never:
        def is_alive(self) -> bool:
            return True

    monkeypatch.setattr(counters, "later", Never)
    monkeypatch.setattr(counters, "_timer", None)


@pytest.fixture
def telemetry_on(posthog: PostHog, no_thread: None, administrator: User) -> Iterator[PostHog]:
    switch_telemetry(actor=administrator, on=True)
    switch.set(True, math.inf)
    yield posthog
    switch.forget()
