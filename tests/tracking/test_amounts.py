"""Money in a form: with comma or point, whatever the language."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django import forms
from django.test import Client
from django.utils import translation

from accounts.models import User
from tests.conftest import ClientFor
from tests.tracking.pages import HTMX, text
from tests.work import make_client
from tracking.forms.amounts import AmountField

WRITTEN = {
    "95": "95", "95.5": "95.5", "95,50": "95.50", " 0,5 ": "0.5", "1200": "1200", "1.200,00": "1200",
    "1,200.00": "1200",
    "1,200": "1200", "1.200": "1200", "1'200.50": "1200.50", "1 200,50": "1200.50", "1,234,567.8": "1234567.8",
}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize(("typed", "meant"), WRITTEN.items())
def test_either_mark(typed: str, meant: str, language: str):
    with translation.override(language):
        assert AmountField(max_digits=10, decimal_places=2).clean(typed) == Decimal(meant)


@pytest.mark.parametrize(
    "typed", ["x", "1,2,3", "0.001", "0,125", "1.2345", "1.234.5", "12,34.56", "1.200.00", "--1", "1e3", "NaN", ","]
)
def test_what_is_no_amount_is_told_what_is(typed: str):
    with pytest.raises(forms.ValidationError, match="Write an amount such as"):
        AmountField(max_digits=10, decimal_places=2).clean(typed)


@pytest.mark.django_db
def test_the_rate_of_a_client(client_for: ClientFor, manager: User):
    browser: Client = client_for(manager)
    client = make_client(name="Acme")
    data = {"name": "Acme", "currency": "EUR", "hourly_rate": "1.095,50"}
    browser.post(f"/clients/{client.pk}/edit/", data, headers=HTMX)
    client.refresh_from_db()
    assert client.hourly_rate == Decimal("1095.50")
    refused = browser.post(f"/clients/{client.pk}/edit/", data | {"hourly_rate": "much"}, headers=HTMX)
    assert "Write an amount such as" in text(refused)
