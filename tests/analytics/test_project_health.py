"""Project health as services, pages, the API and the widget have it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from unittest.mock import patch

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.queries import get_organisation
from accounts.services.organisation import update_organisation
from accounts.services.people import deactivate_person
from accounts.services.profile import update_profile
from analytics.health.facts import Facts
from analytics.health.signals import Name, Why
from analytics.models import Dismissal, Prediction
from analytics.queries.health import open_tasks, stale_tasks, task_counts, team_of, throughput
from analytics.services import health as service
from analytics.services.advice import bring_back, dismiss
from analytics.services.health import compute, project_health
from tests.analytics.foresight import DAY, say, tell
from tests.analytics.learned import make_version
from tests.tracking.pages import HTMX, MOST_STATEMENTS, NOON, statements, text, toast_of, undo
from tests.tracking.tiles import cost, drawn
from tests.tracking.toggl import toggl_file
from tests.work import make_entry, make_project, make_tag, make_task
from timetracker.events.dispatch import drain
from timetracker.events.models import Event
from tracking.access import get_project
from tracking.choices import TaskStatus
from tracking.imports.toggl import read_toggl
from tracking.models import Batch, Project, Task
from tracking.services.entries import delete_entry, restore_entry, update_entry
from tracking.services.import_plan import plan_import
from tracking.services.imports import store_import, undo_import
from tracking.services.projects import remove_member, set_member, update_project
from tracking.services.rates import set_rate
from tracking.services.tags import update_tag
from tracking.services.tasks import update_task
from tracking.services.timer import start_timer, stop_timer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wednesday")]
UTC = dt.UTC
TODAY = NOON.date()


@pytest.fixture
def project(owner: User, teammate: User) -> Project:
    """Private, with twelve weeks of work and four open tasks that were told a range."""
    found = make_project(owner, (teammate,), is_public=False, name="Shop", due_on=TODAY + 60 * DAY)
    for number in range(4):
        tell(make_task(found, estimated_hours=4, due_at=NOON + (number - 1) * DAY))
    done = make_task(found, estimated_hours=4, status=TaskStatus.DONE, completed_at=NOON)
    for week in range(12):
        make_entry(owner, NOON - (7 + 7 * week) * DAY, 240, task=done)
    return found


def of(user: User, project: Project):
    return project_health(get_project(user, project.pk))


def url(project: Project, more: str = "") -> str:
    return f"/insights/projects/{project.pk}/{more}"


# ── What it says ─────────────────────────────────────────────────────────────
def test_a_forecast_from_what_was_said_and_done(owner: User, project: Project):
    health = of(owner, project)
    said = health.facts.prospect
    assert said.reason == ""
    assert TODAY < said.p50 <= said.p85
    assert (said.weeks, said.idle_weeks, said.without_range) == (12, 0, 0)
    assert 0 <= said.chance <= 1
    assert {signal.name for signal in health.known} >= {Name.DEADLINE, Name.OVERDUE}


def test_tasks_without_a_range_are_counted_and_more_than_a_fifth_silence_it(owner: User, project: Project):
    make_task(project)
    assert of(owner, project).facts.prospect.without_range == 1
    assert of(owner, project).facts.prospect.p50 is not None
    make_task(project)
    said = of(owner, project).facts.prospect
    assert (said.reason, said.without_range, said.p50) == ("ranges", 2, None)
    assert "2 of 6 open tasks have no range." in text(_page(owner, project))


def test_of_a_rough_range_the_middle_lies_between(owner: User, project: Project):
    task = make_task(project)
    said = say(task, 2, 8, made_at=NOON)
    assert service._remaining(task, said).middle == 4.0


@pytest.mark.parametrize("fields", [{}, {"due_on": TODAY - DAY}, {"budget_type": "hours", "budget_amount": 10}])
def test_a_project_with_nothing(owner: User, fields: dict):
    health = of(owner, make_project(owner, **fields))
    assert (health.score, health.status) == (None, "unknown")


def test_one_with_running_timers_only(owner: User):
    project = make_project(owner)
    start_timer(user=owner, task=make_task(project, name="Now"))
    health = of(owner, project)
    assert health.score is None
    assert health.facts.recent_hours == 0


@pytest.mark.parametrize("status", ["archived", "completed"])
def test_a_closed_one(owner: User, project: Project, status: str):
    Project.objects.filter(pk=project.pk).update(status=status)
    health = of(owner, project)
    assert {signal.why for signal in health.signals} == {Why.CLOSED}
    assert "A project that is closed is not judged." in text(_page(owner, project))


def test_a_budget_in_money_is_for_those_who_may_know_it(owner: User, teammate: User, project: Project):
    for number in range(5):
        make_task(project, estimated_hours=2, name=str(number))
    Project.objects.filter(pk=project.pk).update(budget_type="money", budget_amount=100, earned_cent_seconds=36_000_000)
    burns = [of(user, project).signals[0] for user in (owner, teammate, owner)]
    assert [burn.why for burn in burns] == [None, Why.SECRET_BUDGET, None]
    assert burns[0].numbers["used"] == 1.0
    assert "of the budget is used" not in text(_page(teammate, project))


def test_counts_of_tasks(owner: User):
    project = make_project(owner)
    make_task(project, estimated_hours=4, tracked_seconds=2 * 3600, status=TaskStatus.IN_PROGRESS)
    make_task(project, estimated_hours=4, tracked_seconds=6 * 3600, due_at=NOON - DAY)
    done = {"status": TaskStatus.DONE, "completed_at": NOON}
    make_task(project, estimated_hours=4, tracked_seconds=3600, archived_at=NOON, **done)
    make_task(project, estimated_hours=40, status=TaskStatus.CANCELLED)
    make_task(project, estimated_hours=40, archived_at=NOON)
    make_task(project, due_at=NOON + DAY)
    assert task_counts(project, NOON) == {
        "tasks": 4, "open_tasks": 3, "estimated_tasks": 3, "estimated_hours": 12.0, "done_hours": 4.0, "due_tasks": 2,
        "overdue_tasks": 1, "begun_tasks": 1, "measured_tasks": 3, "measured_hours": 12.0, "expected_hours": 11.0,
    }  # fmt: skip


def test_what_rests(owner: User):
    project, long_ago = make_project(owner), NOON - 30 * DAY
    fields = {"status": TaskStatus.IN_PROGRESS, "started_at": long_ago, "created_at": long_ago}
    names = ("rests", "worked on", "runs", "changed")
    rests, worked, runs, changed = (make_task(project, name=name, **fields) for name in names)
    make_task(project, name="new", status=TaskStatus.IN_PROGRESS, created_at=NOON)
    make_entry(owner, long_ago, task=rests)
    make_entry(owner, NOON - 13 * DAY, task=worked)
    start_timer(user=owner, task=runs, started_at=None)
    update_task(task=changed, actor=owner, priority="high")
    Event.objects.filter(subject_id=str(rests.pk), subject_type="task").update(occurred_at=long_ago)
    assert stale_tasks(project, TODAY, UTC) == [(rests.pk, "rests")]


def test_hours_by_week_keep_idle_weeks_and_leave_out_the_one_that_goes_on(owner: User, teammate: User):
    project = make_project(owner)
    make_entry(owner, NOON - 21 * DAY, 120, project=project)
    make_entry(teammate, NOON - 7 * DAY, 60, project=project)
    make_entry(owner, NOON - DAY, 60, project=project)
    pace = throughput(project, TODAY, 0)
    assert pace.hours_by_week == [2.0, 0.0, 1.0]
    assert (pace.until, pace.people, pace.recent_hours) == (dt.date(2026, 3, 2), 2, 4.0)
    assert pace.largest_share == 0.75
    assert throughput(make_project(owner), TODAY, 0).hours_by_week == []


def test_the_team_works_when_most_of_it_does(owner: User, teammate: User):
    project = make_project(owner, (teammate,))
    assert team_of(project, TODAY).working == frozenset(range(5))
    User.objects.filter(pk=owner.pk).update(working_days=[0, 1])
    User.objects.filter(pk=teammate.pk).update(working_days=[1, 2])
    assert team_of(project, TODAY).working == {1}
    assert team_of(make_project(), TODAY).working == frozenset(range(5))


# ── It is kept, and exact ────────────────────────────────────────────────────
def fresh(project: Project) -> Facts:
    now = timezone.now()
    organisation = get_organisation()
    found = compute(project, now, organisation, team_of(project, now.date()).working)
    return Facts.from_json(found.as_json())


def test_after_any_change_it_is_as_if_it_were_computed_anew(owner: User, teammate: User, project: Project):
    elsewhere = make_project(owner, name="Elsewhere")
    task, other = open_tasks(project)[:2]
    entry = make_entry(owner, NOON - 2 * DAY, 30, task=task)
    steps = [
        lambda: make_entry(teammate, NOON - 9 * DAY, 90, task=task),
        lambda: update_entry(entry=entry, actor=owner, ended_at=NOON - DAY),
        lambda: update_entry(entry=entry, actor=owner, project=elsewhere, task=None),
        lambda: update_entry(entry=entry, actor=owner, project=project, task=task),
        lambda: delete_entry(entry=entry, actor=owner),
        lambda: restore_entry(entry=entry, actor=owner),
        lambda: start_timer(user=owner, task=task),
        lambda: stop_timer(user=owner),
        lambda: update_task(task=task, actor=owner, estimated_hours=Decimal(9)),
        lambda: update_task(task=task, actor=owner, due_at=NOON - 5 * DAY),
        lambda: update_task(task=task, actor=owner, status=TaskStatus.DONE),
        lambda: update_task(task=other, actor=owner, project=elsewhere),
        lambda: update_project(project=project, actor=owner, due_on=TODAY + 5 * DAY),
        lambda: update_profile(person=owner, working_days=[0]),
        lambda: update_organisation(actor=owner, week_start=6),
        lambda: update_organisation(actor=owner, holidays="DE-BE"),
    ]
    before = of(owner, project).facts
    for step in steps:
        step()
        task.refresh_from_db()
        other.refresh_from_db()
        project.refresh_from_db()
        after = of(owner, project).facts
        assert after == fresh(project)
    assert after != before


def test_after_changes_of_what_is_around_it_too(
    tmp_path: Path, administrator: User, owner: User, teammate: User, outsider: User, project: Project
):
    task, tag = open_tasks(project)[0], make_tag("deep")
    make_entry(owner, NOON - 2 * DAY, 30, task=task, tags=[tag])
    line = {"Email": owner.email, "Client": "", "Project": "Shop", "Start date": "2026-03-02", "End date": "2026-03-02"}

    def brought() -> Batch | None:
        plan = plan_import(read_toggl(toggl_file(tmp_path, line)), zone=UTC, actor=administrator)
        return store_import(plan=plan, actor=administrator)

    steps = [
        lambda: set_member(project=project, actor=owner, user=outsider, is_manager=False),
        lambda: update_profile(person=outsider, working_days=[6]),
        lambda: remove_member(project=project, actor=owner, user=teammate),
        lambda: set_rate(project=project, actor=owner, hourly_rate=Decimal(80)),
        lambda: update_tag(tag=tag, actor=owner, name="deeper"),
        brought,
        lambda: undo_import(batch=Batch.objects.latest("pk"), actor=administrator),
        lambda: make_version(1, in_use=True),
        lambda: deactivate_person(person=teammate, actor=administrator),
    ]
    of(owner, project)
    for step in steps:
        step()
        project.refresh_from_db()
        assert of(owner, project).facts == fresh(project)
    assert {"time_imported", "import_undone"} <= set(Event.objects.values_list("type", flat=True))


def test_days_that_are_counted_anew_in_another_zone(owner: User, project: Project):
    make_entry(owner, NOON - 10 * DAY, 60, project=project)  # a Sunday, which is Monday in Auckland
    drain()
    before = of(owner, project).facts
    update_profile(person=owner, time_zone="Pacific/Auckland")
    drain()
    assert before != of(owner, project).facts == fresh(project)


def test_a_running_timer_that_moves_away_counts_no_more(owner: User, project: Project):
    task = make_task(project, status=TaskStatus.IN_PROGRESS)
    entry = start_timer(user=owner, task=task)
    of(owner, project)
    update_entry(entry=entry, actor=owner, project=make_project(owner), task=None)
    with patch.object(service, "compute", wraps=compute) as computed:
        assert of(owner, project).facts == fresh(project)
    assert computed.call_count == 1


def test_nothing_is_computed_twice(owner: User, teammate: User, project: Project):
    of(owner, project)
    with patch.object(service, "compute", wraps=compute) as computed:
        of(owner, project)
        of(teammate, project)
    assert computed.call_count == 0


# ── Pages ────────────────────────────────────────────────────────────────────
def _page(user: User, project: Project):
    browser = Client()
    browser.force_login(user)
    return browser.get(url(project))


def test_who_sees_it(client_for, owner: User, teammate: User, outsider: User, project: Project):
    for path in (url(project), url(project, "row/")):
        answers = [client_for(user).get(path).status_code for user in (owner, teammate, outsider)]
        assert answers == [200, 200, 404]
    assert "Shop" in text(client_for(teammate).get("/insights/projects/"))
    assert "Shop" not in text(client_for(outsider).get("/insights/projects/"))


def test_the_page(client_for, owner: User, project: Project):
    html = " ".join(text(client_for(owner).get(url(project))).split())
    assert "1 of 4 open tasks with a date is overdue." in html
    assert f'href="/tasks/?show=overdue&amp;project={project.pk}"' in html
    assert "from 2 of 6 signals" in html
    assert "/workflows/new/?from=deadline-reminder" in html
    assert "85 % sure by" in html


def test_the_list_has_the_worst_first(client_for, owner: User, project: Project):
    make_project(owner, name="Aaa")
    bad = make_project(owner, name="Zzz", due_on=TODAY - DAY)
    for _number in range(4):
        make_task(bad, due_at=NOON - DAY)
    browser = client_for(owner)
    assert text(browser.get("/insights/projects/")).count("not looked at yet") == 3
    for each in Project.objects.all():
        browser.get(url(each, "row/"))
    html = text(browser.get("/insights/projects/"))
    assert html.index("Zzz") < html.index("Shop") < html.index("Aaa")
    assert f'hx-get="{url(bad, "row/")}"' in html
    assert "hx-get" not in text(browser.get(url(bad, "row/")))


def test_no_projects(client_for, owner: User):
    assert "No open projects" in text(client_for(owner).get("/insights/projects/"))


@pytest.mark.parametrize("count", [1, 3])
def test_statements(client_for, owner: User, project: Project, count: int):
    for number in range(count):
        task = make_task(make_project(owner), name=f"Task {number}", estimated_hours=4)
        tell(task)
    browser = client_for(owner)
    assert statements(browser, "/insights/projects/") <= MOST_STATEMENTS
    assert statements(browser, url(project, "row/")) == 13
    assert statements(browser, url(project)) == 17  # 10 of the health, 7 of any page and of its person


def test_ten_thousand_tasks(owner: User):
    project = make_project(owner)
    Task.objects.bulk_create(Task(project=project, name=str(n), estimated_hours=1) for n in range(10_000))
    tasks = list(Task.objects.filter(project=project))
    Prediction.objects.bulk_create(
        Prediction(
            task=task, asked=str(task.pk), day=TODAY, estimate_hours=1.0, basis="own", known=40, low_hours=0.5,
            middle_hours=1.0, high_hours=2.0, checked=100,
        )
        for task in tasks
    )  # fmt: skip
    for week in range(1, 6):
        make_entry(owner, NOON - 7 * week * DAY, 600, project=project)
    said = of(owner, project).facts
    assert (said.open_tasks, said.prospect.without_range) == (10_000, 0)
    assert said.prospect.reason == "far"


# ── Recommendations ──────────────────────────────────────────────────────────
def test_dismissed_for_oneself_and_brought_back(client_for, owner: User, teammate: User, project: Project):
    key, browser = f"project:{project.pk}:overdue", client_for(owner)
    answer = browser.post("/insights/advice/dismiss/", {"key": key}, headers=HTMX)
    assert toast_of(answer)["text"] == "Recommendation dismissed."
    assert "Dismissed (1)" in text(browser.get(url(project)))
    assert "Dismissed" not in text(client_for(teammate).get(url(project)))
    undo(browser, answer)
    assert "Dismissed" not in text(browser.get(url(project)))
    types = Event.objects.filter(person_id=owner.pk, type__startswith="advice").order_by("pk")
    assert list(types.values_list("type", "payload__key")) == [
        ("advice_dismissed", key), ("advice_brought_back", key),
    ]  # fmt: skip


def test_after_four_weeks_it_is_said_again(client_for, owner: User, project: Project):
    dismiss(user=owner, key=f"project:{project.pk}:overdue")
    Dismissal.objects.update(dismissed_at=timezone.now() - 28 * DAY)
    assert "Dismissed" not in text(client_for(owner).get(url(project)))


def test_bringing_back_what_is_there_is_no_event(owner: User):
    bring_back(user=owner, key="project:1:overdue")
    assert not Event.objects.filter(type="advice_brought_back").exists()


@pytest.mark.parametrize("key", ["", "project", "Project:1:x", "project:1:" + "x" * 100, "a:b:c:d", "a:b\n"])
def test_no_key(client_for, owner: User, key: str):
    answer = client_for(owner).post("/insights/advice/dismiss/", {"key": key}, headers=HTMX)
    assert answer.status_code == 409
    assert Dismissal.objects.count() == 0


# ── The widget ───────────────────────────────────────────────────────────────
def test_the_widget(owner: User, teammate: User, outsider: User, project: Project):
    assert "You are in no open project." in drawn(outsider, "project-health")
    assert "Nothing computed yet" in drawn(owner, "project-health")
    of(owner, project)
    for user in (owner, teammate):
        html = drawn(user, "project-health")
        assert "Shop" in html
        assert "Overdue tasks" in html
    assert cost(owner, "project-health") <= 3
