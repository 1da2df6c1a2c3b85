"""What tests of pages share."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

HTMX = {"HX-Request": "true"}
MOST_STATEMENTS = 12
NOON = dt.datetime(2026, 3, 4, 12, 0, tzinfo=dt.UTC)
"""A Wednesday. `wednesday` stops the clock there."""


def at(day: int, hour: int, minute: int = 0) -> dt.datetime:
    """In the month of NOON."""
    return dt.datetime(2026, 3, day, hour, minute, tzinfo=dt.UTC)


def statements(browser: Client, url: str, headers: dict[str, str] | None = None) -> int:
    """How many SQL statements a page takes, the second time it is asked for."""
    assert browser.get(url, headers=headers).status_code == 200
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(url, headers=headers).status_code == 200
    return len(asked)


def text(response: HttpResponse) -> str:
    return response.content.decode()


def toast_of(response: HttpResponse) -> dict[str, Any]:
    return json.loads(response.headers["HX-Trigger"])["toast"]


def undo(browser: Client, response: HttpResponse) -> HttpResponse:
    """Presses the Undo of the toast."""
    return browser.post(toast_of(response)["undo_url"], headers=HTMX)
