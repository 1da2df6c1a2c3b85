"""What is switched off for everybody does not happen, and happens again when it is on."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from waffle.models import Switch

from accounts.models import User
from notifications.choices import Channel, Reason
from notifications.models import Achievement, PushSending
from notifications.services.preferences import set_preferences
from tests.conftest import ClientFor
from tests.notifications.achieving import DAY, MONDAY, work
from tests.notifications.push_service import PushService
from tests.notifications.telling import add_to, outcomes, tell
from timetracker.events.choices import Status
from timetracker.events.dispatch import drain
from timetracker.events.models import Delivery

pytestmark = pytest.mark.django_db


def switch(name: str, *, on: bool) -> None:
    Switch.objects.update_or_create(name=name, defaults={"active": on})
    cache.clear()  # a test's transaction never commits, which is when waffle forgets what it kept


def test_achievements(owner: User, client_for: ClientFor) -> None:
    work(owner)
    assert Achievement.objects.count() == 1
    switch("achievements", on=False)
    Achievement.objects.all().delete()
    work(owner, MONDAY + DAY, hours=101)
    assert not Achievement.objects.exists()
    with time_machine.travel(MONDAY + 9 * DAY, tick=False):
        browser = client_for(owner)
        page = browser.get("/achievements/").content.decode()
        assert "They are switched off for everybody." in page
        assert "/achievements/on/" not in page
        answer = browser.get("/api/notifications/achievements/").json()
        assert answer == {"on": False, "earned": [], "ahead": []}
        switch("achievements", on=True)
        assert "What comes next" in browser.get("/achievements/").content.decode()


def test_push_to_devices(owner: User, service: PushService, client_for: ClientFor) -> None:
    set_preferences(person=owner, grid={"own": [Channel.CENTRE, Channel.PUSH]})
    device = service.subscribe()
    add_to(owner, device)
    switch("web_push", on=False)
    row = tell(owner, "Tea is ready")
    drain()
    assert device.received == []
    assert outcomes(row)["push"] == f"held {Reason.SWITCHED_OFF}"
    assert not PushSending.objects.exists()
    assert Delivery.objects.get(handler="notifications.devices").status == Status.DONE
    assert "Push to devices is switched off" in client_for(owner).get("/settings/notifications/").content.decode()
    switch("web_push", on=True)
    tell(owner, "More tea")
    drain()
    assert [received.message["title"] for received in device.received] == ["More tea"]
    assert "Push to devices is switched off" not in client_for(owner).get("/settings/notifications/").content.decode()


def test_the_environment_switches_push_too(owner: User, service: PushService, settings: Any) -> None:
    set_preferences(person=owner, grid={"own": [Channel.CENTRE, Channel.PUSH]})
    device = service.subscribe()
    add_to(owner, device)
    settings.FLAGS = {"web_push": "off"}
    tell(owner, "Tea is ready")
    drain()
    assert device.received == []
