"""Feature flags in the settings and in the admin: seen and switched by administrators, with Undo."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from waffle.models import Switch

from accounts.models import User
from accounts.services.flags import set_flag
from tests.conftest import ClientFor
from timetracker.events.models import Event
from timetracker.web.errors import Conflict
from timetracker.web.flags import FLAGS, is_on

pytestmark = pytest.mark.django_db
PAGE = "/settings/flags/"
OFF = "/settings/flags/achievements/off/"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def browser(administrator: User, client_for: ClientFor) -> Client:
    return client_for(administrator)


def page(browser: Client) -> str:
    cache.clear()  # a test's transaction never commits, which is when waffle forgets what it kept
    response = browser.get(PAGE)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def rows(name: str = "achievements") -> list[bool]:
    return list(Switch.objects.filter(name=name).values_list("active", flat=True))


def test_each_flag_with_its_owner_and_why_it_is_as_it_is(browser: Client, settings: Any) -> None:
    Switch.objects.create(name="estimates", active=False)
    settings.FLAGS = {"web_push": "off"}
    shown = page(browser)
    for flag in FLAGS.values():
        assert str(flag.label) in shown
        assert str(flag.switches) in shown
        assert f"Room: {flag.owner}" in shown
    assert shown.count(">default<") == len(FLAGS) - 2
    assert shown.count("chosen by the administration") == 1
    assert shown.count("by the environment: FLAG_WEB_PUSH") == 1
    assert shown.count('aria-checked="false"') == 2
    assert shown.count(" disabled") == 1


def test_switching_and_undo(browser: Client, administrator: User) -> None:
    response = browser.post(OFF, headers=HTMX)
    assert response.status_code == 204
    said = json.loads(response.headers["HX-Trigger"])
    assert said["toast"]["text"] == "“Achievements” is off for everybody."
    assert said["toast"]["undo_url"] == "/settings/flags/achievements/default/"
    assert "flags" in said
    assert rows() == [False]
    assert browser.post(said["toast"]["undo_url"], headers=HTMX).status_code == 204
    assert rows() == []
    told = [(event.payload, event.actor) for event in Event.objects.filter(type="flag_changed").order_by("pk")]
    assert told == [
        ({"name": "achievements", "value": "off", "before": "default"}, administrator),
        ({"name": "achievements", "value": "default", "before": "off"}, administrator),
    ]


def test_the_same_again_records_nothing(administrator: User) -> None:
    for _again in range(2):
        set_flag(actor=administrator, name="achievements", choice="on")
    assert rows() == [True]
    assert Event.objects.filter(type="flag_changed").count() == 1


def test_without_htmx_it_leads_back(browser: Client) -> None:
    response = browser.post(OFF)
    assert (response.status_code, response.headers["Location"]) == (302, PAGE)


@pytest.mark.parametrize("path", ["/settings/flags/flying/on/", "/settings/flags/achievements/maybe/"])
def test_what_there_is_not(browser: Client, path: str) -> None:
    assert browser.post(path).status_code == 404
    assert not Switch.objects.exists()


def test_the_service_knows_its_names(administrator: User) -> None:
    with pytest.raises(ValidationError):
        set_flag(actor=administrator, name="flying", choice="on")
    with pytest.raises(ValidationError):
        set_flag(actor=administrator, name="achievements", choice="maybe")


def test_what_the_environment_decides_is_refused(browser: Client, administrator: User, settings: Any) -> None:
    settings.FLAGS = {"achievements": "on"}
    with pytest.raises(Conflict, match="FLAG_ACHIEVEMENTS"):
        set_flag(actor=administrator, name="achievements", choice="off")
    assert browser.post(OFF, headers=HTMX).status_code == 409
    assert rows() == []


@pytest.mark.parametrize("who", ["manager", "lead", "owner", "outsider"])
def test_only_administrators(request: pytest.FixtureRequest, client_for: ClientFor, who: str) -> None:
    client = client_for(request.getfixturevalue(who))
    assert client.get(PAGE).status_code == 403
    assert client.post(OFF).status_code == 403
    assert "Feature flags" not in client.get("/settings/").content.decode()
    assert not Switch.objects.exists()


def test_the_pages_statements(browser: Client, django_assert_max_num_queries: Any) -> None:
    page(browser)
    Switch.objects.bulk_create(Switch(name=name, active=False) for name in FLAGS)
    cache.clear()
    with django_assert_max_num_queries(12):
        browser.get(PAGE)


def test_a_switch_counts_at_once(administrator: User, django_capture_on_commit_callbacks: Any) -> None:
    assert is_on("achievements")  # and what was read is kept
    with django_capture_on_commit_callbacks(execute=True):
        set_flag(actor=administrator, name="achievements", choice="off")
    assert not is_on("achievements")


# ── The admin ────────────────────────────────────────────────────────────────
def admin_path(what: str, *ids: int) -> str:
    return reverse(f"admin:waffle_switch_{what}", args=ids)


def test_the_admin_goes_the_same_way(browser: Client) -> None:
    added = {"name": "achievements", "active": ""}
    assert browser.post(admin_path("add"), added).status_code == 302
    assert rows() == [False]
    switch = Switch.objects.get()
    assert browser.get(admin_path("change", switch.pk)).status_code == 200
    assert browser.post(admin_path("change", switch.pk), {"active": "on"}).status_code == 302
    assert rows() == [True]
    assert browser.post(admin_path("delete", switch.pk), {"post": "yes"}).status_code == 302
    assert rows() == []
    told = Event.objects.filter(type="flag_changed").order_by("pk")
    assert [event.payload["value"] for event in told] == ["off", "on", "default"]


def test_the_admin_knows_the_names(browser: Client) -> None:
    assert browser.post(admin_path("add"), {"name": "flying", "active": "on"}).status_code == 200
    assert not Switch.objects.exists()


def test_the_admin_forgets_flags_of_earlier_versions(browser: Client) -> None:
    switch = Switch.objects.create(name="flying", active=True)
    assert browser.get(admin_path("changelist")).status_code == 200
    browser.post(admin_path("changelist"), {"action": "delete_selected", "_selected_action": [switch.pk], "post": "y"})
    assert not Switch.objects.exists()
