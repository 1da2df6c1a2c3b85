"""What follows from somebody's patterns: put away, made a rule, and shown on the board."""

from __future__ import annotations

import datetime as dt

import pytest

from accounts.models import User
from analytics.models import Dismissal
from analytics.services.patterns import last_patterns, patterns_of
from analytics.services.weights import set_weights
from tests.conftest import ClientFor
from tests.tracking.pages import HTMX, NOON, text, toast_of, undo
from tests.tracking.tiles import cost, drawn
from tests.work import make_project
from timetracker.events.models import Event
from tracking.models import TimeEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wednesday")]

API = "/api/analytics/insights/productivity-patterns"
URL = "/insights/"
ADVICE = "Keep 14:00 to 16:00 free of meetings."


@pytest.fixture
def peak(owner: User) -> User:
    """Works from 8 to 18 on 40 days, with full hours from 14 to 16 and 30 to 40 minutes in the others."""
    project, entries = make_project(owner), []
    for back in range(1, 57):
        day = (NOON - dt.timedelta(days=back)).astimezone(owner.zone).replace(hour=0, minute=0)
        if day.weekday() < 5:
            for hour in range(8, 18):
                start = day + dt.timedelta(hours=hour)
                minutes = 60 if hour in (14, 15) else 30 + (7 * hour + back) % 11
                entries.append(
                    TimeEntry(
                        user=owner, project=project, started_at=start, ended_at=start + dt.timedelta(minutes=minutes),
                        seconds=60 * minutes,
                    )
                )  # fmt: skip
    TimeEntry.objects.bulk_create(entries)
    return owner


def test_it_is_said_put_away_and_taken_out_again(client_for: ClientFor, peak: User):
    browser = client_for(peak)
    page = text(browser.get(URL))
    assert "Your fullest hours are from 14:00 to 16:00" in page
    assert ADVICE in page
    assert browser.get(API).json()["recommendations"] == [ADVICE]

    answer = browser.post(f"{URL}advice/dismiss/", {"key": "pattern:peak:14"}, headers=HTMX)
    assert toast_of(answer)["text"] == "Recommendation dismissed."
    assert "Dismissed (1)" in text(browser.get(URL))
    assert browser.get(API).json()["recommendations"] == []

    undo(browser, answer)
    assert not Dismissal.objects.exists()
    assert browser.get(API).json()["recommendations"] == [ADVICE]


def test_without_scripts_one_comes_back_to_the_page(client_for: ClientFor, owner: User):
    answer = client_for(owner).post(f"{URL}advice/dismiss/", {"key": "pattern:peak:14"})
    assert (answer.status_code, answer["Location"]) == (302, URL)


def test_it_becomes_a_rule_at_that_hour(client_for: ClientFor, peak: User):
    browser = client_for(peak)
    link = "/workflows/new/?from=focus-time&amp;at=14:00"
    assert f'href="{link}"' in text(browser.get(URL))
    builder = text(browser.get(link.replace("&amp;", "&")))
    assert 'value="14:00"' in builder
    assert "Time for one thing at a time" in builder


@pytest.mark.parametrize("at", ["", "25:00", "<script>", "9"])
def test_what_is_no_time_of_day_changes_no_rule(client_for: ClientFor, owner: User, at: str):
    builder = text(client_for(owner).get("/workflows/new/", {"from": "focus-time", "at": at}))
    assert 'value="09:00"' in builder


def test_the_board_shows_what_was_computed_last(peak: User):
    assert "Track time for a few weeks." in drawn(peak, "patterns")
    patterns_of(peak, NOON)
    html = drawn(peak, "patterns")
    assert "Your fullest hours are from 14:00 to 16:00" in html
    assert cost(peak, "patterns") <= 1


def test_the_board_without_a_pattern(owner: User, teammate: User):
    patterns_of(owner, NOON)
    assert last_patterns(owner) is not None
    assert last_patterns(teammate) is None
    assert "Track time for a few weeks." in drawn(owner, "patterns")


def test_what_stands_out_is_told_to_no_administrator(client_for: ClientFor, owner: User, administrator: User):
    for key in ("pattern:peak:14", "project:7:overdue"):
        client_for(owner).post(f"{URL}advice/dismiss/", {"key": key}, headers=HTMX)
    set_weights(user=owner, weights={"goal": 0, "focus": 3})
    browser = client_for(administrator)
    rows = text(browser.get("/admin/analytics/dismissal/"))
    assert "project:7:overdue" in rows
    assert "peak" not in rows
    own = Dismissal.objects.get(key="pattern:peak:14")
    assert browser.get(f"/admin/analytics/dismissal/{own.pk}/change/").status_code == 302  # as if it were not there
    assert "focus" not in text(browser.get(f"/admin/analytics/scoreweights/{owner.pk}/change/")).lower()
    told = Event.objects.filter(type__in=["advice_dismissed", "score_weights_changed"]).order_by("pk")
    assert [event.payload for event in told] == [
        {"key": "pattern"}, {"key": "project:7:overdue"}, {"user_id": owner.pk},
    ]  # fmt: skip
