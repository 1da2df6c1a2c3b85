"""What is said of a week that has ended, and to whom."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import translation

from accounts.models import User
from analytics.events import DigestReady
from notifications.choices import Channel
from notifications.models import Notification
from notifications.services.preferences import set_preferences
from notifications.week_in_words import projects_in_words, week_in_words
from tests.conftest import ClientFor
from tests.notifications.telling import outcomes
from tests.work import make_project
from timetracker.events.choices import Status
from timetracker.events.dispatch import drain
from timetracker.events.models import Delivery, Event
from timetracker.events.recording import record
from timetracker.events.registry import handlers
from tracking.models import Project, ProjectMember

pytestmark = pytest.mark.django_db

HOUR = 3600
WEEK = dt.date(2026, 3, 2)


def end(person: User, *projects: Project, more: int = 0, **fields: Any) -> Event:
    """A week ends, and whoever listens has heard of it."""
    standard = {"worked_seconds": 138_000, "before_seconds": 123_000, "goal_seconds": 144_000}
    with transaction.atomic():
        event = record(
            DigestReady(
                week=WEEK,
                last=WEEK + dt.timedelta(days=6),
                user_id=person.pk,
                projects=[{"id": project.pk, "status": "critical"} for project in projects],
                projects_at_risk=len(projects) + more,
                **standard | fields,
            ),
            actor=None,
            person_id=person.pk,
        )
    drain()
    assert not Delivery.objects.exclude(status=Status.DONE).exists()
    return event


def told(person: User) -> list[tuple[str, str]]:
    return [(row.title, row.message) for row in Notification.objects.inbox(person)]


# ── In which words ───────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("worked", "before", "goal", "english", "german"),
    [
        (138_000, 123_000, 144_000, "Last week: 38:20 h, 4:10 h more than the week before, 95 % of your goal.",
         "Letzte Woche: 38:20 h, 4:10 h mehr als in der Woche davor, 95 % deines Ziels."),
        (HOUR, 2 * HOUR, None, "Last week: 1:00 h, 1:00 h less than the week before.",
         "Letzte Woche: 1:00 h, 1:00 h weniger als in der Woche davor."),
        (HOUR, HOUR, HOUR, "Last week: 1:00 h, as much as the week before, 100 % of your goal.",
         "Letzte Woche: 1:00 h, so viel wie in der Woche davor, 100 % deines Ziels."),
        (HOUR, 0, 3601, "Last week: 1:00 h, 1:00 h more than the week before, 99 % of your goal.",
         "Letzte Woche: 1:00 h, 1:00 h mehr als in der Woche davor, 99 % deines Ziels."),
        (HOUR, None, None, "Last week: 1:00 h.", "Letzte Woche: 1:00 h."),
        (0, HOUR, HOUR, "You logged no time last week.", "Du hast letzte Woche keine Zeit erfasst."),
    ],
)  # fmt: skip
def test_the_sentence(worked: int, before: int | None, goal: int | None, english: str, german: str):
    week = {"worked_seconds": worked, "before_seconds": before, "goal_seconds": goal}
    for language, words in (("en", english), ("de", german)):
        with translation.override(language):
            assert week_in_words(week, "clock") == words


def test_hours_as_the_person_writes_them():
    week = {"worked_seconds": 138_000, "before_seconds": 120_000, "goal_seconds": None}
    with translation.override("de"):
        assert week_in_words(week, "decimal") == "Letzte Woche: 38,33 h, 5,00 h mehr als in der Woche davor."


@pytest.mark.parametrize(
    ("names", "more", "english", "german"),
    [
        ([], 0, "", ""),
        (["Alpha"], 0, "1 project needs attention: Alpha", "1 Projekt braucht Aufmerksamkeit: Alpha"),
        (["Alpha", "Beta"], 0, "2 projects need attention: Alpha, Beta",
         "2 Projekte brauchen Aufmerksamkeit: Alpha, Beta"),
        (["A", "B", "C"], 2, "5 projects need attention: A, B, C, …", "5 Projekte brauchen Aufmerksamkeit: A, B, C, …"),
    ],
)  # fmt: skip
def test_the_projects(names: list[str], more: int, english: str, german: str):
    for language, words in (("en", english), ("de", german)):
        with translation.override(language):
            assert projects_in_words(names, more) == words


# ── To whom ──────────────────────────────────────────────────────────────────
def test_the_person_alone_is_told_in_their_centre(owner: User, lead: User, administrator: User):
    User.objects.filter(pk=owner.pk).update(language="de")
    end(owner, make_project(owner, name="Alpha"))
    assert told(owner) == [
        (
            "Letzte Woche: 38:20 h, 4:10 h mehr als in der Woche davor, 95 % deines Ziels.",
            "1 Projekt braucht Aufmerksamkeit: Alpha",
        )
    ]
    assert told(lead) == told(administrator) == []
    [row] = Notification.objects.of(owner)
    assert (row.category, row.url) == ("weekly_digest", "/insights/")
    held = {channel.value: "held preference" for channel in Channel if channel != Channel.CENTRE}
    assert outcomes(row) == {"centre": "sent", **held}


def test_however_often_it_is_handed_over_it_is_told_once(owner: User):
    event = end(owner)
    handlers()["notifications.weekly_digest"].function(event)
    assert len(told(owner)) == 1


def test_whoever_switched_it_off_is_told_nothing(owner: User):
    set_preferences(person=owner, grid={"weekly_digest": []})
    end(owner)
    assert told(owner) == []


def test_whoever_has_left_or_is_removed_is_told_nothing(owner: User, former: User):
    end(former)
    number = owner.pk
    owner.delete()
    end(User(pk=number))
    assert not Notification.objects.exists()


def test_the_preferences_have_a_row_for_it(client_for: ClientFor, owner: User):
    page = client_for(owner).get("/settings/notifications/").content.decode()
    assert "Your week in numbers" in page
    labels = [f'aria-label="Your week in numbers: {channel.label}"' for channel in Channel]
    boxes = [box.partition(">")[0] for label in labels for box in page.split("<input") if label in box]
    assert [" checked" in box for box in boxes] == [True, False, False, False, False, False]


def test_the_notification_leads_to_ones_insights(client_for: ClientFor, owner: User):
    end(owner)
    browser: Client = client_for(owner)
    [row] = Notification.objects.of(owner)
    assert browser.get(f"/notifications/{row.pk}/open/").headers["Location"] == "/insights/"
    assert browser.get("/insights/").status_code == 200


# ── Projects, by the rights of the day on which it is told ───────────────────
def test_what_is_closed_gone_or_anothers_by_then_is_left_out(owner: User, teammate: User):
    kept, archived, gone, given = (make_project(owner, name=name) for name in ("Kept", "Archived", "Gone", "Given"))
    lost = make_project(owner, name="Lost", is_public=False)
    Project.objects.filter(pk=archived.pk).update(status="archived")
    ProjectMember.objects.filter(project=given).update(user=teammate)
    ProjectMember.objects.filter(project=lost).delete()
    listed = Project(pk=gone.pk)
    gone.delete()
    end(owner, archived, lost, kept, listed, given, more=1)
    assert told(owner)[0][1] == "2 projects need attention: Kept, …"


def test_the_worst_stays_first(owner: User):
    end(owner, make_project(owner, name="Zebra"), make_project(owner, name="Ant"))
    assert told(owner)[0][1] == "2 projects need attention: Zebra, Ant"


def test_of_no_work_and_projects_that_are_closed_by_then_nothing_is_told(owner: User):
    end(owner, make_project(owner, status="archived"), worked_seconds=0)
    assert told(owner) == []
    end(owner, make_project(owner, name="Alpha"), worked_seconds=0)
    assert told(owner) == [("You logged no time last week.", "1 project needs attention: Alpha")]
