"""What estimates say, as fields of rules."""

from __future__ import annotations

from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone, translation

from analytics.choices import Reason
from analytics.models import Prediction
from analytics.services.predictions import predict
from notifications.models import Notification
from tests.analytics.finished import DAY, TODAY, make_finished
from tests.work import make_project
from tests.workflows.rules import make_rule, runs
from timetracker.events.dispatch import drain
from timetracker.events.models import Event
from tracking.choices import TaskStatus
from tracking.services.tasks import create_task, update_task
from workflows.models import Miss
from workflows.placeholders import written
from workflows.services.matching import match
from workflows.trying import back_test, latest_for, tried
from workflows.words import read_back

pytestmark = pytest.mark.django_db
TELL = {
    "type": "send_notification",
    "title": "{{ task.name }}: {{ task.estimate_p10 }} to {{ task.estimate_p90 }}",
    "message": "{{ task.estimate_p50 }}, {{ task.estimate_confidence }}",
}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(TODAY, tick=False) as clock:
        yield clock


@pytest.fixture
def project(owner):
    project = make_project(owner)
    make_finished(30, project)  # a range from half to twice the estimate
    return project


@pytest.fixture
def plan(project, owner):
    def planned(hours: int | None = 4, **fields: object):
        given = Decimal(hours) if hours else None
        return create_task(actor=owner, project=project, name=f"Plan of {hours}", estimated_hours=given, **fields)

    return planned


def over(hours: int, field: str = "task.estimate_p90") -> dict[str, object]:
    return {"conditions": [{"field": field, "operator": ">", "value": hours}]}


def test_a_rule_about_the_upper_end_runs_when_a_task_is_created(owner, plan):
    make_rule(owner, "task_created", TELL, **over(16))
    plan(4)  # up to 8
    plan(9)

    assert runs() == ["done"]
    told = Notification.objects.get()
    assert told.title == "Plan of 9: 4.5 to 18"
    assert told.message == f"9, {written(Prediction.objects.get(estimate_hours=9).confidence)}"


def test_one_that_missed_says_what_it_found(owner, plan):
    make_rule(owner, "task_created", **over(16))
    plan(4)

    assert runs() == []
    assert Miss.objects.get().found == {"field": "task.estimate_p90", "operator": ">", "wanted": 16, "actual": 8.0}


def test_where_nothing_is_said_the_fields_are_empty(owner):
    names = ("p10", "p50", "p90", "confidence")
    empty = [{"field": f"task.estimate_{name}", "operator": "is_empty"} for name in names]
    make_rule(owner, "task_created", conditions=empty)
    create_task(actor=owner, project=make_project(owner), name="First", estimated_hours=Decimal(4))

    assert runs() == ["done"]
    assert Prediction.objects.get().reason == Reason.FEW


def test_a_rough_range_has_ends_and_no_middle(owner, plan):
    ends = [{"field": f"task.estimate_{name}", "operator": "is_not_empty"} for name in ("p10", "p90")]
    middle = {"field": "task.estimate_p50", "operator": "is_empty"}
    make_rule(owner, "task_created", conditions=[*ends, middle])
    plan(None)

    assert runs() == ["done"]


def test_a_condition_may_compare_with_it(owner, plan):
    longer = {"field": "estimated_hours", "operator": "<", "value": "{{ task.estimate_p90 }}"}
    make_rule(owner, "task_created", conditions=[longer])
    plan(4)

    assert runs() == ["done"]


def test_a_finished_task_has_what_was_said_of_it(owner, plan):
    make_rule(owner, "task_completed", TELL, **over(7))
    task = plan(4)
    drain()

    update_task(task=task, actor=owner, status=TaskStatus.DONE)

    assert runs() == ["done"]
    assert Notification.objects.get().title == "Plan of 4: 2 to 8"


def test_a_task_that_is_gone_has_none(owner, plan):
    make_rule(owner, "task_created", **over(0))
    plan(4).delete()

    assert runs() == []


# ── Trying, reading, writing ─────────────────────────────────────────────────
def test_a_dry_run_says_what_it_found(owner, plan):
    rule = make_rule(owner, "task_created", TELL, **over(7))
    plan(4)
    drain()

    trial = tried(rule, latest_for(rule))

    assert [(one.actual, one.held) for one in trial.conditions] == [(8.0, True)]
    assert trial.actions[0]["title"] == "Plan of 4: 2 to 8"


def test_a_back_test_asks_once_for_all_and_tells_nothing_new(owner, plan, django_assert_max_num_queries):
    rule = make_rule(owner, "task_created", enabled=False, **over(7))
    for hours in (1, 4, 9):
        plan(hours)
    drain()
    old = plan(9)
    Event.objects.filter(type="task_created", subject_id=str(old.pk)).update(occurred_at=timezone.now())
    said = Prediction.objects.count()

    with django_assert_max_num_queries(4):
        found = back_test(rule, timezone.now() + DAY)

    assert (found.fits, found.whole) == (2, True)  # the one of 9 that nobody has told yet does not count
    assert Prediction.objects.count() == said


def test_many_rules_ask_once(owner, plan, django_assert_max_num_queries):
    for _number in range(5):
        make_rule(owner, "task_created", **over(16))
    task = plan(4)
    predict(task)
    event = Event.objects.get(type="task_created")

    with django_assert_max_num_queries(16):
        match(event)


def test_it_is_read_back_in_both_languages(owner):
    rule = make_rule(owner, "task_created", **over(16))

    assert "if upper end of the predicted hours is more than 16" in read_back(rule)
    with translation.override("de"):
        assert "oberes Ende der vorhergesagten Stunden" in read_back(rule)
