"""A person's patterns: what is read for them, that what is kept is never old, and that nobody else gets them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.services.profile import update_profile
from analytics.models import CachedInsight
from analytics.queries.patterns import period_of
from analytics.schedules import forget_insights
from analytics.services.patterns import compute, patterns_of
from tests.conftest import ClientFor
from tests.tracking.pages import NOON, text
from tests.work import make_entry, make_project, make_tag, make_task
from tracking.choices import TaskStatus
from tracking.models import TimeEntry
from tracking.services.entries import delete_entry, restore_entry, update_entry
from tracking.services.tags import update_tag
from tracking.services.tasks import update_task
from tracking.services.timer import start_timer, stop_timer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wednesday")]

API = "/api/analytics/insights/productivity-patterns"
FIRST = dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC)  # a Monday


@pytest.fixture
def work(owner: User) -> list[TimeEntry]:
    tag, project = make_tag("meeting", meeting=True), make_project(owner)
    entries = [make_entry(owner, FIRST + dt.timedelta(days=n), 90, project=project) for n in range(6)]
    return [*entries, make_entry(owner, FIRST + dt.timedelta(days=2, hours=4), 30, project=project, tags=[tag])]


def agrees(user: User) -> bool:
    """Whether what is kept is what is computed anew."""
    user = User.objects.get(pk=user.pk)
    return patterns_of(user, NOON) == compute(user, period_of(user, NOON))


CHANGES: dict[str, Callable[[User, TimeEntry], object]] = {
    "logged": lambda owner, entry: make_entry(owner, FIRST - dt.timedelta(days=3), 45),
    "longer": lambda owner, entry: update_entry(
        entry=entry, actor=owner, started_at=entry.started_at - dt.timedelta(hours=2)
    ),
    "tagged": lambda owner, entry: update_entry(entry=entry, actor=owner, tags=[make_tag("call")]),
    "other project": lambda owner, entry: update_entry(entry=entry, actor=owner, project=make_project(owner)),
    "deleted": lambda owner, entry: delete_entry(entry=entry, actor=owner),
    "tag no meeting": lambda owner, entry: update_tag(tag=entry.tags.get(), actor=owner, meeting=False),
    "tag renamed": lambda owner, entry: update_tag(tag=entry.tags.get(), actor=owner, name="deep"),
    "zone": lambda owner, entry: update_profile(person=owner, time_zone="Asia/Tokyo"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_kept_is_never_old(owner, work, change):
    before = patterns_of(owner, NOON)
    assert agrees(owner)
    CHANGES[change](owner, work[-1])
    assert agrees(owner)
    assert patterns_of(User.objects.get(pk=owner.pk), NOON) != before


def test_what_is_brought_back_counts_again(owner, work):
    before = patterns_of(owner, NOON)
    delete_entry(entry=work[-1], actor=owner)
    assert patterns_of(owner, NOON)["seconds"] == before["seconds"] - 1800
    restore_entry(entry=TimeEntry.objects.get(pk=work[-1].pk), actor=owner)
    assert patterns_of(owner, NOON) == before


def test_a_task_that_somebody_else_finishes_counts(owner, administrator, work):
    task = make_task(work[0].project, assignee=owner, estimated_hours=2)
    update_entry(entry=work[0], actor=owner, task=task)
    assert patterns_of(owner, NOON)["accuracy"] == []
    task.refresh_from_db()
    update_task(task=task, actor=administrator, status=TaskStatus.DONE)
    type(task).objects.filter(pk=task.pk).update(completed_at=NOON - dt.timedelta(days=5))
    assert agrees(owner)
    assert [row["tasks"] for row in patterns_of(owner, NOON)["accuracy"]] == [1]


def test_what_runs_does_not_count(owner, work):
    before = patterns_of(owner, NOON)
    start_timer(user=owner, description="Now")
    assert patterns_of(owner, NOON) == before
    stop_timer(user=owner, actor=owner)
    assert agrees(owner)


def test_the_same_statements_for_few_and_for_many(owner, work, django_assert_num_queries):
    patterns_of(owner, NOON)
    with django_assert_num_queries(5):
        patterns_of(owner, NOON)
    for n in range(20):
        make_entry(owner, FIRST + dt.timedelta(days=10 + n), 60, tags=[make_tag()])
    patterns_of(owner, NOON)
    with django_assert_num_queries(5):
        patterns_of(owner, NOON)


def test_what_was_in_another_zone_does_not_count(owner, work):
    update_profile(person=owner, time_zone="America/New_York")
    moved = User.objects.get(pk=owner.pk)
    found = patterns_of(moved, NOON + dt.timedelta(days=15))
    assert (found["since_zone"], found["days"], len(found["weeks"])) == (True, 0, 1)
    assert patterns_of(moved, NOON)["weeks"] == []


def test_what_is_old_goes_at_night(owner, work):
    patterns_of(owner, NOON)
    forget_insights(timezone.now() + dt.timedelta(days=1))
    assert CachedInsight.objects.filter(cache_key=f"patterns:{owner.pk}").exists()
    forget_insights(timezone.now() + dt.timedelta(days=3))
    assert not CachedInsight.objects.exists()


def test_a_zone_that_an_administrator_changes_counts_too(owner, administrator, work):
    update_profile(person=owner, actor=administrator, time_zone="America/New_York")
    assert patterns_of(User.objects.get(pk=owner.pk), NOON)["since_zone"] is True


# ── The page and the API ─────────────────────────────────────────────────────
def test_the_page_says_what_there_is(client_for: ClientFor, owner, work):
    page = text(client_for(owner).get("/insights/"))
    assert "No clear pattern." in page
    assert "Too little to tell" in page
    assert "#meeting" in page


@pytest.mark.parametrize("entries", [0, 1])
def test_the_page_of_little(client_for: ClientFor, owner, entries):
    for _ in range(entries):
        make_entry(owner, FIRST, 60)
    answer = client_for(owner).get("/insights/")
    assert answer.status_code == 200
    assert ("Nothing to go by yet" in text(answer)) is not bool(entries)


def test_the_api_says_the_same(client_for: ClientFor, owner, work):
    caller = client_for(owner)
    found = caller.get(API).json()
    assert (found["peak_hours"], found["recommendations"], found["days"]) == ([], [], 6)
    assert {one["name"]: one["said"] for one in found["patterns"]}["peak"] is False
    assert caller.get(f"{API}/").json() == found


def test_nobody_is_asked_about_somebody_else(client_for: ClientFor, owner, teammate, administrator, work):
    patterns_of(owner, NOON)
    for person in (teammate, administrator):
        other = client_for(person)
        assert other.get(API).json()["days"] == 0
        assert other.get(API, {"user": owner.pk}).status_code == 400
        assert "Nothing to go by yet" in text(other.get("/insights/", {"user": owner.pk}))


def test_administrators_do_not_read_what_is_kept(client_for: ClientFor, owner, administrator, work):
    patterns_of(owner, NOON)
    row = CachedInsight.objects.get(cache_key=f"patterns:{owner.pk}")
    page = client_for(administrator).get(f"/admin/analytics/cachedinsight/{row.pk}/change/")
    assert page.status_code == 200
    assert "shortest_day" not in text(page)
