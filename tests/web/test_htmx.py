import json
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django_htmx.middleware import HtmxDetails

from timetracker.web.htmx import hx_response, toast
from timetracker.web.pagination import LAST_PAGE, page_of

pytestmark = pytest.mark.usefixtures("rooms_alone")
HTMX = {"HX-Request": "true"}


def test_a_page_and_its_partial(client: Client) -> None:
    whole, partial = client.get("/numbers/"), client.get("/numbers/", headers=HTMX)
    assert "<h1>" in whole.content.decode()
    assert partial.content.decode() == "<p>0 1 2 ?page=2</p>"
    for response in (whole, partial):
        assert "HX-Request" in response.headers["Vary"]


@pytest.mark.parametrize("header", ["HX-Boosted", "HX-History-Restore-Request"])
def test_boosted_links_and_the_history_get_the_page(client: Client, header: str) -> None:
    assert "<h1>" in client.get("/numbers/", headers={**HTMX, header: "true"}).content.decode()


def request(path: str = "/here/?a=1", **headers: str) -> Any:
    found = RequestFactory().get(path, headers=headers)
    found.htmx = HtmxDetails(found)
    return found


def test_answers_without_a_page() -> None:
    assert hx_response(request(**HTMX)).status_code == 204
    assert hx_response(request(**HTMX), redirect="/there/").headers["HX-Redirect"] == "/there/"
    assert json.loads(hx_response(request(**HTMX), location="/there/").headers["HX-Location"]) == {"path": "/there/"}
    assert hx_response(request(**HTMX), refresh=True).headers["HX-Refresh"] == "true"
    both = hx_response(request(**HTMX), trigger={"saved": {"id": 1}, "closed": {}})
    assert json.loads(both.headers["HX-Trigger"]) == {"saved": {"id": 1}, "closed": {}}


def test_answers_without_htmx() -> None:
    for options in ({"redirect": "/there/"}, {"location": "/there/"}):
        response = hx_response(request(), **options)
        assert (response.status_code, response.headers["Location"]) == (302, "/there/")
    assert hx_response(request(), refresh=True).headers["Location"] == "/here/?a=1"


def test_toasts() -> None:
    response = toast(HttpResponse(), "Entry deleted.", undo_url="/entries/1/restore/")
    assert json.loads(response.headers["HX-Trigger"]) == {
        "toast": {"text": "Entry deleted.", "level": "success", "undo_url": "/entries/1/restore/"}
    }
    assert json.loads(toast(HttpResponse(), "x", "error").headers["HX-Trigger"])["toast"]["level"] == "error"


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_toast_on_the_next_page(client: Client, headers: dict[str, str]) -> None:
    response = client.get("/leave/", headers=headers)
    assert response.headers.get("HX-Redirect", response.headers.get("Location")) == "/numbers/"
    assert [(str(found), found.level_tag) for found in get_messages(response.wsgi_request)] == [("Saved.", "success")]


@pytest.mark.parametrize(
    ("query", "items", "following", "previous"),
    [
        ("", [0, 1, 2], "?page=2", ""),
        ("?page=2", [3, 4, 5], "?page=3", "?"),
        ("?page=3&q=a%26b", [6], "", "?q=a%26b&page=2"),
        ("?page=99", [], "", "?page=98"),
        ("?page=0", [0, 1, 2], "?page=2", ""),
        ("?page=-1", [0, 1, 2], "?page=2", ""),
        ("?page=x", [0, 1, 2], "?page=2", ""),
        ("?page=²", [0, 1, 2], "?page=2", ""),
        ("?page=99999999999999999999", [0, 1, 2], "?page=2", ""),
        ("?page=99999999", [], "", f"?page={LAST_PAGE - 1}"),
    ],
)
def test_pages(query: str, items: list[int], following: str, previous: str) -> None:
    page = page_of(list(range(7)), request(f"/{query}"), per_page=3)
    assert (list(page), page.next_query, page.previous_query) == (items, following, previous)
    assert (page.has_next, page.has_previous) == (bool(following), bool(previous))
    assert (len(page), bool(page)) == (len(items), bool(items))


def test_a_list_that_fits() -> None:
    assert page_of([1, 2, 3], request("/"), per_page=3).is_only
