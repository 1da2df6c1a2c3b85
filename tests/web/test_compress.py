"""Pages go out compressed to whoever takes them so; files and streams as they are."""

from __future__ import annotations

import gzip

import pytest
from django.test import Client

from accounts.models import User
from tests.conftest import ClientFor

pytestmark = pytest.mark.django_db
TAKES = {"Accept-Encoding": "gzip"}


@pytest.fixture
def olga(client_for: ClientFor, owner: User) -> Client:
    return client_for(owner)


def test_a_page_is_a_third_of_its_size_or_less(olga: Client):
    plain, packed = olga.get("/entries/"), olga.get("/entries/", headers=TAKES)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.content) * 3 < len(plain.content)
    assert b'id="main"' in gzip.decompress(packed.content)
    assert "Accept-Encoding" in packed.headers["Vary"]


def test_two_answers_of_one_page_differ_in_length(olga: Client):
    assert len({len(olga.get("/entries/", headers=TAKES).content) for _ in range(8)}) > 1


@pytest.mark.parametrize("path", ["/api/time-entries/", "/healthz", "/settings/shortcuts/names/"])
def test_what_is_no_page_is_left_alone(olga: Client, path: str):
    assert "Content-Encoding" not in olga.get(path, headers=TAKES).headers
