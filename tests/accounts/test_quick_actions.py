from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string

from accounts.models import User
from accounts.services.profile import update_profile
from timetracker.events.models import Event
from timetracker.web.quick_actions import MOST, actions_of, offered_to

pytestmark = pytest.mark.django_db
PATH = "/settings/quick-actions/"


def ids(user: User) -> list[str]:
    return [command.id for command in actions_of(user)]


@pytest.fixture
def client(client_for, manager):
    return client_for(manager)


# ── Which there are ──────────────────────────────────────────────────────────
def test_the_standard_ones_in_their_order(manager: User):
    assert ids(manager) == ["timer-start", "log-time", "new-project", "new-task", "new-client", "go-reports"]


def test_nobody_gets_what_they_may_not_do(owner: User):
    assert ids(owner) == ["timer-start", "log-time", "new-task", "go-reports"]
    owner.quick_actions = ["new-project", "new-task"]
    assert ids(owner) == ["new-task"]
    owner.quick_actions = ["new-project", "gone"]
    assert ids(owner)[0] == "timer-start"


def test_everything_offered_can_be_drawn(administrator: User):
    actions = offered_to(administrator)
    page = render_to_string("web/quick_list.html", {"actions": actions})
    assert page.count("<svg") == len(actions) > 20
    assert "quick-actions" not in {command.id for command in actions}


# ── Saved ────────────────────────────────────────────────────────────────────
def test_an_order_is_saved_once(manager: User):
    for _ in range(2):
        update_profile(person=manager, quick_actions=["new-task", "go-tasks"])
    manager.refresh_from_db()
    assert ids(manager) == ["new-task", "go-tasks"]
    assert Event.objects.get().payload["changed"] == ["quick_actions"]


@pytest.mark.parametrize(
    "wrong",
    [["row-down"], ["quick-actions"], ["nonsense"], ["invite"], ["new-task", "new-task"], ["go-tasks"] * (MOST + 1)],
)
def test_what_is_none_is_refused(manager: User, wrong: list[str]):
    with pytest.raises(ValidationError) as refusal:
        update_profile(person=manager, quick_actions=wrong)
    assert list(refusal.value.message_dict) == ["quick_actions"]
    manager.refresh_from_db()
    assert manager.quick_actions == []


# ── The page ─────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("pressed", "wanted"),
    [
        ({}, ["a", "b", "c"]),
        ({"up": "b"}, ["b", "a", "c"]),
        ({"up": "a"}, ["a", "b", "c"]),
        ({"down": "b"}, ["a", "c", "b"]),
        ({"down": "c"}, ["a", "b", "c"]),
        ({"hide": "b"}, ["a", "c"]),
        ({"add": "d"}, ["a", "b", "c", "d"]),
        ({"add": ""}, ["a", "b", "c"]),
    ],
)
def test_what_is_pressed(client, manager: User, pressed: dict[str, str], wanted: list[str]):
    real = {"a": "log-time", "b": "new-task", "c": "go-reports", "d": "go-tags"}
    data = {"ids": [real[name] for name in "abc"]} | {name: real.get(value, value) for name, value in pressed.items()}
    assert client.post(PATH, data).headers["Location"] == PATH
    manager.refresh_from_db()
    assert manager.quick_actions == [real[name] for name in wanted]


def test_the_last_one_stays_and_the_standard_comes_back(client, manager: User):
    client.post(PATH, {"ids": ["go-tags"], "hide": "go-tags"})
    manager.refresh_from_db()
    assert manager.quick_actions == ["go-tags"]
    client.post(PATH, {"ids": ["go-tags"], "standard": "1"})
    manager.refresh_from_db()
    assert manager.quick_actions == []


def test_the_answer_brings_the_menu_along(client):
    answer = client.post(PATH, {"ids": ["go-tags", "new-task"]}, headers={"HX-Request": "true"}).content.decode()
    assert answer.index("quick-arrange") < answer.index('id="quick-list"')
    assert 'hx-swap-oob="true"' in answer
    assert "<html" not in answer
    dialog = client.get(PATH, headers={"HX-Request": "true"}).content.decode()
    assert "dialog-title" in dialog
    assert "hx-swap-oob" not in dialog


def test_what_can_be_added_stands_in_its_area_and_says_when_it_shows(client):
    page = client.get(PATH).content.decode().partition('id="quick"')[0]
    assert 'aria-current="page">Quick actions</a>' in page
    areas = {part.partition("</h3>")[0].rpartition(">")[2]: part for part in page.split("data-filter-group")[1:]}
    assert list(areas) == ["General", "Go to", "Create", "Timer and time"]
    timer = areas["Timer and time"]
    assert "Shows while a timer runs." in timer.partition('value="timer-stop"')[2].partition("</button>")[0]
    assert "log-time" not in timer  # it is there already
    assert "Shows" not in areas["Create"]


def test_nonsense_is_answered_with_a_reason(client, manager: User):
    answer = client.post(PATH, {"ids": ["nonsense"]}, headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert "nonsense" in answer.headers["HX-Trigger"]


def test_every_page_has_the_button(client, client_for, manager: User):
    manager.quick_actions = ["go-tags", "new-task"]
    manager.save()
    page = client.get("/settings/").content.decode()
    assert page.index('data-quick="go-tags"') < page.index('data-quick="new-task"')
    assert "quick-button" not in client_for(None).get("/accounts/login/").content.decode()
