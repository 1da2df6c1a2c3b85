"""The page and the API of a team's patterns: who gets them, and what they do not give away."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict

import pytest
from django.test import Client

from accounts.models import Team, User
from accounts.services.teams import update_team
from analytics.patterns.claims import Claim
from analytics.team.words import grounds, sentence
from tests.analytics.group import DAY, FIRST, add_people, add_work, mornings
from tests.conftest import ClientFor
from tests.factories import TeamFactory
from tests.tracking.pages import statements, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wednesday")]

API = "/api/analytics/insights/team-patterns"
HTMX = {"HX-Request": "true"}
FEW, LITTLE, WHOLE = "It takes 5 people", "Fewer than 5 people have worked enough", "Hours of the team"


@pytest.fixture
def crew(team: Team, owner: User, lead: User) -> list[User]:
    """Five people beside the lead."""
    people = [owner, *add_people(team, 4)]
    add_work(people, mornings(6))
    return people


def page(browser: Client, team: Team) -> str:
    answer = browser.get(f"/insights/team/{team.pk}/", headers=HTMX)
    assert answer.status_code == 200
    return text(answer)


@pytest.mark.parametrize(
    ("who", "status"),
    [("administrator", 200), ("lead", 200), ("teammate", 404), ("owner", 404), ("manager", 404), ("outsider", 404)],
)
def test_who_sees_it(client_for: ClientFor, crew, team, request, who, status):
    browser = client_for(request.getfixturevalue(who))
    assert browser.get(f"/insights/team/{team.pk}/").status_code == status
    assert browser.get(f"/insights/team/{team.pk}/", headers=HTMX).status_code == status
    assert browser.get(API, {"team_id": team.pk}).status_code == status


@pytest.mark.parametrize(
    ("who", "shown"), [("administrator", True), ("lead", True), ("teammate", False), ("manager", False)]
)
def test_the_tab_is_for_those_who_have_a_team(client_for: ClientFor, team, request, who, shown):
    answer = text(client_for(request.getfixturevalue(who)).get("/insights/projects/"))
    assert ('href="/insights/team/"' in answer) is shown


def test_leads_of_other_teams_do_not_see_it(client_for: ClientFor, crew, team, outsider):
    TeamFactory.create(name="Third", leads=[outsider])
    assert client_for(outsider).get(f"/insights/team/{team.pk}/").status_code == 404


def test_who_leads_one_team_is_led_there(client_for: ClientFor, team, lead):
    answer = client_for(lead).get("/insights/team/")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/insights/team/{team.pk}/")


def test_who_leads_more_chooses(client_for: ClientFor, team, lead):
    TeamFactory.create(name="Second", leads=[lead])
    TeamFactory.create(name="Not theirs", members=[lead])
    answer = text(client_for(lead).get("/insights/team/"))
    assert ("Studio" in answer, "Second" in answer, "Not theirs" in answer) == (True, True, False)


def test_who_has_none_finds_no_list(client_for: ClientFor, administrator, manager):
    assert client_for(manager).get("/insights/team/").status_code == 404
    assert "No teams yet" in text(client_for(administrator).get("/insights/team/"))


def test_the_page_comes_at_once_and_asks_for_what_takes_time(client_for: ClientFor, crew, team, lead):
    browser = client_for(lead)
    first = text(browser.get(f"/insights/team/{team.pk}/"))
    assert ('hx-trigger="load"' in first, WHOLE in first) == (True, False)
    assert WHOLE in page(browser, team)
    again = text(browser.get(f"/insights/team/{team.pk}/"))
    assert ('id="team-patterns" class="insight">' in again, WHOLE in again) == (True, True)


def test_the_figures_say_what_they_are(client_for: ClientFor, crew, team, lead):
    found = page(client_for(lead), team)
    assert "Your own work is in none of them." in found
    assert "Looked at: 1 Sep 2025 to 1 Mar 2026" in found
    assert not [person for person in crew if person.display_name in found or person.username in found]


@pytest.mark.parametrize("people", [0, 1, 4])
def test_a_small_team_says_what_it_takes(client_for: ClientFor, team, owner, lead, people):
    add_work(add_people(team, people), mornings(6))
    update_team(actor=lead, team=team, member_ids=set(team.people.values_list("pk", flat=True)) - {owner.pk})
    browser = client_for(lead)
    assert FEW in text(browser.get(f"/insights/team/{team.pk}/"))
    found = page(browser, team)
    assert (FEW in found, WHOLE in found, "/reports/" in found) == (True, False, True)


def test_a_team_that_shrinks_says_so_at_once(client_for: ClientFor, crew, team, lead):
    browser = client_for(lead)
    assert WHOLE in page(browser, team)
    update_team(actor=lead, team=team, member_ids=set(team.people.values_list("pk", flat=True)) - {crew[0].pk})
    for answer in (page(browser, team), text(browser.get(f"/insights/team/{team.pk}/"))):
        assert (FEW in answer, WHOLE in answer) == (True, False)
    assert browser.get(API, {"team_id": team.pk}).json()["grid"] == []


def test_people_without_work_are_no_group(client_for: ClientFor, team, owner, lead):
    add_work([owner, *add_people(team, 5)][:4], mornings(6))
    assert LITTLE in page(client_for(lead), team)


def test_a_figure_of_four_is_a_dash(client_for: ClientFor, crew, team, lead):
    add_work(crew[:4], [FIRST + 14 * DAY, FIRST + dt.timedelta(hours=10)])
    browser = client_for(lead)
    answer = browser.get(API, {"team_id": team.pk}).json()
    week = {week["first"]: week for week in answer["weeks"]}
    assert week["2026-01-05"]["worked"] == (6 * 90 + 4 / 5 * 90) * 60
    assert week["2026-01-05"]["meetings"] is None
    told = {(day, hour) for day, row in enumerate(answer["grid"]) for hour, share in enumerate(row) if share}
    assert told == {(day, hour) for day in range(6) for hour in (9, 10)}
    assert week["2026-01-19"]["worked"] is None
    assert '<span class="heat-none">–</span>' in page(browser, team)


def test_the_api_names_nobody(client_for: ClientFor, crew, team, lead):
    answer = client_for(lead).get(API, {"team_id": team.pk}).json()
    assert (answer["enough"], answer["size"], answer["fewest_people"]) == (True, 6, 5)
    assert len(answer["patterns"]) == 8
    assert "person" not in json.dumps(answer | {"fewest_people": None})
    assert client_for(lead).get(f"{API}/", {"team_id": team.pk}).json() == answer


@pytest.mark.parametrize("query", ["", "?team_id=x", "?team_id=0", "?team_id=1&team_id=2", "?team_id=1&person=2"])
def test_the_api_asks_for_one_team(client_for: ClientFor, team, lead, query):
    assert client_for(lead).get(API + query).status_code == 400


def test_statements_of_the_page(client_for: ClientFor, crew, team, lead):
    browser, url = client_for(lead), f"/insights/team/{team.pk}/"
    few = statements(browser, url, HTMX)
    people = add_people(team, 5)
    add_work([*crew, *people], [FIRST + dt.timedelta(hours=5) + n * DAY for n in range(12)])
    assert statements(browser, url, HTMX) == few <= 12


@pytest.mark.parametrize("count", [2, 5])
def test_statements_of_the_list(client_for: ClientFor, lead, count):
    TeamFactory.create_batch(count, leads=[lead])
    assert statements(client_for(lead), "/insights/team/") <= 12


SAID = [
    Claim("peak", count=40, p=0.001, said=True, which=9, width=2, level=0.14, other=0.1, low=0.02, high=0.06),
    Claim("longest_day", count=20, p=0.001, said=True, which=1, level=28800, other=25200, low=1800, high=5400),
    Claim("shortest_day", count=20, p=0.001, said=True, which=4, level=18000, other=25200, low=-9000, high=-3600),
    Claim("focus_part", count=40, p=0.001, said=True, which=1, level=0.8, other=0.6, low=0.1, high=0.3),
    Claim("focus_change", count=26, p=0.001, said=True, level=0.8, other=0.6, low=0.1, high=0.3),
    Claim("turns_change", count=26, p=0.001, said=True, level=1.2, other=2.4, low=-2, high=-0.4),
    Claim("meetings_change", count=26, p=0.001, said=True, level=0.3, other=0.2, low=0.05, high=0.15),
    Claim("estimates_change", count=26, p=0.001, said=True, level=0.1, other=0.7, low=-0.9, high=-0.3),
]
WORDS = {
    "peak": "from 09:00 to 11:00 on each person's own clock: 14 % of a usual day an hour, 4 points more",
    "longest_day": "Tuesday is the team's longest day: 8:00 a person, 1:00 more than the next.",
    "shortest_day": "Friday is the team's shortest day: 5:00 a person, 2:00 less than the next.",
    "focus_part": "The team stays with one thing most in the morning: 80 %",
    "focus_change": "More of the team's time is in long stretches: from 60 % to 80 %.",
    "turns_change": "The team changes between things less often: from 2.4 to 1.2 an hour.",
    "meetings_change": "Meetings take more of the team's time: from 20 % to 30 %.",
    "estimates_change": "The team's estimates get better: typically off by a factor of 2.0 at first, of 1.1 at last.",
}


@pytest.mark.parametrize("claim", SAID, ids=lambda claim: claim.name)
def test_what_stands_out_in_words(lead, claim):
    assert WORDS[claim.name] in sentence(asdict(claim), lead)
    assert str(claim.count) in grounds(asdict(claim), lead)
