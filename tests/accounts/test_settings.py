from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from accounts.models import Organisation, User
from tests.factories import PASSWORD
from timetracker.events.models import Event

pytestmark = pytest.mark.django_db
PROFILE = "/settings/"


def answers(client, path: str = PROFILE, **changes):
    form = client.get(path).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in (values | changes).items() if value is not None and value is not False}


@pytest.fixture
def client(client_for, owner):
    return client_for(owner)


def test_everything_can_be_changed(client, owner):
    data = answers(
        client,
        display_name="Olga O.",
        time_zone="Asia/Kathmandu",
        language="de",
        week_start="6",
        hours_format="decimal",
        weekly_goal_hours="37:30",
        daily_limit_hours="9,5",
        work_starts="830",
        work_ends="17.15",
        working_days=["0", "2", "6"],
    )
    response = client.post(PROFILE, data)
    assert response.headers["Location"] == PROFILE
    owner.refresh_from_db()
    assert (owner.display_name, owner.time_zone, owner.language) == ("Olga O.", "Asia/Kathmandu", "de")
    assert (owner.week_start, owner.hours_format) == (6, "decimal")
    assert (owner.weekly_goal_hours, owner.daily_limit_hours) == (Decimal("37.5"), Decimal("9.5"))
    assert (owner.work_starts, owner.work_ends) == (dt.time(8, 30), dt.time(17, 15))
    assert owner.working_days == [0, 2, 6]
    event = Event.objects.get()
    assert event.type == "preferences_changed"
    assert set(event.payload["changed"]) >= {"time_zone", "language", "working_days"}
    again = client.get(PROFILE)
    assert again.headers["Content-Language"] == "de"
    assert 'value="37,5"' in again.content.decode()


def test_the_answer_speaks_the_new_language_already(client):
    assert client.post(PROFILE, answers(client, language="de")).headers["Content-Language"] == "de"


def test_nothing_changed_nothing_recorded(client):
    assert client.post(PROFILE, answers(client)).status_code == 302
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("time_zone", "Europe/Berln"),
        ("time_zone", ""),
        ("language", "tlh"),
        ("week_start", "7"),
        ("weekly_goal_hours", "200"),
        ("weekly_goal_hours", "much"),
        ("daily_limit_hours", "0"),
        ("work_starts", "25:00"),
        ("work_ends", "9"),
        ("working_days", ["7"]),
        ("email", "nobody"),
        ("display_name", "x" * 151),
    ],
)
def test_wrong_input_is_answered_at_its_field(client, owner, field, value):
    before = User.objects.values().get(pk=owner.pk)
    response = client.post(PROFILE, answers(client, **{field: value}))
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    if field in {"time_zone", "weekly_goal_hours", "work_starts"} and value:
        assert f'value="{value}"' in response.content.decode()
    assert {**User.objects.values().get(pk=owner.pk), "last_login": None} == {**before, "last_login": None}


def test_a_taken_address_is_told_at_its_field(client, teammate):
    data = answers(client, email=teammate.email.upper(), current_password=PASSWORD)
    errors = client.post(PROFILE, data).context["form"].errors
    assert list(errors) == ["email"], errors


@pytest.mark.parametrize("password", ["", "wrong password"])
def test_another_address_needs_the_password(client, owner, password):
    response = client.post(PROFILE, answers(client, email="new@example.org", current_password=password))
    assert list(response.context["form"].errors) == ["current_password"]
    client.post(PROFILE, answers(client, email="new@example.org", current_password=PASSWORD))
    owner.refresh_from_db()
    assert owner.email == "new@example.org"


def test_a_wrong_form_leaves_the_page_as_it_was(client):
    response = client.post(PROFILE, answers(client, display_name="Zed", weekly_goal_hours="much"))
    assert "You: Zed" not in response.content.decode()


# ── The organisation ─────────────────────────────────────────────────────────
ORGANISATION = "/settings/organisation/"


def test_organisation(administrator, client_for):
    client = client_for(administrator)
    data = answers(client, ORGANISATION, name="Kestrel & Co", currency="usd", refuse_second_timer="on")
    assert client.post(ORGANISATION, data).headers["Location"] == ORGANISATION
    organisation = Organisation.objects.get()
    assert (organisation.name, organisation.currency) == ("Kestrel & Co", "USD")
    assert organisation.refuse_second_timer
    assert not organisation.telemetry
    event = Event.objects.get()
    assert event.type == "organisation_changed"
    assert "Kestrel &amp; Co" in client.get(ORGANISATION).content.decode()


@pytest.mark.parametrize(
    ("field", "value"), [("name", ""), ("time_zone", "Mars/Olympus"), ("currency", "EURO"), ("week_start", "8")]
)
def test_organisation_wrong_input(administrator, client_for, field, value):
    client = client_for(administrator)
    response = client.post(ORGANISATION, answers(client, ORGANISATION, **{field: value}))
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert Organisation.objects.get().name == "Kestrel Studio"
