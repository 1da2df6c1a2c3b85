"""The page of one's own, its switch, the same for scripts, and that nobody else gets it."""

from __future__ import annotations

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from notifications.models import Achievement
from notifications.queries import settings_of
from notifications.services.preferences import save_settings
from tests.conftest import ClientFor
from tests.notifications.achieving import DAY, MONDAY, log, work, work_days
from tests.notifications.telling import HOUR, make_odd_notifications
from tracking.choices import Source

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}
PAGE = "/achievements/"


@pytest.fixture
def late(client_for: ClientFor, owner: User):
    """A browser on the Wednesday of the second week."""
    with time_machine.travel(MONDAY + 9 * DAY, tick=False):
        yield client_for(owner)


def text(client: Client, path: str = PAGE) -> str:
    return " ".join(client.get(path).content.decode().split())


def test_it_says_what_was_earned_and_how_far_one_is(late: Client, owner: User):
    work_days(owner, 7, hours=7.5)
    page = text(late)
    assert "7 working days in a row" in page
    assert "10 Mar 2026" in page
    assert "First entry" in page
    assert "52:30 of 100:00 h this month" in page
    assert "15:00 of 40:00 h this week" in page
    assert "7 of 30 days" in page
    assert "0 of 10 tasks" in page


def test_with_nothing_it_says_what_can_be_done(late: Client):
    page = text(late)
    assert "Nothing earned yet" in page
    assert "0 of 7 days" in page
    assert "Start the timer, or log what you have done today." in page


def test_what_does_not_count_is_not_shown_as_progress(late: Client, owner: User):
    log(owner, MONDAY + 8 * DAY, 5, MONDAY + 9 * DAY, source=Source.IMPORT)
    log(owner, MONDAY + DAY, 5, MONDAY + 9 * DAY)
    assert "0:00 of 100:00 h this month" in text(late)


def test_in_german(late: Client, owner: User):
    User.objects.filter(pk=owner.pk).update(language="de", hours_format="decimal")
    work_days(owner, 7, hours=7.5)
    page = text(late)
    assert "52,50 von 100,00 h in diesem Monat" in page
    assert "7 Arbeitstage in Folge" in page


def test_nobody_sees_anybody_elses(client_for: ClientFor, owner: User, administrator: User, lead: User):
    work_days(owner, 7)
    for person in (administrator, lead):
        assert '7 working days in a row</p><p class="text-sm text-soft">10 Mar' not in text(client_for(person))
        assert Achievement.objects.filter(person=person).count() == 0
    admin = client_for(administrator)
    row = Achievement.objects.get(kind="streak_7")
    for path in ("/admin/notifications/achievement/", f"/admin/notifications/achievement/{row.pk}/change/"):
        answer = admin.get(path)
        assert answer.status_code == 200
        for secret in ("streak", "working days", "olga", "Olga"):
            assert secret not in answer.content.decode()


def test_the_administration_opens_what_is_counted(client_for: ClientFor, owner: User, administrator: User):
    make_odd_notifications(owner, "text")
    admin = client_for(administrator)
    for model in ("achievement", "countedtime", "countedtask"):
        assert admin.get(f"/admin/notifications/{model}/").status_code == 200
        assert admin.get(f"/admin/notifications/{model}/add/").status_code == 403


def test_off_it_shows_nothing_and_offers_to_switch_on(client_for: ClientFor, owner: User):
    work(owner)
    client = client_for(owner)
    answer = client.post("/achievements/off/", follow=True)
    page = answer.content.decode()
    assert "Achievements are off" in page
    assert "First entry" not in page
    assert not settings_of(owner).achievements
    client.post("/achievements/on/")
    assert settings_of(owner).achievements
    assert "First entry" in text(client)


def test_the_settings_have_the_switch(client_for: ClientFor, owner: User):
    client = client_for(owner)
    assert 'name="achievements"' in text(client, "/settings/notifications/")
    sent = {
        "least_priority": "low", "quiet_from": "20:00", "quiet_until": "07:00", "idle_minutes": "30",
        "no_timer_minutes": "60", "summary_at": "18:00", "digest": "at_once", "digest_at": "08:00",
        "digest_weekday": "0",
    }  # fmt: skip
    assert client.post("/settings/notifications/", sent).status_code == 302
    assert not settings_of(owner).achievements
    client.post("/settings/notifications/", {**sent, "achievements": "on"})
    assert settings_of(owner).achievements


def test_it_costs_the_same_however_much_was_earned(client_for: ClientFor, owner: User):
    client = client_for(owner)

    def cost() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(PAGE, **HTMX).status_code == 200
        return len(found)

    work(owner)
    few = cost()
    for number in range(30):
        Achievement.objects.create(person=owner, kind="week_goal", mark=f"2025-01-{number + 1:02}")
    assert cost() == few <= 12
    assert client.get(f"{PAGE}?page=2").status_code == 200


def test_scripts_get_the_same(client_for: ClientFor, owner: User, teammate: User):
    with time_machine.travel(MONDAY + HOUR, tick=False):
        work(owner, MONDAY + HOUR)
        client = client_for(owner)
        found = client.get("/api/notifications/achievements/").json()
    assert found["on"] is True
    assert [(one["kind"], one["title"]) for one in found["earned"]] == [("first_entry", "First entry")]
    month = next(one for one in found["ahead"] if one["kind"] == "hours_100")
    assert (month["done"], month["goal"], month["text"]) == (3600, 360_000, "1:00 of 100:00 h this month")
    assert client_for(teammate).get("/api/notifications/achievements/").json()["earned"] == []
    assert client_for(None).get("/api/notifications/achievements/").status_code == 401
    save_settings(person=owner, achievements=False)
    client = client_for(owner)
    assert client.get("/api/notifications/achievements").json() == {"on": False, "earned": [], "ahead": []}
    assert client.get("/api/notifications/achievements/?person=2").status_code == 400
