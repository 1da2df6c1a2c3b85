"""Rules that nobody thought of: what is wrong is refused at its place, and what is not wrong runs to an end."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from random import Random
from typing import Any
from unittest.mock import Mock

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from notifications.models import Notification
from tests.work import make_entry, make_project, make_task
from tests.workflows.random_rules import any_payload, any_values, broken_rule, valid_rule
from timetracker.events.dispatch import drain
from timetracker.events.models import Delivery, Event
from timetracker.events.recording import record
from timetracker.events.registry import event_types
from timetracker.web.outbound import OutboundFailed, OutboundRefused, Response
from tracking.models import Tag, Task, TimeEntry
from workflows.choices import RunStatus, Scope
from workflows.conditions import first_failure, trace
from workflows.definition import faults_of
from workflows.document import fields_of
from workflows.models import Execution, Rule
from workflows.placeholders import filled
from workflows.services.rules import create_rule
from workflows.triggers import triggers
from workflows.trying import holds

DICE = st.randoms(use_true_random=True)
PURE = settings(max_examples=100, deadline=None, database=None)
EACH = 100
"""Rules for each throw of the dice, which takes longer than they do: ten thousand in all, of either sort."""


def rules(dice: Random, make: Callable[[Random], dict[str, Any]]) -> Iterator[tuple[dict[str, Any], Random]]:
    """Many of one throw, each with dice of its own: those of Hypothesis take longer to throw than a rule to make."""
    for _each in range(EACH):
        own = Random(dice.getrandbits(64))
        yield make(own), own


def faults(rule: dict[str, Any]) -> list[str]:
    trigger = rule.get("trigger")
    said = dict(trigger) if isinstance(trigger, dict) else {"type": trigger}
    return [
        fault.path for fault in faults_of(said.pop("type", None), rule.get("conditions"), rule.get("actions"), said)
    ]


def asked(rule: dict[str, Any], values: dict[str, Any]) -> None:
    """All that is asked of a rule without a database: raises nothing, and agrees with itself."""
    trigger = triggers()[rule["trigger"]["type"]]
    failed = first_failure(rule["conditions"], trigger, values)
    found = {one.path: one.held for one in trace(rule["conditions"], trigger, values)}
    assert (failed is None) == holds(rule["conditions"], found)
    assert failed is None or found[failed.path] is False
    for action in rule["actions"]:
        for value in action.values():
            filled(value, values)


@PURE
@given(DICE)
def test_a_valid_rule_is_taken_and_asked(dice: Random):
    for rule, own in rules(dice, valid_rule):
        assert faults(rule) == []
        asked(rule, any_values(own, triggers()[rule["trigger"]["type"]]))


@PURE
@given(DICE)
def test_a_broken_one_is_refused_where_it_is_broken(dice: Random):
    for rule, _own in rules(dice, broken_rule):
        found = faults(rule)
        for path in found:
            assert is_in(path, rule), (path, rule)
        if not found:
            said = json.dumps([rule["conditions"], rule["actions"]], allow_nan=False)
            assert not re.search(r"\\u(0000|d[89a-f])", re.sub(r"\\ud83e\\udd89", "", said)), rule  # but for an owl
            asked(rule, {})


def is_in(path: str, rule: dict[str, Any]) -> bool:
    """Whether it leads to something of the rule, or to something missing from it."""
    *way, last = [int(part) if part.isdecimal() else part for part in re.findall(r"[^.\[\]]+", path)]
    node: Any = rule
    for part in way:
        node = node[part] if isinstance(part, int) or part in node else {}
    return isinstance(last, str) or last < len(node)


# ── With a database ──────────────────────────────────────────────────────────
MADE_BY = {
    "task_created": Task.objects.all(), "tag_created": Tag.objects.all(),
    "time_logged timer_started": TimeEntry.objects.all(),
    "notification_sent": Notification.objects.filter(in_centre=True),
}  # fmt: skip
ANSWERS: list[Exception | Response] = [
    OutboundRefused("private_address"),
    OutboundFailed("too_large"),
    *(Response(code, {}, b"") for code in (200, 404)),
]


@pytest.fixture
def subjects(owner: User, outsider: User) -> dict[str, Any]:
    task = make_task(make_project(manager=owner), assignee=owner)
    hidden = make_task(make_project(manager=outsider, is_public=False))
    entry = make_entry(owner, task=task)
    drain()
    return {"task": task, "entry": entry, "project": task.project, "hidden": hidden}


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(dice=DICE)
def test_whatever_happens_comes_to_an_end(dice: Random, owner: User, lead: User, subjects, monkeypatch):
    """Rules of two people, on events that tell anything: the engine raises nothing, and all is done by services."""
    monkeypatch.setattr("workflows.actions.webhooks.request", Mock(side_effect=lambda *_a, **_k: _answer(dice)))
    with transaction.atomic():
        ids = (*(one.pk for one in subjects.values()), owner.pk, lead.pk)
        before = {types: set(rows.values_list("pk", flat=True)) for types, rows in MADE_BY.items()}
        made = [_make(dice, ids, person, scope) for person, scope in ((owner, Scope.OWN), (lead, Scope.TEAM))]
        for rule in made:
            _happen(dice, rule.trigger_type, {**subjects, "rule": rule}, owner, ids)
        drain()
        ours = Delivery.objects.filter(handler__startswith="workflows.")
        assert list(ours.exclude(status="done", attempts=1).values_list("handler", "last_error")) == []
        assert not Execution.objects.filter(status=RunStatus.RUNNING).exists()
        for types, rows in MADE_BY.items():
            told = Event.objects.filter(type__in=types.split()).values_list("payload__id", flat=True)
            assert set(rows.all().values_list("pk", flat=True)) - before[types] <= set(told)
        transaction.set_rollback(True)


def _answer(dice: Random) -> Response:
    found = dice.choice(ANSWERS)
    if isinstance(found, Exception):
        raise found
    return found


def _make(dice: Random, ids: tuple[int, ...], person: User, scope: str) -> Rule:
    said = valid_rule(dice, ids)
    said["conditions"] = said["conditions"] if dice.random() < 0.3 else []
    return create_rule(actor=person, name="Random", scope=scope, **fields_of(said))


def _happen(dice: Random, name: str, subjects: dict[str, Any], person: User, ids: tuple[int, ...]) -> None:
    kind = event_types()[name]
    payload, project = any_payload(dice, kind.payload_class, ids), subjects["project"]
    record(payload, actor=person, subject=subjects[kind.subject], person_id=person.pk, project_id=project.pk)
