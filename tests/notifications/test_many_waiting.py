"""Very many whose time has come at once: a turn takes some, and reads and writes for all of them together."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from notifications import conditions
from notifications.categories import OWN
from notifications.choices import Channel
from notifications.held import facts_of, held_back
from notifications.models import Notification, Outcome
from notifications.release import release
from notifications.services import digests
from notifications.services.digests import AGAIN, release_held
from notifications.services.preferences import save_settings, set_preferences
from notifications.services.reading import mark_read
from notifications.subjects import SUBJECTS, is_visible, may_be_seen_by_its_person
from tests.factories import UserFactory
from tests.notifications.telling import HOUR, MINUTE, NOON, tell
from tests.work import make_entry, make_project, make_task
from tracking.models import ProjectMember, TimeImport
from tracking.services.timer import start_timer

pytestmark = pytest.mark.django_db
EVENING = NOON + 6 * HOUR


def wait_for_the_evening(people: list[User], each: int = 3) -> None:
    save_settings(person=None, most_a_day=0, digest="daily", digest_at=dt.time(18))
    with time_machine.travel(NOON, tick=False):
        for person in people:
            for number in range(each):
                tell(person, f"Tea {number}")


def digests_there() -> int:
    return Notification.objects.filter(category="digest").count()


def held_by(people: list[User]) -> dict[User, list[Outcome]]:
    rows = Outcome.objects.filter(due_at__isnull=False).select_related("notification").order_by("pk")
    return {person: [row for row in rows if row.notification.user_id == person.pk] for person in people}


# ── As many as there is time for ─────────────────────────────────────────────
def test_a_turn_takes_some_and_the_next_ones_the_rest(organisation, monkeypatch):
    monkeypatch.setattr(digests, "PEOPLE_AT_ONCE", 4)
    woken: list[dt.datetime] = []
    monkeypatch.setattr(digests, "wake_clock", woken.append)
    people = UserFactory.create_batch(10)
    wait_for_the_evening(people)
    assert digests.next_release_at(NOON) == EVENING
    turns = []
    for minute in range(4):
        with time_machine.travel(EVENING + minute * MINUTE, tick=False):
            turns.append((release_held(EVENING + minute * MINUTE), digests_there()))
    assert turns == [(4, 4), (4, 8), (2, 10), (0, 10)]
    assert woken == [EVENING, EVENING + MINUTE]  # where there may be more
    assert digests.next_release_at(EVENING) is None


def test_the_facts_and_the_marks_take_as_many_statements_for_many(organisation, monkeypatch):
    """All but the making of each digest, which has a place of its own."""
    monkeypatch.setattr(digests, "notify", lambda **_fields: None)
    monkeypatch.setattr(digests, "PEOPLE_AT_ONCE", 10)
    counts = []
    for number in (1, 8):
        Notification.objects.all().delete()
        wait_for_the_evening(UserFactory.create_batch(number))
        with CaptureQueriesContext(connection) as statements, time_machine.travel(EVENING, tick=False):
            assert release_held(EVENING) == number
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 14


def test_a_turn_is_short_whatever_is_due(organisation, django_assert_max_num_queries):
    wait_for_the_evening(UserFactory.create_batch(10))
    with time_machine.travel(EVENING, tick=False), django_assert_max_num_queries(50):
        assert release_held(EVENING) == digests.PEOPLE_AT_ONCE


def test_what_fails_steps_back_and_holds_up_nobody(owner: User, teammate: User, monkeypatch):
    monkeypatch.setattr(digests, "PEOPLE_AT_ONCE", 1)
    wait_for_the_evening([teammate])
    wait_for_the_evening([owner])
    Notification.objects.filter(user=teammate).update(priority="huge")
    with time_machine.travel(EVENING, tick=False):
        with pytest.raises(ExceptionGroup):
            release_held(EVENING)
        assert (release_held(EVENING), digests_there()) == (1, 1)
        assert release_held(EVENING) == 0
    assert {item.due_at for item in held_by([teammate])[teammate]} == {EVENING + AGAIN}


# ── The rules for many are those for one ─────────────────────────────────────
def test_many_see_what_each_sees(owner, teammate, lead, manager, outsider, administrator):
    cast = [owner, teammate, lead, manager, outsider, administrator]
    hidden, public = make_project(owner, is_public=False), make_project(owner, name="Open")
    things = [hidden, public, make_task(hidden, name="Bomb"), make_task(public, name="Tea"), make_entry(owner),
              make_entry(lead), TimeImport.objects.create(actor=owner, name="x.csv")]  # fmt: skip
    ProjectMember.objects.create(project=hidden, user=manager)
    assert {type(thing).__name__.lower() for thing in things} == {"project", "task", "timeentry", "timeimport"}
    assert len(SUBJECTS) == 4
    for person in cast:
        for thing in things:
            tell(person, category=OWN, subject=thing)
    seen = set(Notification.objects.filter(may_be_seen_by_its_person()).values_list("pk", flat=True))
    rows = Notification.objects.select_related("user")
    assert seen == {row.pk for row in rows if is_visible(row.user, row.subject_type, row.subject_id)}
    assert 0 < len(seen) < rows.count()


def test_a_condition_holds_for_many_as_for_each(owner: User, teammate: User, outsider: User):
    start_timer(user=owner)
    make_entry(teammate, dt.datetime.now(dt.UTC) - HOUR)
    people = [owner, teammate, outsider]
    for name in (*conditions.CONDITIONS, "", "unknown"):
        each = {person.pk for person in people if conditions.holds(name, person)}
        assert conditions.holds_for(name, people) == each, name


def test_the_settings_of_many_are_those_of_each(owner: User, teammate: User):
    wait_for_the_evening([owner, teammate])
    save_settings(person=teammate, digest="at_once", least_priority="urgent")
    set_preferences(person=teammate, grid={"own": [Channel.CENTRE]})
    held = held_by([owner, teammate])
    facts = facts_of([owner, teammate], [item for items in held.values() for item in items], EVENING)
    assert [facts.settings[person.pk].digest for person in (owner, teammate)] == ["daily", "at_once"]
    assert len(release(owner, held[owner], facts).digests) == 1
    found = release(teammate, held[teammate], facts)
    assert ({item.reason for item in found.settled}, found.digests, found.alone) == ({"preference"}, [], [])


# ── What waits, as its person sees it ────────────────────────────────────────
def test_what_waits_is_listed_with_why_and_when(client_for, owner: User):
    save_settings(person=owner, most_a_day=0)
    row = tell(owner, "Tea")
    tell(owner, "Read")
    mark_read(person=owner, rows=owner.notifications.filter(title="Read"))
    found = held_back(owner, dt.datetime.now(dt.UTC))
    assert [(item.row, item.why, item.due_at > row.created_at) for item in found.items] == [
        (row, "More than you want in a day", True)
    ]
    said = client_for(owner).get("/settings/notifications/").content.decode()
    assert "Tea" in said
    assert "More than you want in a day" in said


def test_what_one_may_no_longer_see_is_not_listed(client_for, owner: User, teammate: User):
    save_settings(person=None, most_a_day=0)
    project = make_project(owner, (teammate,), name="Secret", is_public=False)
    tell(teammate, "About Secret", subject=project)
    assert "About Secret" in client_for(teammate).get("/settings/notifications/held/").content.decode()
    ProjectMember.objects.filter(user=teammate).delete()
    said = client_for(teammate).get("/settings/notifications/held/").content.decode()
    assert "About Secret" not in said
    assert "Nothing waits." in said


@pytest.mark.parametrize("path", ["/settings/notifications/", "/settings/notifications/held/"])
def test_the_list_takes_as_many_statements_however_long_it_is(client_for, owner: User, path: str):
    save_settings(person=owner, most_a_day=0)
    client, counts = client_for(owner), []
    client.get(path)
    for number in (1, 3, 60):
        for _turn in range(number):
            tell(owner)
        with CaptureQueriesContext(connection) as statements:
            said = client.get(path).content.decode()
        counts.append(len(statements))
    assert counts[0] == counts[1] == counts[2] <= 12
    assert "and 14 more" in said
