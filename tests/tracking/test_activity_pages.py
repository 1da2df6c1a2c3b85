"""The feed over the events: who reads what, in which words, page by page."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.test import Client

from accounts.models import User
from tests.conftest import ClientFor
from tests.tracking.pages import HTMX, MOST_STATEMENTS, statements, text
from tests.work import make_entry, make_project, make_task
from timetracker.events.models import Event
from timetracker.events.registry import event_types
from tracking.services.entries import update_entry
from tracking.services.projects import create_project
from tracking.services.tasks import create_task, update_task
from tracking.services.timer import start_timer
from tracking.views.activity import AT_ONCE, sentence_of

pytestmark = pytest.mark.django_db
PAGE = "/activity/"


def feed(browser: Client, **query) -> list[str]:
    days = browser.get(PAGE, query).context["days"]
    return [f"{line.who} {line.sentence}" for _day, lines in days for line in lines]


def test_sentences_newest_first(olga: Client, owner: User):
    start_timer(user=owner, description="Sketch")
    make_entry(owner, description="Stand-up")
    assert feed(olga) == [
        "Olga Owner (you) logged time: <strong>Stand-up</strong>",
        "Olga Owner (you) started the timer: <strong>Sketch</strong>",
    ]


def test_without_a_description_the_task_or_project_is_told(olga: Client, owner: User):
    task = make_task(name="Address form")
    make_entry(owner, task=task)
    make_entry(owner, project=task.project)
    make_entry(owner)
    words = [line.removeprefix("Olga Owner (you) logged time: ") for line in feed(olga)]
    assert words == [
        "<strong>(no description)</strong>",
        f"<strong>{task.project}</strong>",
        "<strong>Address form</strong>",
    ]


def test_what_moved_is_told_by_its_label(olga: Client, owner: User):
    task = create_task(actor=owner, project=make_project(), name="Address form")
    update_task(task=task, actor=owner, status="in_progress")
    assert "moved <strong>Address form</strong> to <strong>In progress</strong>" in feed(olga)[0]


def test_every_registered_sentence_can_be_told_of_any_payload():
    for name in event_types():
        assert sentence_of(Event(type=name, payload={}))
    assert sentence_of(Event(type="from_an_old_release", payload={})) == "from an old release"


def test_markup_is_told_as_text(olga: Client, owner: User):
    make_entry(owner, description="<b>{name}</b>")
    assert "&lt;b&gt;{name}&lt;/b&gt;" in text(olga.get(PAGE))


def test_time_is_seen_by_its_person_their_leads_and_administrators(
    client_for: ClientFor, owner: User, teammate: User, lead: User, administrator: User, outsider: User
):
    make_entry(owner, description="Private matter", project=make_project())
    for person, seen in ((owner, True), (lead, True), (administrator, True), (teammate, False), (outsider, False)):
        assert ("Private matter" in text(client_for(person).get(PAGE))) == seen


def test_work_is_seen_by_those_who_see_the_project(client_for: ClientFor, manager: User, owner: User, outsider: User):
    project = create_project(actor=manager, name="Secret", is_public=False)
    project.memberships.create(user=owner)
    create_task(actor=manager, project=project, name="Hidden task")
    assert "Hidden task" in text(client_for(owner).get(PAGE))
    assert "Hidden task" not in text(client_for(outsider).get(PAGE))
    assert client_for(outsider).get(PAGE, {"project": project.pk}).status_code == 404


def test_filters(client_for: ClientFor, administrator: User, owner: User):
    project = make_project()
    make_entry(owner, description="one", project=project)
    start_timer(user=administrator, description="two")
    browser = client_for(administrator)
    assert len(feed(browser, person=owner.pk)) == len(feed(browser, project=project.pk)) == 1
    assert "two" in feed(browser, type="timer_started")[0]
    assert feed(browser, type="nonsense") == []
    assert "Nothing fits" in text(browser.get(PAGE, {"type": "nonsense"}))
    assert browser.get(PAGE, {"person": "x", "before": "-1"}).status_code == 200


def test_an_empty_feed_leads_on(olga: Client):
    assert "Nothing has happened yet" in text(olga.get(PAGE))


def test_pages_by_cursor_miss_and_repeat_nothing(olga: Client, owner: User):
    entry = make_entry(owner, description="0")
    for number in range(1, AT_ONCE + 20):
        entry = update_entry(entry=entry, actor=owner, description=str(number))
    first = olga.get(PAGE)
    start_timer(user=owner, description="meanwhile")
    second = olga.get(PAGE, {"before": first.context["older"]})
    ids = [line.event.pk for page in (first, second) for _day, lines in page.context["days"] for line in lines]
    assert len(ids) == len(set(ids)) == AT_ONCE + 20
    assert second.context["older"] is None
    assert "live:" not in text(second).partition('id="activity"')[0].rpartition("<main")[2]


def test_what_an_old_actor_did_stays_readable(olga: Client, owner: User):
    make_entry(owner, description="orphan")
    with transaction.atomic():
        Event.objects.update(actor=None, person_id=owner.pk)
    assert feed(olga) == ["Timetracker logged time: <strong>orphan</strong>"]


def test_htmx_gets_the_feed_only(olga: Client):
    assert "<html" not in text(olga.get(PAGE, headers=HTMX))


def test_statements(client_for: ClientFor, lead: User, owner: User):
    counts = []
    for rows in (1, 3):
        for _ in range(rows):
            make_entry(owner, project=make_project())
        counts.append(statements(client_for(lead), PAGE))
    assert counts[0] == counts[1] <= MOST_STATEMENTS
