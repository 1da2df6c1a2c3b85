"""Rules that run by the clock: once for each time, by their owner's clock, however many ask and whoever was away."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.services.people import deactivate_people
from accounts.services.profile import update_profile
from notifications.models import Notification
from tests.conftest import ClientFor
from tests.work import make_project, make_task
from tests.workflows.rules import make_rule, runs
from timetracker.events.clock import jobs, next_awaited_at
from timetracker.events.dispatch import drain
from timetracker.events.models import Event
from tracking.models import Task
from tracking.queries import activity_visible_to
from tracking.services.tasks import update_task
from workflows.models import Execution, Miss, Rule
from workflows.services import firing
from workflows.services.firing import fire_due, next_due_at
from workflows.services.rules import switch_off, update_rule
from workflows.trying import events_for

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 3, 4, 12, 0, tzinfo=dt.UTC)
"""A Wednesday; 13:00 in Berlin."""
DAY = dt.timedelta(days=1)
MINUTE = dt.timedelta(minutes=1)
NINE = {"every": "day", "at": "09:00"}
MORNING = dt.datetime(2026, 3, 5, 8, 0, tzinfo=dt.UTC)
"""The next nine o'clock in Berlin."""
TELL = {"type": "send_notification", "title": "{{ rule.name }} on {{ weekday }} at {{ time }}"}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def berliner(owner: User) -> User:
    return lives_in(owner, "Europe/Berlin")


def lives_in(person: User, zone: str) -> User:
    update_profile(person=person, time_zone=zone)
    drain()
    person.refresh_from_db()
    return person


def scheduled(owner: User, options: dict[str, Any] | None = None, *actions: dict[str, Any], **fields: Any) -> Rule:
    return make_rule(owner, "schedule", *(actions or (TELL,)), trigger_options=options or NINE, **fields)


def next_run(rule: Rule) -> dt.datetime | None:
    return Rule.objects.values_list("next_run_at", flat=True).get(pk=rule.pk)


def told() -> list[dict[str, Any]]:
    return list(Event.objects.filter(type="schedule").order_by("pk").values_list("payload", flat=True))


# ── What it does ─────────────────────────────────────────────────────────────
def test_a_time_that_comes_runs_what_the_rule_says(berliner: User):
    project = make_project(manager=berliner)
    rule = scheduled(
        berliner, NINE, TELL, {"type": "create_task", "name": "Report {{ date }}", "project_id": project.pk},
        {"type": "update_status", "status": "review", "task_id": make_task(project).pk}, name="Mornings",
    )  # fmt: skip
    assert [fire_due(NOON), fire_due(MORNING - MINUTE), fire_due(MORNING)] == [0, 0, 1]
    assert runs() == ["done"]
    assert Notification.objects.get(category="rule").title == "Mornings on thu at 09:00"
    assert Task.objects.latest("pk").name == "Report 2026-03-05"
    event = Event.objects.get(type="schedule")
    assert (event.actor, event.person_id, event.subject_type, event.subject_id) == (
        None, berliner.pk, "rule", str(rule.pk),
    )  # fmt: skip
    assert event.payload == {
        "id": rule.pk, "name": "Mornings", "due_at": "2026-03-05T08:00:00+00:00", "date": "2026-03-05",
        "time": "09:00", "weekday": "thu", "day": 5, "month": 3, "missed": 0,
    }  # fmt: skip
    assert next_run(rule) == MORNING + DAY


def test_it_concerns_its_own_rule_alone(owner: User, administrator: User):
    rule = scheduled(owner)
    for other in (scheduled(owner, {"every": "day", "at": "10:00"}), scheduled(administrator, scope="team")):
        Rule.objects.filter(pk=other.pk).update(next_run_at=NOON + 9 * DAY)
    fire_due(NOON + DAY)
    assert runs() == ["done"]
    assert Execution.objects.get().rule == rule
    assert not activity_visible_to(owner).filter(type="schedule").exists()
    assert not activity_visible_to(administrator).filter(type="schedule").exists()


def test_conditions_use_its_fields(owner: User):
    scheduled(owner, conditions=[{"field": "weekday", "operator": "in", "value": ["mon", "thu"]}])
    for days in range(1, 8):
        fire_due(NOON + days * DAY)
    assert runs() == ["done", "done"]
    assert Miss.objects.count() == 5


def test_a_rule_says_what_it_is_about(owner: User):
    with pytest.raises(ValidationError) as refused:
        scheduled(owner, NINE, {"type": "update_status", "status": "done"})
    assert list(refused.value.message_dict) == ["actions[0].task_id"]


# ── Once ─────────────────────────────────────────────────────────────────────
def test_what_was_missed_is_made_up_for_once(berliner: User):
    rule = scheduled(berliner)
    late = MORNING + 3 * DAY + MINUTE
    assert [fire_due(late), fire_due(late)] == [1, 0]
    assert [(one["date"], one["missed"]) for one in told()] == [("2026-03-05", 3)]
    assert next_run(rule) == MORNING + 4 * DAY
    assert runs() == ["done"]


def test_what_was_missed_is_counted_up_to_a_thousand(owner: User):
    scheduled(owner, {"cron": "*/5 * * * *"})
    fire_due(NOON + 30 * DAY)
    assert [one["missed"] for one in told()] == [1000]


def test_killed_between_it_comes_once(owner: User, monkeypatch: pytest.MonkeyPatch):
    rule = scheduled(owner)
    before = next_run(rule)
    with monkeypatch.context() as broken:
        broken.setattr(firing, "_keep", Mock(side_effect=RuntimeError("killed")))
        with pytest.raises(RuntimeError, match="killed"):
            fire_due(NOON + DAY)
    assert (told(), next_run(rule)) == ([], before)
    assert [fire_due(NOON + DAY), len(told())] == [1, 1]


def test_one_that_cannot_be_planned_is_switched_off_and_holds_up_nobody(owner: User):
    first, second = scheduled(owner), scheduled(owner)
    Rule.objects.filter(pk=first.pk).update(next_run_zone="Nowhere/At_All")
    assert [fire_due(NOON + DAY), fire_due(NOON + DAY)] == [2, 0]
    assert [one["id"] for one in told()] == [second.pk]
    first.refresh_from_db()
    assert (first.enabled, first.next_run_at) == (False, None)
    assert "Choose its times anew" in first.off_because
    assert Notification.objects.get(category="rule_off").message == first.off_because


def test_a_turn_hands_over_so_many_and_asks_for_the_next(
    owner: User, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
):
    monkeypatch.setattr(firing, "AT_ONCE", 3)
    woken = Mock()
    monkeypatch.setattr(firing, "wake_clock", woken)
    for _number in range(7):
        scheduled(owner)
    for had, again in [(3, True), (3, True), (1, False), (0, False)]:
        woken.reset_mock()
        with django_capture_on_commit_callbacks(execute=True):
            assert fire_due(NOON + DAY) == had
        assert woken.called == again
    assert len(told()) == len({one["id"] for one in told()}) == 7


def test_a_turn_takes_as_many_statements_for_one_as_for_many(owner: User):
    def turn(now: dt.datetime) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert fire_due(now) == Rule.objects.count()
        return len(asked)

    scheduled(owner)
    with_one = turn(NOON + DAY)
    for _number in range(9):
        scheduled(owner)
    assert turn(NOON + 2 * DAY) == with_one


@pytest.mark.django_db(transaction=True)
def test_two_at_once_fire_one(owner: User, run_at_once: Callable[..., list[Any]]):
    scheduled(owner)
    run_at_once(*[lambda: fire_due(NOON + DAY)] * 2)
    assert len(told()) == 1


# ── When it is planned ───────────────────────────────────────────────────────
def test_the_clock_knows_when(owner: User):
    assert next_due_at(NOON) is None
    rule = scheduled(owner)
    assert next_due_at(NOON) == next_run(rule) == next_awaited_at(NOON)
    assert next_due_at(NOON + DAY) is None
    jobs()["workflows.schedules"].function(NOON + DAY)
    assert len(told()) == 1


def test_switched_off_it_waits_for_nothing_and_on_again_for_the_next(owner: User, clock: time_machine.Coordinates):
    rule = scheduled(owner)
    update_rule(rule=rule, actor=owner, enabled=False)
    assert (next_run(rule), fire_due(NOON + DAY)) == (None, 0)
    clock.move_to(NOON + 10 * DAY)
    update_rule(rule=rule, actor=owner, enabled=True)
    assert next_run(rule) == dt.datetime(2026, 3, 15, 9, tzinfo=dt.UTC)
    switch_off(rule=rule, reason="It failed.")
    assert next_run(rule) is None


def test_switched_off_between_it_does_nothing(owner: User):
    rule = scheduled(owner)
    fire_due(NOON + DAY)
    update_rule(rule=rule, actor=owner, enabled=False)
    assert runs() == []


def test_another_schedule_is_planned_anew_and_another_name_is_not(owner: User, clock: time_machine.Coordinates):
    rule = scheduled(owner)
    clock.move_to(NOON + DAY)
    update_rule(rule=rule, actor=owner, name="Another")
    assert next_run(rule) == dt.datetime(2026, 3, 5, 9, tzinfo=dt.UTC)
    update_rule(rule=rule, actor=owner, trigger_options={"cron": "30 14 * * *"})
    assert next_run(rule) == dt.datetime(2026, 3, 5, 14, 30, tzinfo=dt.UTC)
    update_rule(rule=rule, actor=owner, trigger_type="project_created", trigger_options={}, actions=[
        {"type": "send_notification", "title": "New"},
    ])  # fmt: skip
    assert next_run(rule) is None
    assert make_rule(owner).next_run_at is None


def test_the_owner_moves(berliner: User):
    rule, other = scheduled(berliner), scheduled(berliner, {"every": "day", "at": "14:00"})
    assert next_run(other) == NOON + 60 * MINUTE
    lives_in(berliner, "Pacific/Kiritimati")
    assert next_run(rule) == dt.datetime(2026, 3, 4, 19, tzinfo=dt.UTC)
    assert next_run(other) == dt.datetime(2026, 3, 5, 0, tzinfo=dt.UTC)
    fire_due(NOON + 7 * 60 * MINUTE)
    assert [(one["date"], one["time"]) for one in told()] == [("2026-03-05", "09:00")]


def test_what_is_due_while_its_owner_moves_comes_first(berliner: User, clock: time_machine.Coordinates):
    rule = scheduled(berliner)
    clock.move_to(MORNING)
    lives_in(berliner, "America/New_York")
    fire_due(MORNING)
    assert [one["time"] for one in told()] == ["09:00"]
    assert next_run(rule) == dt.datetime(2026, 3, 5, 14, tzinfo=dt.UTC)


def test_the_owner_leaves(owner: User, administrator: User):
    rule = scheduled(owner)
    deactivate_people(people=[owner], actor=administrator)
    assert (fire_due(NOON + DAY), told()) == (0, [])
    assert runs() == []
    assert (next_run(rule), Rule.objects.get().enabled) == (None, False)


@pytest.mark.parametrize("rows", [1, 4])
def test_nothing_due_takes_one_statement(owner: User, rows: int):
    for _number in range(rows):
        scheduled(owner)
    with CaptureQueriesContext(connection) as asked:
        fire_due(NOON)
    assert len(asked) == 1


# ── Over the API ─────────────────────────────────────────────────────────────
@pytest.fixture
def olga(client_for: ClientFor, owner: User) -> Client:
    return client_for(owner)


def send(browser: Client, method: str, path: str, data: Any = None) -> Any:
    return browser.generic(method, path, json.dumps(data), content_type="application/json")


def rule_of(trigger: Any) -> dict[str, Any]:
    return {"name": "Mornings", "trigger": trigger, "actions": [{"type": "send_notification", "title": "{{ date }}"}]}


def test_the_api_keeps_what_the_trigger_says(olga: Client, owner: User):
    trigger = {"type": "schedule", "every": "week", "days": ["mon", "fri"], "at": "09:00"}
    made = send(olga, "POST", "/api/workflows/", rule_of(trigger)).json()
    assert (made["trigger"], made["next_run_at"]) == (trigger, "2026-03-06T09:00:00Z")
    url = f"/api/workflows/{made['id']}/"
    changed = send(olga, "PATCH", url, {"trigger": {"type": "schedule", "cron": "0 9 * * 1-5"}, "next_run_at": None})
    assert changed.json()["trigger"] == {"type": "schedule", "cron": "0 9 * * 1-5"}
    assert changed.json()["next_run_at"] == "2026-03-05T09:00:00Z"
    assert send(olga, "PATCH", url, {"name": "Other"}).json()["trigger"] == changed.json()["trigger"]
    off = send(olga, "PATCH", url, {"enabled": False}).json()
    assert (off["next_run_at"], off["trigger"]) == (None, changed.json()["trigger"])
    other = send(olga, "PATCH", url, {"trigger": {"type": "project_created"}, "actions": [
        {"type": "send_notification", "title": "{{ project.name }}"},
    ]})  # fmt: skip
    assert (other.status_code, other.json()["trigger"]) == (200, {"type": "project_created"})


@pytest.mark.parametrize(
    ("trigger", "path"),
    [
        ({"type": "schedule"}, "trigger.every"),
        ({"type": "schedule", "every": "day", "at": "9"}, "trigger.at"),
        ({"type": "schedule", "every": "week", "at": "09:00", "days": ["mon", "day"]}, "trigger.days[1]"),
        ({"type": "schedule", "cron": "* * * * *"}, "trigger.cron"),
        ({"type": "schedule", "every": "day", "at": "09:00", "xyz": 1}, "trigger.xyz"),
        ({"type": "task_created", "at": "09:00"}, "trigger.at"),
        ({"type": "task_created", "options": {"at": "09:00"}}, "trigger.options"),
    ],
)
def test_the_api_names_the_path(olga: Client, trigger: dict[str, Any], path: str):
    refused = send(olga, "POST", "/api/workflows/", rule_of(trigger))
    assert refused.status_code == 400
    assert path in [error["field"] for error in refused.json()["errors"]]


def test_a_schedule_is_tried_before_its_time_and_on_what_was(olga: Client, owner: User):
    rule, other = scheduled(owner), scheduled(owner)
    update_task(task=make_task(make_project(manager=owner)), actor=owner, status="done")
    before = Event.objects.count()
    tried = send(olga, "POST", f"/api/workflows/{rule.pk}/test/", {}).json()
    assert (tried["event"], tried["matched"], Event.objects.count()) == (None, True, before)
    assert tried["actions"] == [{"type": "send_notification", "title": "A rule on wed at 12:00"}]
    fire_due(NOON + DAY)
    mine, others = (events_for(each).get() for each in (rule, other))
    tried = send(olga, "POST", f"/api/workflows/{rule.pk}/test/", {}).json()
    assert tried["event"] == str(mine.uid)
    refused = send(olga, "POST", f"/api/workflows/{rule.pk}/test/", {"event": str(others.uid)})
    assert refused.status_code == 404
