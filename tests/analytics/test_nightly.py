"""What is computed at night is what is asked for in the morning."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.management import call_command

from accounts.models import User
from analytics import schedules
from analytics.models import CachedInsight
from analytics.services.patterns import patterns_of
from tests.work import make_entry, make_project

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation", "wednesday")]
BERLIN_NIGHT = dt.datetime(2026, 2, 18, 3, 10, tzinfo=dt.UTC)
UTC_NIGHT = dt.datetime(2026, 2, 18, 4, 10, tzinfo=dt.UTC)


@pytest.fixture
def people(owner: User, teammate: User) -> None:
    User.objects.filter(pk=owner.pk).update(time_zone="Europe/Berlin")
    User.objects.exclude(pk=owner.pk).update(time_zone="UTC")


@pytest.mark.parametrize(
    ("now", "due"), [(BERLIN_NIGHT, True), (UTC_NIGHT, True), (UTC_NIGHT + dt.timedelta(hours=1), False)]
)
def test_a_process_is_started_where_it_is_night(monkeypatch, people, now: dt.datetime, due: bool):
    begun: list[tuple[str, ...]] = []
    monkeypatch.setattr(schedules, "run_command", lambda *command, within: begun.append(command))
    schedules.compute_insights(now)
    assert begun == ([("compute_insights", f"--at={now.isoformat()}")] if due else [])


def test_it_computes_for_those_who_sleep(capsys, people, owner: User, django_assert_num_queries):
    make_entry(owner, BERLIN_NIGHT - dt.timedelta(days=20), 90, project=make_project(owner))
    call_command("compute_insights", "--at", BERLIN_NIGHT.isoformat())
    assert capsys.readouterr().out == "People: 1. Projects: 0. Teams, by lead: 0.\n"
    assert list(CachedInsight.objects.values_list("cache_key", flat=True)) == [f"patterns:{owner.pk}"]
    owner.refresh_from_db()
    with django_assert_num_queries(5):  # kept
        patterns_of(owner, BERLIN_NIGHT + dt.timedelta(hours=4))


def test_projects_and_teams_are_computed_where_the_organisation_sleeps(capsys, people, owner: User, lead: User):
    project = make_project(owner)
    make_project(status="archived")
    call_command("compute_insights", "--at", UTC_NIGHT.isoformat())
    assert capsys.readouterr().out.endswith("Projects: 1. Teams, by lead: 1.\n")
    assert CachedInsight.objects.filter(cache_key=f"health:{project.pk}").exists()
