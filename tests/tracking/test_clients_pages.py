from __future__ import annotations

from decimal import Decimal

import pytest

from accounts.models import User
from tests.conftest import ClientFor
from tests.tracking.pages import HTMX, MOST_STATEMENTS, statements, text, toast_of, undo
from tests.work import make_client, make_project
from timetracker.events.models import Event
from tracking.models import Client

pytestmark = pytest.mark.django_db

LIST = "/clients/"


def test_who_sees_which_client(client_for: ClientFor, manager: User, owner: User, outsider: User):
    open_to_all, closed = make_client(name="Acme"), make_client(name="Brewery")
    make_project(client=open_to_all)
    make_project(manager=owner, client=closed, is_public=False)
    make_client(name="Cargo")

    assert all(name in text(client_for(manager).get(LIST)) for name in ("Acme", "Brewery", "Cargo"))
    assert "Brewery" in text(client_for(owner).get(LIST))
    assert "Cargo" not in text(client_for(owner).get(LIST))
    assert "Brewery" not in text(client_for(outsider).get(LIST))
    assert client_for(outsider).get(f"/clients/{closed.pk}/").status_code == 404
    assert client_for(owner).get(f"/clients/{closed.pk}/").status_code == 200
    assert client_for(None).get(LIST).status_code == 302


def test_the_rate_is_for_those_who_may_know_it(client_for: ClientFor, manager: User, owner: User):
    acme = make_client(name="Acme", hourly_rate=Decimal("87.65"))
    make_project(client=acme)

    for url in (LIST, f"/clients/{acme.pk}/"):
        assert "87.65" in text(client_for(manager).get(url))
        assert "87.65" not in text(client_for(owner).get(url))


@pytest.mark.parametrize("url", ["/clients/new/", "/clients/{pk}/edit/"])
def test_a_member_changes_no_client(client_for: ClientFor, owner: User, url: str):
    acme = make_client()
    make_project(client=acme)

    assert client_for(owner).get(url.format(pk=acme.pk)).status_code == 403
    assert client_for(owner).post(f"/clients/{acme.pk}/archive/").status_code == 403
    assert client_for(owner).post(f"/clients/{acme.pk}/delete/").status_code == 403
    assert client_for(owner).post("/clients/archive/", {"ids": [acme.pk]}).status_code == 403
    assert not Client.objects.get().archived


def test_create_in_the_dialog(client_for: ClientFor, manager: User):
    browser = client_for(manager)
    assert "dialog-title" in text(browser.get("/clients/new/", headers=HTMX))
    answer = browser.post("/clients/new/", {"name": "Acme", "currency": "chf", "hourly_rate": "90.50"}, headers=HTMX)

    assert answer.status_code == 204
    assert "Acme" in toast_of(answer)["text"]
    assert Client.objects.values_list("currency", "hourly_rate").get() == ("CHF", Decimal("90.50"))
    assert Event.objects.get().type == "client_created"


def test_create_without_scripts(client_for: ClientFor, manager: User):
    answer = client_for(manager).post("/clients/new/", {"name": "Acme", "currency": "EUR"})

    assert answer.status_code == 302
    assert answer.url == f"/clients/{Client.objects.get().pk}/"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "aCME"),
        ("currency", "euro"),
        ("email", "nobody"),
        ("hourly_rate", "-1"),
        ("note", "x" * 2001),
    ],
)
def test_a_wrong_field_keeps_what_was_typed(client_for: ClientFor, manager: User, field: str, value: str):
    make_client(name="Acme")
    typed = {"name": "Brewery", "currency": "EUR", "email": "", "note": "since 1998", field: value}
    page = client_for(manager).post("/clients/new/", typed, headers=HTMX)

    assert page.status_code == 200
    assert f'id="client_{field}_error"' in text(page)
    assert field == "note" or "since 1998" in text(page)
    assert Client.objects.count() == 1


def test_two_tabs_do_not_overwrite_each_other(client_for: ClientFor, manager: User):
    acme = make_client(name="Acme", note="old")
    url, browser = f"/clients/{acme.pk}/edit/", client_for(manager)
    typed = {"name": "Acme", "currency": "EUR", "version": acme.version}
    browser.post(url, {**typed, "note": "first tab"}, headers=HTMX)
    page = browser.post(url, {**typed, "note": "second tab"}, headers=HTMX)

    assert page.status_code == 200
    assert "first tab" in text(page)
    assert "second tab" in text(page)
    acme.refresh_from_db()
    assert acme.note == "first tab"
    browser.post(url, {**typed, "note": "second tab", "version": page.context["form"].data["version"]}, headers=HTMX)
    acme.refresh_from_db()
    assert acme.note == "second tab"


def test_archive_and_undo(client_for: ClientFor, manager: User):
    acme, browser = make_client(name="Acme"), client_for(manager)
    answer = browser.post(f"/clients/{acme.pk}/archive/", headers=HTMX)

    assert "Acme" not in text(browser.get(LIST, headers=HTMX))
    assert "Acme" in text(browser.get(f"{LIST}?show=archived", headers=HTMX))
    undo(browser, answer)
    assert "Acme" in text(browser.get(LIST, headers=HTMX))


def test_archive_several_and_undo(client_for: ClientFor, manager: User):
    ids, browser = [make_client().pk for _ in range(3)], client_for(manager)
    answer = browser.post("/clients/archive/", {"ids": [*ids[:2], 99999]}, headers=HTMX)

    assert Client.objects.filter(archived_at=None).count() == 1
    assert "2" in toast_of(answer)["text"]
    assert "no longer there" in toast_of(answer)["text"]
    assert toast_of(answer)["level"] == "warning"
    undo(browser, answer)
    assert Client.objects.filter(archived_at=None).count() == 3


def test_delete_only_what_is_unused(client_for: ClientFor, manager: User):
    unused, used = make_client(), make_client()
    make_project(client=used)
    browser = client_for(manager)

    assert "/delete/" in text(browser.get(f"/clients/{unused.pk}/"))
    assert "/delete/" not in text(browser.get(f"/clients/{used.pk}/"))
    assert browser.post(f"/clients/{unused.pk}/delete/", headers=HTMX).headers["HX-Redirect"] == LIST
    refused = browser.post(f"/clients/{used.pk}/delete/", headers=HTMX)
    assert refused.status_code == 409
    assert "Archive it instead" in toast_of(refused)["text"]
    assert list(Client.objects.all()) == [used]


def test_search_sort_and_pages(client_for: ClientFor, manager: User):
    for number in range(52):
        make_client(name=f"Client {number:02}", email="x@acme.example" if number == 7 else "")
    browser = client_for(manager)

    found = [client.name for client in browser.get(f"{LIST}?q=ACME").context["page"]]
    assert found == ["Client 07"]
    last = browser.get(f"{LIST}?sort=-name&q=&page=1").context["page"]
    assert last.items[0].name == "Client 51"
    assert last.has_next
    assert len(browser.get(f"{LIST}?page=2").context["page"]) == 2
    assert browser.get(f"{LIST}?sort=nonsense&show=what&page=x&q={'q' * 200}").status_code == 200


def test_empty_lists_offer_the_next_step(client_for: ClientFor, manager: User, owner: User):
    assert "/clients/new/" in text(client_for(manager).get(LIST, headers=HTMX))
    assert "/clients/new/" not in text(client_for(owner).get(LIST, headers=HTMX))
    make_client()
    assert "Nothing matches" in text(client_for(manager).get(f"{LIST}?q=zzz"))


@pytest.mark.parametrize("url", [LIST, "/clients/{pk}/"])
def test_statements(client_for: ClientFor, manager: User, url: str):
    first = make_client()
    make_project(client=first)
    browser, url = client_for(manager), url.format(pk=first.pk)
    at_one = statements(browser, url)
    for _ in range(2):
        make_project(client=make_client())
        make_project(client=first)

    assert statements(browser, url) == at_one
    assert at_one <= MOST_STATEMENTS
