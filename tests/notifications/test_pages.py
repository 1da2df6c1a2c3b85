"""The pages: bell, panel, everything, reminders, preferences."""

from __future__ import annotations

import pytest

from accounts.models import User
from notifications import categories
from notifications.models import Notification
from notifications.services.scheduling import schedule
from notifications.services.sending import notify

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


def tell(person: User, title: str = "Build failed", **fields) -> Notification:
    row = notify(person=person, category=categories.OWN, title=title, **fields)
    assert row is not None
    return row


@pytest.mark.parametrize("path", ["/notifications/", "/notifications/reminders/", "/notifications/bell/",
    "/notifications/panel/", "/settings/notifications/", "/notifications/reminders/new/"])  # fmt: skip
def test_every_page_opens_with_and_without_anything(client_for, owner, path):
    client = client_for(owner)
    assert client.get(path).status_code == 200
    tell(owner)
    schedule(person=owner, title="Stretch", repeats={"at": "16:30", "days": [4]})
    assert client.get(path).status_code == 200
    assert client.get(path, **HTMX).status_code == 200
