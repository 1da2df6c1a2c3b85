"""The patterns of a team: who is in them, and that what is kept is never old."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from accounts.models import Team, User
from accounts.services.people import deactivate_person
from accounts.services.profile import update_profile
from accounts.services.teams import update_team
from analytics.models import CachedInsight
from analytics.services.team import team_patterns_of
from tests.analytics.group import DAY, FIRST, add_people, add_work, mornings
from tests.tracking.pages import NOON
from tests.work import make_entry, make_project, make_tag, make_task
from tracking.models import ProjectMember, Task, TimeEntry
from tracking.services.entries import delete_entry, update_entry
from tracking.services.tags import update_tag

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wednesday")]


@pytest.fixture
def crew(team: Team, owner: User, lead: User) -> list[User]:
    """The owner and five more, each with six days of work, some of it in meetings."""
    people = [owner, *add_people(team, 5)]
    entries = add_work(people, mornings(6))
    met, tag = add_work(people, [FIRST + dt.timedelta(hours=4)], 30), make_tag("meeting", meeting=True)
    TimeEntry.tags.through.objects.bulk_create(TimeEntry.tags.through(timeentry=entry, tag=tag) for entry in met)
    Task.objects.bulk_create(
        Task(
            project=entry.project, name="done", assignee=entry.user, status="done", estimated_hours=2,
            tracked_seconds=3600, completed_at=NOON - 3 * DAY,
        )
        for entry in entries[::6]
    )  # fmt: skip
    return people


def found(team: Team, reader: User, now: dt.datetime = NOON) -> dict:
    answer = team_patterns_of(Team.objects.get(pk=team.pk), reader, now).found
    assert answer is not None
    return answer


def fresh(team: Team, reader: User, now: dt.datetime = NOON) -> dict:
    CachedInsight.objects.all().delete()
    return found(team, reader, now)


def entry_of(person: User) -> TimeEntry:
    return TimeEntry.objects.alive().filter(user=person).order_by("started_at")[0]


CHANGES: dict[str, Callable[[User, Team, User], object]] = {
    "logged": lambda owner, team, lead: make_entry(owner, FIRST - 3 * DAY, 45),
    "longer": lambda owner, team, lead: update_entry(
        entry=entry_of(owner), actor=owner, started_at=FIRST - dt.timedelta(hours=1)
    ),
    "tagged": lambda owner, team, lead: update_entry(
        entry=entry_of(owner), actor=owner, tags=[make_tag("call", meeting=True)]
    ),
    "no meeting any more": lambda owner, team, lead: update_tag(
        tag=TimeEntry.tags.through.objects.all()[0].tag, actor=owner, meeting=False
    ),
    "deleted": lambda owner, team, lead: delete_entry(entry=entry_of(owner), actor=owner),
    "zone": lambda owner, team, lead: update_profile(person=owner, time_zone="Asia/Tokyo"),
    "left the team": lambda owner, team, lead: update_team(
        actor=lead, team=team, member_ids={pk for pk in team.people.values_list("pk", flat=True) if pk != owner.pk}
    ),
    "an estimate gone": lambda owner, team, lead: Task.objects.filter(assignee=owner).update(estimated_hours=None),
    "a project closed": lambda owner, team, lead: ProjectMember.objects.filter(user=owner).delete(),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_kept_is_never_old(crew, team, owner, lead, change):
    other = make_project(owner, is_public=False)
    # Were all of them alike, a change of one might leave every mean as it was.
    Task.objects.filter(assignee=owner).update(project=other, tracked_seconds=9000)
    add_work([owner], [FIRST + dt.timedelta(hours=2)], 60)
    before = found(team, lead)
    assert before["enough"] is True
    CHANGES[change](owner, team, lead)
    kept = found(team, lead)
    assert kept != before
    assert kept == fresh(team, lead)


def test_whoever_joins_counts_at_once(crew, team, lead, outsider):
    before = found(team, lead)
    add_work([outsider], mornings(5), 240)
    assert found(team, lead) == before
    update_team(actor=lead, team=team, member_ids={*team.people.values_list("pk", flat=True), outsider.pk})
    kept = found(team, lead)
    assert kept != before
    assert kept == fresh(team, lead)


def test_with_the_fifth_the_figures_go(crew, team, lead, administrator):
    deactivate_person(actor=administrator, person=crew[-1])
    assert found(team, lead)["enough"] is True
    deactivate_person(actor=administrator, person=crew[-2])
    assert found(team, lead) == {"enough": False}


def test_four_who_worked_on_five_days_are_too_few(crew, team, lead):
    for person in crew[:2]:
        entries = list(TimeEntry.objects.filter(user=person).order_by("started_at").values_list("pk", flat=True))
        TimeEntry.objects.filter(pk__in=entries[-2:]).delete()
    answer = team_patterns_of(team, lead, NOON)
    assert (answer.others, answer.found) == (6, {"enough": False})


def test_the_readers_own_work_is_in_no_figure(crew, team, lead):
    before = found(team, lead)
    add_work([lead], [FIRST + dt.timedelta(hours=6) + n * DAY for n in range(30)], 240)
    assert fresh(team, lead) == before


def test_each_reader_sees_the_others(crew, team, lead, administrator):
    add_work([lead], [FIRST + dt.timedelta(hours=6) + n * DAY for n in range(30)], 240)
    by_lead, by_administrator = found(team, lead), found(team, administrator)
    assert by_lead != by_administrator
    assert by_lead == fresh(team, lead)
    assert by_administrator == fresh(team, administrator)


def test_hours_are_those_of_the_clock_on_the_wall(crew, team, lead):
    """At nine in UTC it is ten in Berlin: that person does not count at nine."""
    at_nine = found(team, lead)["grid"][0]
    assert (at_nine[9] is not None, at_nine[10] is not None) == (True, True)
    for person in crew[:2]:
        User.objects.filter(pk=person.pk).update(time_zone="Europe/Berlin")
    moved = fresh(team, lead)["grid"][0]
    assert (moved[9], moved[10] is not None) == (None, True)


def test_figures_are_means_of_people(crew, team, lead):
    make_entry(crew[0], FIRST + dt.timedelta(days=1, hours=4), 60)
    answer = found(team, lead)
    week = next(week for week in answer["weeks"] if week["worked"] is not None)
    assert week["worked"] == (6 * 90 + 30 + 60 / 6) * 60
    assert answer["months"][-1] == {"month": "2026-03-01", "factor": pytest.approx(2)}


def test_an_entry_of_today_changes_nothing_but_the_mark(crew, team, lead, owner):
    before = found(team, lead)
    make_entry(owner, NOON - dt.timedelta(hours=2), 30)
    assert found(team, lead) == before


def test_only_who_changed_is_read_again(crew, team, lead, owner):
    assert found(team, lead)["enough"] is True
    for row in CachedInsight.objects.filter(cache_key__startswith="team-days:"):
        row.cache_value["value"] = []
        row.save()
    make_entry(owner, FIRST - 3 * DAY, 45)
    assert found(team, lead)["enough"] is False  # of the others what is kept is taken for true
    assert fresh(team, lead)["enough"] is True


@pytest.mark.parametrize("more", [0, 4])
def test_the_same_statements_for_few_and_for_many(crew, team, lead, more, django_assert_num_queries):
    people = [*crew, *add_people(team, more)]
    add_work(people, mornings(10 + 10 * more))
    with django_assert_num_queries(12):
        found(team, lead)
    with django_assert_num_queries(6):
        team_patterns_of(team, lead, NOON)


def test_where_it_is_not_kept_it_may_be_asked_without_waiting(crew, team, lead):
    assert team_patterns_of(team, lead, NOON, wait=False).found is None
    answer = found(team, lead)
    assert team_patterns_of(team, lead, NOON, wait=False).found == answer


def test_a_task_of_a_project_that_its_person_cannot_see_does_not_count(crew, team, lead):
    closed = make_project(is_public=False)
    make_task(
        closed, assignee=crew[0], status="done", estimated_hours=1, tracked_seconds=36000, completed_at=NOON - 3 * DAY
    )
    assert found(team, lead)["months"][-1]["factor"] == pytest.approx(2)
    closed.memberships.create(user=crew[0])
    assert found(team, lead)["months"][-1]["factor"] > 2
