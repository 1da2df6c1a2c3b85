"""How Timetracker looks to one person."""

from __future__ import annotations

import re

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.services.profile import update_profile
from timetracker.events.models import Event

pytestmark = pytest.mark.django_db
PAGE = "/settings/appearance/"
HTMX = {"HX-Request": "true"}
ALL = {
    "theme": "dark",
    "look": "paper",
    "accent": "#15803d",
    "own_accent": "#2f6fde",
    "text_size": "large",
    "density": "compact",
    "sidebar_collapsed": "True",
}
HOSTILE = ["red", "#12345", "#gggggg", "#2f6fde;}", "url(//x)", "#2f6fde\x00", "#٣٣٣٣٣٣", "x" * 500]


@pytest.fixture
def client(client_for, owner):
    return client_for(owner)


def shown(response) -> dict[str, str]:
    """What <html> says."""
    return dict(re.findall(r'data-([\w-]+)="([^"]*)"', response.content.decode().split("<head>")[0]))


def kept(owner):
    owner.refresh_from_db()
    return {name: getattr(owner, name) for name in ALL if name != "own_accent"}


# ── The service ──────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("typed", "saved"), [(" #ABC ", "#aabbcc"), ("#2F6FDE", "#2f6fde"), ("", "")])
def test_an_accent_is_written_in_one_way(owner, typed, saved):
    assert update_profile(person=owner, accent=typed).accent == saved


@pytest.mark.parametrize("accent", HOSTILE)
def test_what_is_no_colour_is_refused(owner, accent):
    with pytest.raises(ValidationError) as refused:
        update_profile(person=owner, accent=accent)
    assert list(refused.value.message_dict) == ["accent"]
    assert kept(owner)["accent"] == ""


@pytest.mark.parametrize("field", ["theme", "look", "text_size", "density"])
def test_a_choice_that_does_not_exist_is_refused(owner, field):
    with pytest.raises(ValidationError) as refused:
        update_profile(person=owner, **{field: "pink"})
    assert list(refused.value.message_dict) == [field]


# ── The page ─────────────────────────────────────────────────────────────────
def test_all_of_it_without_scripts(client, owner):
    assert client.post(PAGE, ALL).headers["Location"] == PAGE
    assert kept(owner) == {
        "theme": "dark", "look": "paper", "accent": "#15803d", "text_size": "large", "density": "compact",
        "sidebar_collapsed": True,
    }  # fmt: skip
    assert set(Event.objects.get().payload["changed"]) == set(kept(owner))
    page = client.get(PAGE)
    assert shown(page) == {
        "theme": "dark", "look": "paper", "text": "large", "density": "compact", "sidebar": "collapsed",
    }  # fmt: skip
    assert 'href="/appearance/15803d.css?v=' in page.content.decode()


def test_nothing_chosen_is_what_everybody_gets(client):
    page = client.get(PAGE)
    assert shown(page) == {"look": "calm", "text": "normal", "density": "comfortable", "sidebar": "open"}
    assert 'href="/appearance/' not in page.content.decode()


def test_the_own_colour_counts_when_it_is_chosen(client, owner):
    client.post(PAGE, ALL | {"accent": "own", "own_accent": "#ABCDEF"})
    assert kept(owner)["accent"] == "#abcdef"
    assert 'value="#abcdef"' in client.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("sent", "saved"),
    [
        ({"look": "contrast"}, {"look": "contrast"}),
        ({"theme": "light"}, {"theme": "light"}),
        ({"sidebar_collapsed": "True"}, {"sidebar_collapsed": True}),
        ({"accent": "own", "own_accent": "#abcdef"}, {"accent": "#abcdef"}),
    ],
)
def test_one_choice_leaves_the_others_alone(client, owner, sent, saved):
    """Another page, which shows an older state, must not put that back."""
    before = kept(owner)
    assert client.post(PAGE, sent, headers=HTMX).status_code == 204
    assert kept(owner) == before | saved


@pytest.mark.parametrize("accent", HOSTILE)
def test_a_hostile_accent_is_told(client, owner, accent):
    response = client.post(PAGE, {"accent": accent}, headers=HTMX)
    assert response.status_code == 422
    assert '"level": "error"' in response.headers["HX-Trigger"]
    response = client.post(PAGE, ALL | {"accent": accent})
    assert response.status_code == 422
    assert "accent" in response.context["form"].errors
    assert "data-accent>" not in response.content.decode()
    assert kept(owner)["accent"] == ""


@pytest.mark.parametrize("field", ["theme", "look", "text_size", "density", "sidebar_collapsed"])
def test_a_wrong_choice_is_answered_at_its_field(client, field):
    response = client.post(PAGE, ALL | {field: "pink"})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert shown(response) == {"look": "calm", "text": "normal", "density": "comfortable", "sidebar": "open"}


def test_pages_beside_the_frame_look_the_same(client, owner):
    update_profile(person=owner, theme="dark", look="paper", text_size="largest", accent="#2f6fde")
    page = client.get("/accounts/logout/")
    assert shown(page).items() >= {"theme": "dark", "look": "paper", "text": "largest"}.items()
    assert 'href="/appearance/2f6fde.css?v=' in page.content.decode()


def test_nobody_has_no_look(client_for):
    assert shown(client_for(None).get("/accounts/login/")) == {}


# ── The switches ─────────────────────────────────────────────────────────────
@pytest.mark.parametrize("theme", ["dark", "light", "system"])
def test_theme_switch(client, owner, theme):
    assert client.post("/settings/theme/", {"theme": theme}, headers=HTMX).status_code == 204
    assert kept(owner)["theme"] == theme
    assert client.post("/settings/theme/", {"theme": theme}).headers["Location"] == "/settings/"


def test_sidebar_switch(client, owner):
    for sent, saved in (("true", True), ("false", False)):
        assert client.post("/settings/sidebar/", {"collapsed": sent}, headers=HTMX).status_code == 204
        assert kept(owner)["sidebar_collapsed"] is saved
    assert client.post("/settings/sidebar/", {"collapsed": "true"}).headers["Location"] == PAGE


@pytest.mark.parametrize(("path", "name"), [("/settings/theme/", "theme"), ("/settings/sidebar/", "collapsed")])
def test_switches_refuse_nonsense(client, path, name):
    assert client.post(path, {name: "pink"}).status_code == 400
    assert client.post(path).status_code == 400
    assert client.get(path).status_code == 405


# ── The style sheet of an accent ─────────────────────────────────────────────
@pytest.mark.parametrize("signed_in", [True, False])
def test_an_accent_is_a_style_sheet_that_is_kept(client_for, owner, signed_in):
    response = client_for(owner if signed_in else None).get("/appearance/2f6fde.css")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/css; charset=utf-8"
    assert set(response.headers["Cache-Control"].split(", ")) == {"public", "max-age=31536000", "immutable"}
    assert "--color-primary:#" in response.content.decode()


@pytest.mark.parametrize("digits", ["2f6fd", "2F6FDE", "red", "2f6fde;}", "2f6fdeaa", "٣٣٣٣٣٣", "%0a2f6fd"])
def test_nothing_else_is_a_style_sheet(client, digits):
    assert client.get(f"/appearance/{digits}.css").status_code == 404


def test_the_styles_address_is_known(client):
    assert reverse("accounts:accent", args=["2f6fde"]) == "/appearance/2f6fde.css"
    assert client.post("/appearance/2f6fde.css").status_code == 405
