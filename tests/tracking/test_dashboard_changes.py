"""The buttons of the board: with htmx and without, their Undo, and what a widget may be set to."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.test import Client

from accounts.models import Organisation, User
from tests.conftest import ClientFor
from tests.tracking.boards import add_to_registry, keep, names_of, new_widget
from tests.tracking.pages import HTMX, text, toast_of, undo
from tests.work import make_project, make_task
from timetracker.events.models import Event
from timetracker.web.answers import remembering
from timetracker.web.widgets import Range
from tracking.choices import ProjectStatus
from tracking.dashboard import board_of
from tracking.models import Project

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wednesday")]
BOARD = ("quick-stats", "time-chart", "my-tasks")
CHART = "/dashboard/widgets/time-chart/settings/"
BUTTONS: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "add": ("widgets/week-goal/add/", {}, [*BOARD, "week-goal"]),
    "remove": ("widgets/my-tasks/remove/", {}, ["quick-stats", "time-chart"]),
    "move": ("widgets/my-tasks/move/", {"step": "-1"}, ["quick-stats", "my-tasks", "time-chart"]),
    "resize": ("widgets/my-tasks/resize/", {"size": "large"}, [*BOARD]),
    "arrange": ("arrange/", {"names": BOARD[::-1]}, [*BOARD[::-1]]),
    "settings": ("widgets/time-chart/settings/", {"range": "this-week", "scope": "team"}, [*BOARD]),
    "reset": ("reset/", {}, ["recent-entries"]),
}
LOUD = {"remove", "reset"}


@pytest.fixture(autouse=True)
def _boards(owner: User) -> None:
    Organisation.objects.update(dashboard=[{"name": "recent-entries"}])
    keep(owner, *BOARD)
    keep(owner, *board_of(owner).layout)


def heard(answer: HttpResponse) -> dict[str, Any]:
    return json.loads(answer.headers.get("HX-Trigger", "{}"))


def kept(person: User) -> Any:
    return User.objects.get(pk=person.pk).dashboard


# ── Buttons ──────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("button", BUTTONS)
def test_with_htmx_and_back_again(olga: Client, owner: User, button: str):
    path, data, expected = BUTTONS[button]
    before = kept(owner)
    answer = olga.post(f"/dashboard/{path}", data, headers=HTMX)
    after = kept(owner)
    assert (answer.status_code, names_of(owner)) == (204, expected)
    assert after != before
    board = board_of(owner)
    saved = heard(answer)["layoutSaved"]
    assert saved["layout"] == board.layout
    assert saved["said"]
    assert ("toast" in heard(answer)) == (button in LOUD)
    assert ("closeDialog" in heard(answer)) == (button == "settings")
    url = (heard(answer).get("toast") or heard(answer)["undoable"])["undo_url"]
    back = olga.post(url, headers=HTMX)
    assert kept(owner) == before
    assert toast_of(back)["redo"] is True
    undo(olga, back)
    assert kept(owner) == after


@pytest.mark.parametrize("button", BUTTONS)
def test_without_htmx_each_leads_back_and_offers_an_undo(olga: Client, owner: User, button: str):
    path, data, expected = BUTTONS[button]
    before = kept(owner)
    answer = olga.post(f"/dashboard/{path}", data)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/?edit")
    assert names_of(owner) == expected
    (message,) = get_messages(answer.wsgi_request)
    assert olga.post(message.extra_tags).headers["Location"] == "/?edit"
    assert kept(owner) == before


def test_what_changes_nothing_leaves_no_step(olga: Client, owner: User):
    before = kept(owner)
    for path, data in (
        ("widgets/quick-stats/move/", {"step": "-1"}),
        ("widgets/quick-stats/add/", {}),
        ("widgets/week-goal/remove/", {}),
        ("widgets/my-tasks/resize/", {"size": "medium"}),
        ("arrange/", {"names": BOARD}),
        ("arrange/", {}),
    ):
        answer = olga.post(f"/dashboard/{path}", data, headers=HTMX)
        assert answer.status_code == 204
        assert "layoutSaved" in heard(answer)
        assert "undoable" not in heard(answer)
        assert "undo_url" not in heard(answer).get("toast", {})
    assert kept(owner) == before
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("path", "data", "said"),
    [
        ("widgets/nonsense/add/", {}, "There is no such widget."),
        ("widgets/secret/add/", {}, "There is no such widget."),
        ("widgets/week-goal/move/", {"step": "1"}, "This widget is no longer on the board."),
        ("widgets/week-goal/resize/", {"size": "small"}, "This widget is no longer on the board."),
        ("widgets/my-tasks/resize/", {"size": "giant"}, "“My open tasks” has no such size."),
        ("widgets/my-tasks/resize/", {}, "“My open tasks” has no such size."),
        ("restore/", {}, "This can no longer be undone."),
        ("restore/?was=nonsense", {}, "This can no longer be undone."),
        ("restore/{another}", {}, "This can no longer be undone."),
    ],
)
def test_what_is_refused_is_said(olga: Client, owner: User, monkeypatch, path: str, data: dict[str, str], said: str):
    add_to_registry(monkeypatch, new_widget("secret", allowed=lambda _user: False))
    before = kept(owner)
    url = f"/dashboard/{path}".format(another=remembering({"status": "active"}))
    for headers in (HTMX, None):
        answer = olga.post(url, data, headers=headers)
        assert answer.status_code == 409
        assert said in text(answer) + str(heard(answer).get("toast", ""))
    assert kept(owner) == before


def test_a_tampered_undo_is_refused(olga: Client, owner: User):
    url = toast_of(olga.post("/dashboard/widgets/my-tasks/remove/", headers=HTMX))["undo_url"]
    path, _was, signed = url.partition("?was=")
    for wrong in (signed[:-1] + ("A" if signed[-1] != "A" else "B"), "x" + signed, signed.rsplit(":", 1)[0]):
        assert olga.post(f"{path}?was={wrong}", headers=HTMX).status_code == 409
    assert names_of(owner) == ["quick-stats", "time-chart"]


def test_buttons_are_pressed_not_opened(olga: Client):
    for path, _data, _expected in BUTTONS.values():
        expected = 200 if path.endswith("settings/") else 405
        assert olga.get(f"/dashboard/{path}").status_code == expected


# ── Settings ─────────────────────────────────────────────────────────────────
def fields_of(browser: Client, name: str) -> list[str]:
    answer = browser.get(f"/dashboard/widgets/{name}/settings/", headers=HTMX)
    return re.findall(r'<select[^>]* name="(\w+)"', text(answer))


def test_only_what_a_widget_offers_is_asked(olga: Client, owner: User, monkeypatch):
    add_to_registry(
        monkeypatch,
        new_widget("ranged", ranges=(Range.THIS_WEEK, Range.THIS_MONTH)),
        new_widget("whose", by_scope=True),
        new_widget("of-one", by_project=True),
    )
    keep(owner, "time-chart", "ranged", "whose", "of-one", "my-tasks")
    assert fields_of(olga, "time-chart") == ["range", "scope", "project"]
    assert fields_of(olga, "ranged") == ["range"]
    assert fields_of(olga, "whose") == ["scope"]
    assert fields_of(olga, "of-one") == ["project"]
    for url in ("my-tasks", "week-goal", "nonsense"):
        assert olga.get(f"/dashboard/widgets/{url}/settings/").status_code == 404
    sent = {"range": "this-month", "scope": "team", "project": make_project().pk}
    assert olga.post("/dashboard/widgets/whose/settings/", sent, headers=HTMX).status_code == 204
    place = board_of(User.objects.get(pk=owner.pk)).place_of("whose")
    assert place.settings.kept() == {"scope": "team"}


def test_settings_are_kept_and_shown_again(olga: Client, owner: User):
    project = make_project(name="Website")
    olga.post(CHART, {"range": "this-month", "scope": "team", "project": project.pk}, headers=HTMX)
    assert kept(owner)[1]["settings"] == {"range": "this-month", "scope": "team", "project": project.pk}
    form = text(olga.get(CHART))
    assert re.findall(r'<option value="([^"]+)" selected', form) == ["this-month", "team", str(project.pk)]
    olga.post(CHART, {"range": "this-month", "scope": "me", "project": ""}, headers=HTMX)
    assert kept(owner)[1]["settings"] == {"range": "this-month"}


def test_what_is_wrong_stands_at_the_field(olga: Client, owner: User, outsider: User):
    hidden, closed = make_project(outsider, is_public=False), make_project(status=ProjectStatus.ARCHIVED)
    before = kept(owner)
    right = {"range": "this-week", "scope": "me", "project": ""}
    for wrong in (
        {"range": "for-ever"},
        {"range": ""},
        {"scope": "all"},
        {"project": hidden.pk},
        {"project": closed.pk},
    ):
        answer = olga.post(CHART, right | wrong)
        assert answer.status_code == 422, wrong
        assert "aria-invalid" in text(answer)
        assert olga.post(CHART, right | wrong, headers=HTMX).status_code == 200
    assert hidden.name not in text(olga.get(CHART))
    assert olga.post(CHART, {}).status_code == 200  # nothing was sent, nothing is changed
    assert kept(owner) == before


def test_a_project_that_was_closed_stays_chosen(olga: Client, owner: User):
    project = make_project(name="Website")
    sent = {"range": "this-week", "scope": "me", "project": project.pk}
    olga.post(CHART, sent, headers=HTMX)
    Project.objects.update(status=ProjectStatus.ARCHIVED)
    assert f'<option value="{project.pk}" selected' in text(olga.get(CHART))
    assert olga.post(CHART, sent | {"scope": "team"}, headers=HTMX).status_code == 204
    assert kept(owner)[1]["settings"]["project"] == project.pk


@pytest.mark.parametrize("name", ["time-chart", "upcoming-deadlines"])
def test_a_project_that_can_no_longer_be_seen_is_said(olga: Client, owner: User, manager: User, name: str):
    note = "The project chosen here cannot be seen any more"
    project = make_project(manager, (owner,), is_public=False, name="Zephyr")
    make_task(make_project(), name="Another")
    keep(owner, {"name": name, "settings": {"project": project.pk}})
    url = f"/dashboard/widgets/{name}/"
    assert note not in text(olga.get(url, headers=HTMX))
    project.memberships.filter(user=owner).delete()
    shown = text(olga.get(url, headers=HTMX))
    assert note in shown
    assert "Zephyr" not in shown + text(olga.get(f"{url}settings/"))
    project.delete()
    assert note in text(olga.get(url, headers=HTMX))


# ── Everybody's board ────────────────────────────────────────────────────────
def test_everybodys_board(client_for: ClientFor, administrator: User, owner: User, olga: Client):
    keep(administrator, "week-goal")
    for headers in (HTMX, None):
        assert olga.post("/dashboard/standard/", headers=headers).status_code == 403
    browser = client_for(administrator)
    answer = browser.post("/dashboard/standard/", headers=HTMX)
    said = "Everybody without a board of their own has this one now."
    assert (toast_of(answer)["text"], "layoutSaved" in heard(answer)) == (said, True)
    answer = browser.post("/dashboard/standard/")
    assert answer.headers["Location"] == "/?edit"
    assert said in [str(message) for message in get_messages(answer.wsgi_request)]
    assert names_of(owner) == [*BOARD]
    olga.post("/dashboard/reset/")
    assert names_of(owner) == ["week-goal"]


def test_everybodys_board_can_be_taken_back(administrator: User, owner: User, client_for: ClientFor):
    User.objects.filter(pk=owner.pk).update(dashboard=None)
    keep(administrator, "my-tasks")
    browser = client_for(administrator)
    undo = heard(browser.post("/dashboard/standard/", headers=HTMX))["toast"]["undo_url"]
    assert (names_of(owner), kept(administrator)) == (["my-tasks"], None)
    answer = heard(browser.post(undo, headers=HTMX))["toast"]
    assert answer["redo"]
    assert names_of(owner) == ["recent-entries"]  # everybody's until then
    assert [entry["name"] for entry in kept(administrator)] == ["my-tasks"]
    browser.post(answer["undo_url"], headers=HTMX)
    assert (names_of(owner), kept(administrator)) == (["my-tasks"], None)
    # What an Undo of one's own board remembers is no memory of everybody's.
    own = heard(browser.post("/dashboard/widgets/my-tasks/remove/", headers=HTMX))["toast"]["undo_url"]
    assert browser.post(f"/dashboard/standard/?{own.partition('?')[2]}", headers=HTMX).status_code == 409
