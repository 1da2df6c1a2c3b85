from __future__ import annotations

import datetime as dt
import re
import uuid
from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy

from tests.events.things import ThingHappened, make_thing_happen
from timetracker.events import registry
from timetracker.events.causes import caused_by
from timetracker.events.choices import Status
from timetracker.events.models import Delivery, Event, stable_id
from timetracker.events.recording import payload_as_json, record
from timetracker.events.registry import Kind, fields_of, on


@pytest.mark.django_db(transaction=True)
def test_is_refused_outside_a_transaction(thing_types):
    with pytest.raises(RuntimeError, match="atomic"):
        record(ThingHappened(), actor=None)
    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_rollback_leaves_neither_event_nor_delivery_nor_wake_up(inner, monkeypatch):
    woken = []
    monkeypatch.setattr("timetracker.events.recording.wake", woken.append)

    def fail():
        with transaction.atomic():
            record(ThingHappened(), actor=None)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert (Event.objects.count(), Delivery.objects.count(), woken) == (0, 0, [])


@pytest.mark.django_db(transaction=True)
def test_wakes_once_after_commit_with_the_new_deliveries(inner, told, monkeypatch):
    woken = []
    monkeypatch.setattr("timetracker.events.recording.wake", lambda *said: woken.append(said))
    with transaction.atomic():
        record(ThingHappened(), actor=None)
        assert woken == []
    assert woken == [(sorted(Delivery.objects.values_list("pk", flat=True)), {Kind.INNER, Kind.OUTER})]


@pytest.mark.django_db(transaction=True)
def test_a_wake_up_that_fails_does_not_reach_the_caller(inner, monkeypatch, caplog):
    def fail(*_said):
        raise OSError("no broker")

    monkeypatch.setattr("timetracker.events.recording.wake", fail)
    make_thing_happen()
    assert Delivery.objects.get().status == Status.PENDING
    assert "no broker" in caplog.text


def test_keeps_who_what_and_whose(db, thing_types, owner):
    with transaction.atomic():
        event = record(ThingHappened(name="x"), actor=owner, subject=owner, person_id=owner.pk, project_id=7)
    event.refresh_from_db()
    assert (event.type, event.actor, event.payload) == ("thing_happened", owner, {"name": "x", "size": None})
    assert (event.subject_type, event.subject_id) == ("thing", str(owner.pk))
    assert (event.person_id, event.project_id, event.cause, event.depth) == (owner.pk, 7, None, 0)


def test_one_delivery_for_each_handler_that_cares(db, thing_types):
    for name, options in {
        "test.inner": {},
        "test.outer": {"kind": Kind.OUTER},
        "test.small": {"when": lambda payload: payload["size"] < 5},
        "test.large": {"when": lambda payload: payload["size"] >= 5},
    }.items():
        on("thing_happened", name=name, **options)(print)
    on("*", name="test.all")(print)
    on("thing_counted", name="test.other")(print)
    event = make_thing_happen(size=9)
    made = dict(event.deliveries.values_list("handler", "kind"))
    assert made == {"test.inner": "inner", "test.outer": "outer", "test.large": "inner", "test.all": "inner"}
    assert {delivery.status for delivery in event.deliveries.all()} == {Status.PENDING}


def test_two_statements_whatever_the_number_of_handlers(db, thing_types, django_assert_num_queries):
    for number in range(5):
        on("thing_happened", name=f"test.{number}")(print)
    with transaction.atomic(), django_assert_num_queries(2):
        record(ThingHappened(), actor=None)


def test_cause_and_depth_follow_the_chain(db, thing_types):
    first = make_thing_happen()
    with caused_by(first):
        second = make_thing_happen()
    with transaction.atomic():
        third = record(ThingHappened(), actor=None, cause=second)
    apart = make_thing_happen()
    assert [(event.cause, event.depth) for event in (first, second, third, apart)] == [
        (None, 0),
        (first, 1),
        (second, 2),
        (None, 0),
    ]


def test_an_unregistered_payload_is_refused(db, thing_types):
    @dataclass(frozen=True)
    class Unknown:
        pass

    with transaction.atomic(), pytest.raises(LookupError, match="Unknown"):
        record(Unknown(), actor=None)


@dataclass(frozen=True)
class Box:
    value: object


NOON = dt.datetime(2025, 3, 30, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (None, None),
        (True, True),
        (3, 3),
        (1.5, 1.5),
        (Decimal("1.50"), "1.50"),
        (NOON, "2025-03-30T12:00:00+00:00"),
        (NOON.date(), "2025-03-30"),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (Status.DONE, "done"),
        (gettext_lazy("Yes"), "Yes"),
        ((1, [NOON.date()]), [1, ["2025-03-30"]]),
        ({"a": [None, Decimal(2)]}, {"a": [None, "2"]}),
    ],
)
def test_payload_as_json(value, stored):
    result = payload_as_json(Box(value))["value"]
    assert (result, type(result)) == (stored, type(stored))


@pytest.mark.parametrize(
    ("value", "error"),
    [
        (object(), TypeError),
        ({1, 2}, TypeError),
        (b"", TypeError),
        (float("nan"), ValueError),
        (float("inf"), ValueError),
        (NOON.replace(tzinfo=None), ValueError),
        ([NOON.replace(tzinfo=None)], ValueError),
    ],
)
def test_what_cannot_be_stored_is_refused_by_name(value, error):
    with pytest.raises(error, match="value"):
        payload_as_json(Box(value))


def test_fields_are_offered_bare_and_under_the_subjects_name(db, thing_types):
    event = make_thing_happen(name="x", size=2)
    assert fields_of(event) == {"name": "x", "size": 2, "thing.name": "x", "thing.size": 2}


def test_stable_id_differs_by_handler_and_event():
    one, two = Event(), Event()
    assert stable_id(one, "a") == stable_id(one, "a")
    assert len({stable_id(one, "a"), stable_id(one, "b"), stable_id(two, "a")}) == 3
    assert Delivery(event=one, handler="a").uid == stable_id(one, "a")


def test_every_handler_of_the_product_names_events_that_exist():
    assert list(registry.unknown_event_names()) == []


def test_nobody_gives_on_commit_a_partial():
    """With robust=True Django logs a failing hook by its __qualname__, which a partial lacks, so the request fails."""
    folders = ["timetracker", "accounts", "tracking", "workflows", "analytics", "notifications"]
    files = [path for folder in folders for path in (settings.BASE_DIR / folder).rglob("*.py")]
    assert [str(path) for path in files if re.search(r"on_commit\(\s*(functools\.)?partial", path.read_text())] == []
