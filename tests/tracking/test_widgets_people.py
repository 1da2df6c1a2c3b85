"""Who is at work now."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.test import Client

from accounts.models import Team, User
from tests.factories import UserFactory
from tests.tracking.pages import NOON, at
from tests.tracking.tiles import MOST_STATEMENTS, cost, drawn, read
from tests.work import make_client, make_entry, make_project, make_task
from tracking.models import Project, TimeEntry
from tracking.services.entries import delete_entry
from tracking.services.timer import pause_timer, start_timer, stop_timer

pytestmark = pytest.mark.django_db
NAME = "team-now"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def colleagues(team: Team, number: int, prefix: str = "person") -> list[User]:
    people = [UserFactory.create(username=f"{prefix}{place}") for place in range(number)]
    for person in people:
        team.memberships.create(user=person)
    return people


def names(found: dict) -> tuple[list[str], list[str]]:
    return [entry.user.username for entry, _total in found["running"]], [each.username for each in found["stopped"]]


def test_who_works_on_what_and_who_stopped_last(lead: User, owner: User, teammate: User, team: Team, clock):
    [late] = colleagues(team, 1, "late")
    make_entry(teammate, at(4, 8), 60)
    make_entry(late, at(4, 10), 100)
    start_timer(user=owner, project=make_project(name="Website"), description="Review")
    clock.shift(dt.timedelta(minutes=90, seconds=40))
    found = read(lead, NAME)
    assert (found["working"], found["people"], found["rest"]) == (1, 4, 0)
    assert names(found) == (["olga"], ["late0", "tom", "lea"])
    html = drawn(lead, NAME)
    assert 'class="figure">1 <span' in html
    assert "of 4 working" in html
    assert "Website · Review</span>" in html
    assert 'data-clock-start="2026-03-04T12:00:00+00:00" data-clock-break="0"' in html
    assert 'data-clock-format="short">1:30</span>' in html
    assert "an hour ago</time></span>" in html
    assert html.count("stopped <time") == 2
    assert "no time yet" in html
    for person in (owner, teammate, late):
        assert f'href="/entries/?person={person.pk}"' in html


def test_a_pause_is_no_work(lead: User, owner: User, teammate: User, clock):
    start_timer(user=owner)
    pause_timer(user=owner)
    clock.shift(60)
    start_timer(user=teammate)
    clock.shift(-120)
    found = read(lead, NAME)
    assert (found["working"], names(found)[0]) == (1, ["tom", "olga"])
    assert drawn(lead, NAME).count("presence-paused") == 1
    stop_timer(user=owner)
    stop_timer(user=teammate)
    assert read(lead, NAME)["working"] == 0
    delete_entry(entry=TimeEntry.objects.get(user=owner), actor=owner)
    assert read(lead, NAME)["stopped"][-1].stopped_at is None


def test_what_ends_in_the_future_is_not_over(lead: User, owner: User):
    make_entry(owner, at(3, 9), 60)
    make_entry(owner, at(4, 11), 180)
    stopped = {person.username: person.stopped_at for person in read(lead, NAME)["stopped"]}
    assert stopped["olga"] == at(3, 10)


@pytest.mark.parametrize("colleague", ["owner", "outsider"])
def test_without_people_it_says_who_sees_more(request, colleague: str, lead: User, outsider: User, owner: User):
    person = request.getfixturevalue(colleague)
    start_timer(user=owner, description="secret")
    html = drawn(person, NAME, "large")
    assert "You see only your own time." in html
    assert "secret" not in html


def test_rights(lead: User, owner: User, teammate: User, outsider: User, administrator: User, former: User):
    hidden = make_project(name="Zephyrine", client=make_client(name="Zephyrco"), is_public=False)
    hidden.people.add(owner)
    start_timer(user=owner, project=hidden, task=make_task(hidden, name="Draft"))
    start_timer(user=outsider, description="elsewhere")
    start_timer(user=teammate)
    found = read(lead, NAME)
    assert (found["working"], found["people"]) == (2, 3)
    html = drawn(lead, NAME, "large")
    assert "Zephyrine · Draft" in html  # as on the entries of those one leads
    assert "Zephyrco" not in html
    assert "elsewhere" not in html
    # Somebody who left is no longer counted.
    found = read(administrator, NAME, "large")
    assert (found["working"], found["people"]) == (3, 5)
    assert "fritz" not in names(found)[1]
    assert Project.objects.visible_to(lead).count() == 0


def test_no_more_rows_than_there_is_room_for(lead: User, team: Team, client_for):
    people = colleagues(team, 9)
    for person in people[:6]:
        start_timer(user=person)
    for size, running, stopped, rest in (("small", 1, 0, 10), ("medium", 4, 0, 7), ("large", 4, 4, 3)):
        found = read(lead, NAME, size)
        assert [len(each) for each in names(found)] == [running, stopped]
        assert found["rest"] == rest
    assert "and 7 more</a>" in drawn(lead, NAME)
    browser: Client = client_for(lead)
    assert browser.get(read(lead, NAME)["more"]).status_code == 200
    assert browser.get(f"/entries/?person={people[0].pk}").status_code == 200


def test_the_small_one_says_who_is_next_to_say(lead: User, owner: User, team: Team):
    make_entry(owner, at(4, 8), 60)
    assert "stopped <time" in drawn(lead, NAME, "small")
    start_timer(user=owner, description="Review")
    html = drawn(lead, NAME, "small")
    assert "Review" in html
    assert "stopped" not in html


def test_clocks_of_people_elsewhere(lead: User, owner: User):
    User.objects.filter(pk=lead.pk).update(time_zone="Pacific/Kiritimati", hours_format="decimal")
    lead.refresh_from_db()
    start_timer(user=owner)
    html = drawn(lead, NAME)
    assert 'data-clock-start="2026-03-05T02:00:00+14:00"' in html
    assert 'data-clock-format="decimal">0.00' in html


@pytest.mark.parametrize("number", [1, 3, 40])
def test_statements(lead: User, team: Team, number: int):
    people = colleagues(team, number)
    for person in people:
        make_entry(person, at(4, 9), 60, project=make_project(client=make_client()))
    for person in people[::2]:
        start_timer(user=person, project=make_project(client=make_client()))
    assert cost(lead, NAME, "large") == MOST_STATEMENTS
    assert cost(lead, NAME) <= MOST_STATEMENTS
    assert cost(lead, NAME, "small") <= MOST_STATEMENTS
