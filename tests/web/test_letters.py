"""Capital letters beyond ASCII are found by their small ones and the other way round, on every database."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection
from django.db.models.functions import Lower, Upper
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import UserFactory
from timetracker.web import sqlite

pytestmark = pytest.mark.django_db
People = get_user_model().objects


def test_searches(organisation) -> None:
    person = UserFactory.create(display_name="Übergröße 100 % Äpfel_x")
    for found in ("übergr", "ÜBERGRÖ", "100 % ä", "Äpfel_"):
        assert People.filter(display_name__icontains=found).get() == person
    for missed in ("ü%ä", "äpfel x", "über_größe", "ö\\"):
        assert not People.filter(display_name__icontains=missed).exists()
    assert People.filter(display_name__istartswith="über").exists()
    assert not People.filter(display_name__istartswith="größe").exists()
    assert People.filter(display_name__iexact="übergrößE 100 % äpfel_X").exists()
    assert not People.filter(display_name__iexact="übergröß").exists()
    assert People.annotate(low=Lower("display_name")).get(pk=person.pk).low == "übergröße 100 % äpfel_x"
    assert People.annotate(up=Upper("username")).filter(up=person.username.upper()).exists()


def test_names_are_unique_whatever_their_case(organisation) -> None:
    UserFactory.create(username="jürgen")
    with pytest.raises(IntegrityError):
        UserFactory.create(username="JÜRGEN")


def test_an_empty_value_is_no_match(organisation) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT like_any_case('%ä%', NULL), lower(NULL), upper(7)")
            assert cursor.fetchone() == (None, None, 7)


@given(st.text(), st.text(), st.text())
def test_what_stands_between_is_found(before: str, word: str, after: str) -> None:
    escaped = word.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    if word.lower() in (before + word + after).lower():
        assert sqlite._like(f"%{escaped}%", before + word + after)
