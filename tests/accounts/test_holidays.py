from __future__ import annotations

import datetime as dt
import subprocess
import sys

import pytest

from accounts.holidays import days_off, places
from accounts.models import Organisation
from timetracker.events.models import Event

ORGANISATION = "/settings/organisation/"
UNITY, REFORMATION = dt.date(2026, 10, 3), dt.date(2026, 10, 31)


def test_days_off_of_a_country_and_of_a_part_of_it():
    first, last = dt.date(2026, 10, 1), dt.date(2026, 10, 31)
    assert days_off("DE", first, last) == {UNITY}
    assert days_off("DE-BB", first, last) == {UNITY, REFORMATION}


def test_both_ends_and_several_years_count():
    assert days_off("DE", UNITY, UNITY) == {UNITY}
    assert {dt.date(2026, 12, 25), dt.date(2027, 1, 1)} <= days_off("DE", UNITY, dt.date(2027, 1, 1))
    assert not days_off("DE", UNITY, UNITY - dt.timedelta(days=1))


@pytest.mark.parametrize("code", ["", "XX", "DE-XX", "de", "DE-"])
def test_no_place_has_no_days_off(code):
    assert days_off(code, dt.date(2026, 1, 1), dt.date(2026, 12, 31)) == frozenset()


def test_places_have_names():
    assert {"DE": "Germany", "DE-BE": "Germany, BE", "US-CA": "United States, CA"}.items() <= places().items()
    field = Organisation._meta.get_field("holidays")
    assert max(map(len, places())) <= field.max_length


def test_the_package_is_not_loaded_at_start():
    code = "import sys, accounts.holidays; print('holidays' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"


def data(client, **changes):
    form = client.get(ORGANISATION).context["form"]
    values = {name: form[name].value() for name in form.fields} | changes
    return {name: value for name, value in values.items() if value is not None and value is not False}


@pytest.mark.django_db
def test_the_organisation_says_where_it_is(administrator, client_for):
    client = client_for(administrator)
    assert '<option value="DE-BE">' in client.get(ORGANISATION).content.decode()
    assert client.post(ORGANISATION, data(client, holidays=" DE-BE ")).status_code == 302
    assert Organisation.objects.get().holidays == "DE-BE"
    assert Event.objects.get(type="organisation_changed").payload["changed"] == ["holidays"]
    assert client.post(ORGANISATION, data(client, holidays="")).status_code == 302
    assert Organisation.objects.get().holidays == ""


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["XX", "DE-XX", "Germany"])
def test_an_unknown_place_is_answered_at_its_field(administrator, client_for, code):
    client = client_for(administrator)
    response = client.post(ORGANISATION, data(client, holidays=code))
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["holidays"]
    assert f'value="{code}"' in response.content.decode()
    assert Organisation.objects.get().holidays == ""


@pytest.mark.django_db
def test_others_cannot_change_it(owner, client_for):
    assert client_for(owner).post(ORGANISATION, {"holidays": "DE"}).status_code == 403
