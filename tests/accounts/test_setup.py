"""First run: one link, one administrator, then closed."""

from __future__ import annotations

import re
import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.choices import Role
from accounts.middleware import FirstRunMiddleware
from accounts.models import Organisation, User
from accounts.services.setup import finish_set_up, issue_setup_link
from accounts.signals import set_up_finished
from tests.factories import PASSWORD, UserFactory
from timetracker.events.models import Event
from timetracker.live.signals import server_ready
from timetracker.web.errors import Conflict

pytestmark = pytest.mark.django_db
ANSWERS = {
    "organisation_name": "Kestrel Studio",
    "time_zone": "Europe/Berlin",
    "currency": "chf",
    "week_start": "6",
    "display_name": "Ada Admin",
    "username": "ada",
    "email": "Ada@Example.org",
    "password": PASSWORD,
    "start": "empty",
}


@pytest.fixture
def empty(monkeypatch) -> None:
    monkeypatch.setattr(FirstRunMiddleware, "set_up", False)


@pytest.fixture
def link(empty) -> str:
    return path_of(issue_setup_link())


def path_of(link: str | None) -> str:
    assert link is not None
    return "/" + link.split("/", 3)[3]


def secret_of(path: str) -> str:
    return path.split("/")[2]


def test_every_page_leads_to_the_word_where_the_link_is(client: Client, link):
    for path in ["/", "/people/", "/accounts/login/", "/admin/", "/nowhere/"]:
        assert client.get(path).headers["Location"] == reverse("accounts:setup-needed")
    page = client.get(reverse("accounts:setup-needed"))
    assert page.status_code == 200
    assert "manage.py setup_link" in page.content.decode()
    assert secret_of(link) not in page.content.decode()


def test_the_api_says_401_and_machines_get_their_answer(client: Client, empty):
    assert client.get("/api/me/").status_code == 401
    assert client.get("/healthz").status_code == 200


def test_set_up(client: Client, link, django_capture_on_commit_callbacks):
    heard = []

    def hear(sender, **news):
        heard.append(news)

    set_up_finished.connect(hear)
    assert client.get(link).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(link, ANSWERS)
    set_up_finished.disconnect(hear)
    assert response.headers["Location"] == reverse("tracking:start")

    person = User.objects.get()
    organisation = Organisation.objects.get()
    assert (person.username, person.email, person.role) == ("ada", "ada@example.org", Role.ADMINISTRATOR)
    assert (person.time_zone, person.week_start, person.language) == ("Europe/Berlin", 6, "en")
    assert person.check_password(PASSWORD)
    assert (organisation.name, organisation.currency, organisation.week_start) == ("Kestrel Studio", "CHF", 6)
    assert (organisation.telemetry, organisation.setup_token_hash) == (False, "")
    assert organisation.set_up_at
    assert client.session["_auth_user_id"] == str(person.pk)
    assert [(news["administrator"], news["load_demo"]) for news in heard] == [(person, False)]
    assert list(Event.objects.order_by("pk").values_list("type", flat=True)) == ["organisation_set_up", "person_joined"]


def test_demo_data_and_telemetry_are_passed_on(client: Client, link, django_capture_on_commit_callbacks, settings):
    settings.POSTHOG_API_KEY = "phc_key"
    heard = []
    set_up_finished.connect(hear := lambda sender, **news: heard.append(news["load_demo"]))
    with django_capture_on_commit_callbacks():  # not run: loading it is another matter
        client.post(link, {**ANSWERS, "start": "demo", "telemetry": "on"})
    set_up_finished.disconnect(hear)
    assert Organisation.objects.get().telemetry
    assert heard == []


def test_the_box_of_telemetry_is_empty_and_leads_to_what_is_sent(client: Client, link, settings):
    settings.POSTHOG_API_KEY = "phc_key"
    page = client.get(link)
    field = page.context["form"]["telemetry"]
    assert not field.value()
    assert not field.field.disabled
    assert "checked" not in str(field)
    assert reverse("analytics:telemetry-registry") in page.content.decode()
    assert client.get(reverse("analytics:telemetry-registry")).status_code == 200


def test_without_a_key_nobody_can_agree(client: Client, link):
    page = client.get(link)
    assert page.context["form"].fields["telemetry"].disabled
    assert "POSTHOG_API_KEY" in page.content.decode()
    client.post(link, {**ANSWERS, "telemetry": "on"})
    assert not Organisation.objects.get().telemetry


def test_the_language_is_the_browsers(client: Client, link):
    client.post(link, ANSWERS, headers={"Accept-Language": "de-AT,de;q=0.9"})
    assert User.objects.get().language == "de"


def test_the_browsers_zone_is_guessed_until_something_was_typed(client: Client, link):
    assert "data-guess-zone" in client.get(link).content.decode()
    again = client.post(link, {**ANSWERS, "time_zone": "Europe/Berln"})
    assert "data-guess-zone" not in again.content.decode()
    assert 'value="Europe/Berln"' in again.content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "with space"),
        ("username", ""),
        ("email", "nobody"),
        ("password", "short"),
        ("password", "0123456789012"),
        ("password", "ada-admin-1"),
        ("time_zone", "Mars/Olympus"),
        ("currency", "EURO"),
        ("organisation_name", "x" * 121),
        ("week_start", "9"),
    ],
)
def test_wrong_input_is_answered_at_its_field(client: Client, link, field, value):
    response = client.post(link, {**ANSWERS, field: value})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    kept = response.content.decode()
    assert field == "display_name" or 'value="Ada Admin"' in kept
    assert PASSWORD not in kept
    assert not User.objects.exists()


def test_closed_as_soon_as_somebody_exists(client: Client, link):
    UserFactory.create()
    for response in (client.get(link), client.post(link, ANSWERS)):
        assert response.status_code == 404
        assert "Set up already" in response.content.decode()
    assert User.objects.count() == 1
    assert issue_setup_link() is None
    assert client.get(reverse("accounts:setup-needed")).headers["Location"] == "/"


def test_only_the_latest_link_works(client: Client, link):
    newer = path_of(issue_setup_link())
    assert client.get(link).status_code == 404
    assert client.get("/setup/guess/").status_code == 404
    assert client.get(newer).status_code == 200


def test_the_second_of_two_submits_makes_nobody(link):
    answers = {name: value for name, value in ANSWERS.items() if name != "start"} | {"week_start": 0, "currency": "EUR"}
    finish_set_up(secret=secret_of(link), **answers)
    with pytest.raises(Conflict):
        finish_set_up(secret=secret_of(link), **{**answers, "username": "eve", "email": "eve@example.org"})
    assert User.objects.get().username == "ada"


@pytest.mark.django_db(transaction=True)
def test_two_submits_at_once_make_one_administrator(empty):
    path = path_of(issue_setup_link())
    statuses: list[int] = []

    def submit(username: str) -> None:
        answers = {**ANSWERS, "username": username, "email": f"{username}@example.org"}
        statuses.append(Client().post(path, answers).status_code)
        connection.close()

    threads = [threading.Thread(target=submit, args=[name]) for name in ("ada", "eve", "ina", "uma")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [302, 404, 404, 404]
    assert User.objects.count() == 1


def test_start_up_prints_the_link_of_an_empty_instance_only(empty):
    printed: list[str] = []
    server_ready.send(sender=None, url="http://localhost:8000", write=printed.append)
    assert re.search(r"http://localhost:\d+/setup/[\w-]{40,}/", "".join(printed))
    UserFactory.create()
    printed.clear()
    server_ready.send(sender=None, url="http://localhost:8000", write=printed.append)
    assert printed == []


def test_setup_link_command(capsys, empty, client):
    call_command("setup_link")
    printed = capsys.readouterr().out.strip()
    assert client.get(path_of(printed)).status_code == 200
    UserFactory.create()
    with pytest.raises(CommandError):
        call_command("setup_link")


def test_createsuperuser_gives_safe_defaults(monkeypatch, empty, client):
    monkeypatch.setenv("DJANGO_SUPERUSER_USERNAME", "root")
    monkeypatch.setenv("DJANGO_SUPERUSER_EMAIL", "Root@Example.org")
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", "--noinput", verbosity=0)
    person, organisation = User.objects.get(), Organisation.objects.get()
    assert (person.is_administrator, person.email) == (True, "root@example.org")
    assert (organisation.telemetry, organisation.time_zone, organisation.setup_token_hash) == (False, "UTC", "")
    signed_in = client.post(reverse("account_login"), {"login": "root", "password": PASSWORD})
    assert signed_in.headers["Location"] == "/"
