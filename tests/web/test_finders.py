"""How well a name fits what is typed."""

from __future__ import annotations

import pytest

from timetracker.web.finders import Finder, fit, register


@pytest.mark.parametrize(
    ("label", "text", "expected"),
    [
        ("Website relaunch", "website", 0),
        ("Website relaunch", "WEB", 0),
        ("Website relaunch", "website  rel", 0),
        ("Website relaunch", "rel", 1),
        ("Website relaunch", "rel web", 1),
        ("Website relaunch", "site", 2),
        ("Website relaunch", "site launch", 2),
        ("Website relaunch", "app", 3),
        ("Website relaunch", "web app", 3),
        ("Überstunden", "uber", 0),
        ("Café", "cafe\u0301", 0),
        ("Straße", "strasse", 0),
    ],
)
def test_fit(label: str, text: str, expected: int):
    assert fit(label, text) == expected


def test_a_kind_is_found_by_one():
    with pytest.raises(ValueError, match="project already"):
        register(Finder(kind="project", label="Projects", find=lambda _user, _text: []))
