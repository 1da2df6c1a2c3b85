"""What PostHog receives, through its own library, and what happens where it does not."""

from __future__ import annotations

import datetime as dt
import json
import threading
from functools import partial
from uuid import UUID, uuid4

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from analytics.models import TelemetryEvent, TelemetryState, TelemetryStatus
from analytics.queries import telemetry as limits
from analytics.queries.telemetry import has_agreed, sent_messages, telemetry_state, unsent
from analytics.schedules import send_telemetry
from analytics.services import telemetry_sending
from analytics.services.telemetry import Counted, ask_to_send, count, switch_telemetry
from analytics.services.telemetry_sending import preview, send_waiting
from tests.analytics.posthog_server import PostHog
from tests.analytics.telemetry import KEY
from timetracker.events.choices import Status
from timetracker.events.dispatch import drain
from timetracker.events.models import Delivery, Event
from timetracker.web import outbound
from timetracker.web.version import product_version

pytestmark = pytest.mark.django_db
STOPPED = Counted("timer_stopped", {"duration": "1-4h"}, times=2)


def state() -> TelemetryState:
    return telemetry_state()


# ── What arrives ─────────────────────────────────────────────────────────────
def test_what_arrives(telemetry_on: PostHog):
    count(STOPPED)
    count(STOPPED)
    row = unsent().get()
    send_waiting()
    (body,) = telemetry_on.bodies
    assert set(body) == {"api_key", "batch", "historical_migration", "sent_at"}
    assert (body["api_key"], body["historical_migration"]) == (KEY, False)
    assert body["batch"] == [
        {
            "event": "timer_stopped",
            "distinct_id": str(state().install_id),
            "uuid": str(row.uuid),
            "timestamp": f"{timezone.now():%Y-%m-%d}T00:00:00+00:00",
            "properties": {
                "duration": "1-4h", "times": 4, "team_size": "1", "version": product_version(),
                "$geoip_disable": True, "$ip": "0.0.0.0", "$process_person_profile": False,  # noqa: S104 - a value
            },
        }
    ]  # fmt: skip
    assert telemetry_on.headers[0]["user-agent"] == "Timetracker"
    assert unsent().count() == 0
    assert sent_messages().get().message == body["batch"][0]


def test_the_preview_is_what_arrives_to_the_letter(telemetry_on: PostHog, capsys):
    count(STOPPED)
    count(Counted("client_created"))
    shown = json.loads(preview())
    call_command("telemetry_preview")
    printed = json.loads(capsys.readouterr().out)["/batch/"]
    send_waiting()
    arrived = telemetry_on.bodies[0]
    for one in (shown, printed, arrived):
        del one["sent_at"]
    assert shown == printed == arrived


def test_before_anybody_agrees_the_preview_shows_examples_and_sends_nothing(posthog: PostHog, organisation, capsys):
    call_command("telemetry_preview")
    told = capsys.readouterr()
    batch = json.loads(told.out)["/batch/"]["batch"]
    assert {message["event"] for message in batch} == set(telemetry_sending.declared())
    assert {message["distinct_id"] for message in batch} == {str(telemetry_sending.SOMEBODY)}
    assert "Telemetry is off" in told.err
    assert not posthog.bodies


@pytest.mark.django_db(transaction=True)
def test_who_looks_and_who_sends_do_not_mix_their_messages(posthog: PostHog, organisation, run_at_once):
    def build(install_id: UUID) -> set[str]:
        rows = [row for _ in range(20) for row in telemetry_sending.examples()]
        found = telemetry_sending.messages_of(rows, install_id)
        assert len(found) == len(rows)
        return {message["distinct_id"] for message in found.values()}

    ids = [uuid4() for _ in range(4)]
    answers = run_at_once(*(partial(build, one) for one in ids))
    assert sorted(answers, key=str) == sorted(({str(one)} for one in ids), key=str)


def test_a_day_is_a_message(telemetry_on: PostHog):
    today = timezone.now().date()
    count(Counted("client_created", day=today - dt.timedelta(days=1)))
    count(Counted("client_created", day=today))
    send_waiting()
    stamps = [message["timestamp"][:10] for message in telemetry_on.messages]
    assert stamps == [str(today - dt.timedelta(days=1)), str(today)]


def test_the_last_messages_are_kept(telemetry_on: PostHog, monkeypatch):
    monkeypatch.setattr(telemetry_sending, "KEPT_SENT", 3)
    for number in range(5):
        count(Counted("client_created", day=timezone.now().date() - dt.timedelta(days=number)))
    send_waiting()
    assert len(telemetry_on.messages) == 5
    assert sent_messages().count() == 3
    assert state().sent == 5


# ── By the clock ─────────────────────────────────────────────────────────────
def test_the_clock_has_it_sent_by_a_delivery(telemetry_on: PostHog):
    count(STOPPED)
    send_telemetry(timezone.now())
    assert Event.objects.get(type="telemetry_due").payload == {"waiting": 1}
    drain()
    assert len(telemetry_on.messages) == 1
    assert Delivery.objects.get(handler="analytics.telemetry_send").status == Status.DONE
    send_telemetry(timezone.now())
    assert Event.objects.filter(type="telemetry_due").count() == 1, "nothing waits any more"


def test_several_batches(telemetry_on: PostHog, monkeypatch):
    monkeypatch.setattr(telemetry_sending, "A_BATCH", 2)
    for number in range(5):
        count(Counted("client_created", day=timezone.now().date() - dt.timedelta(days=number)))
    send_waiting()
    assert [len(body["batch"]) for body in telemetry_on.bodies] == [2, 2, 1]


# ── What goes wrong ──────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("status", "answer", "reason"),
    [
        (200, b"<html>Please sign in</html>", "nonsense"),
        (200, b"[1, 2]", "nonsense"),
        (200, b'{"status": [1]}', "nonsense"),
        (200, b"\xff\xfe", "nonsense"),
        (400, b'{"detail": "bad"}', "status_400"),
        (401, b'["no"]', "status_401"),
        (302, b"", "status_302"),
        (503, b"later", "status_503"),
    ],
)
def test_what_is_not_taken_waits(telemetry_on: PostHog, status: int, answer: bytes, reason: str):
    telemetry_on.status, telemetry_on.answer = status, answer
    telemetry_on.answer_headers = {"Location": "http://10.0.0.1/"} if status == 302 else {}
    count(STOPPED)
    send_waiting()
    assert (state().failures, state().last_error) == (1, reason)
    assert len(telemetry_on.bodies) == 1, "the library tries no second time by itself"
    assert unsent().get().times == 2
    send_waiting()
    assert len(telemetry_on.bodies) == 1, "not before its time"


def test_the_second_try_says_the_same_under_the_same_id(telemetry_on: PostHog):
    telemetry_on.status = 503
    count(STOPPED)
    send_waiting()
    count(STOPPED)
    telemetry_on.status = 200
    with time_machine.travel(timezone.now() + dt.timedelta(hours=2)):
        send_waiting()
    first, second = (body["batch"] for body in telemetry_on.bodies)
    assert second[0] == first[0]
    assert len(second) == 2, "what came later is a message of its own"
    assert second[1]["uuid"] != first[0]["uuid"]
    assert (state().failures, state().failed, state().last_error, state().next_try_at) == (0, 1, "", None)


def test_pauses_grow_up_to_a_day(telemetry_on: PostHog):
    telemetry_on.status = 503
    count(STOPPED)
    pauses, now = [], timezone.now()
    for _ in range(8):
        with time_machine.travel(now, tick=False):
            send_waiting()
        pauses.append((state().next_try_at - now) / dt.timedelta(hours=1))
        now = state().next_try_at
    assert pauses == [1, 2, 4, 8, 16, 24, 24, 24]


def test_patience_that_posthog_asks_for(telemetry_on: PostHog):
    telemetry_on.status, telemetry_on.answer_headers = 429, {"Retry-After": "7200"}
    count(STOPPED)
    send_waiting()
    assert state().next_try_at - timezone.now() > dt.timedelta(minutes=119)


def test_nobody_there(telemetry_on: PostHog, settings):
    settings.POSTHOG_HOST = "http://127.0.0.1:9"
    count(STOPPED)
    send_waiting()
    assert state().last_error == "connection"


def test_one_that_never_answers(telemetry_on: PostHog, monkeypatch):
    monkeypatch.setattr(outbound, "SECONDS", 0.2)
    telemetry_on.silent = threading.Event()
    count(STOPPED)
    send_waiting()
    assert state().last_error == "timeout"
    telemetry_on.silent.set()


def test_a_private_address_is_not_gone_to(telemetry_on: PostHog, settings):
    settings.OUTBOUND_ALLOWED_NETWORKS = []
    count(STOPPED)
    send_waiting()
    assert not telemetry_on.bodies
    assert state().last_error == "private_address"


def test_a_failure_is_no_failed_delivery(telemetry_on: PostHog):
    telemetry_on.status = 500
    count(STOPPED)
    ask_to_send(timezone.now())
    drain()
    delivery = Delivery.objects.get(handler="analytics.telemetry_send")
    assert (delivery.status, delivery.attempts) == (Status.DONE, 1)


def test_the_librarys_own_connection_is_never_used(telemetry_on: PostHog, monkeypatch):
    from posthog import request

    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("the library wanted to send by itself")

    monkeypatch.setattr(request, "_get_session", refuse)
    monkeypatch.setattr(request.requests.Session, "send", refuse)
    count(STOPPED)
    preview()
    send_waiting()
    assert len(telemetry_on.messages) == 1


# ── Too much, too old, not declared ──────────────────────────────────────────
def test_a_full_queue_drops_and_says_so(telemetry_on: PostHog, monkeypatch):
    monkeypatch.setattr("analytics.services.telemetry.MOST_WAITING", 2)
    days = [timezone.now().date() - dt.timedelta(days=number) for number in range(3)]
    for day in days:
        count(Counted("client_created", day=day, times=5))
    count(Counted("client_created", day=days[0]))
    assert unsent().count() == 2
    assert unsent().get(day=days[0]).times == 6, "what has a row goes on being counted"
    assert state().dropped_full == 5
    assert limits.MOST_WAITING == 1000


def test_what_waited_for_two_weeks_is_dropped(telemetry_on: PostHog):
    count(Counted("client_created", day=timezone.now().date() - dt.timedelta(days=15), times=3))
    count(Counted("client_created", day=timezone.now().date() - dt.timedelta(days=14)))
    send_waiting()
    assert len(telemetry_on.messages) == 1
    assert state().dropped_old == 3


def test_undeclared_is_dropped_and_counted_in_production(telemetry_on: PostHog, settings):
    settings.TELEMETRY_STRICT = False
    count(Counted("client_created", {"name": "Kestrel"}, times=3))
    assert unsent().count() == 0
    assert state().dropped_undeclared == 3


def test_a_row_of_an_earlier_version_does_not_leave(telemetry_on: PostHog):
    today = timezone.now().date()
    TelemetryEvent.objects.create(day=today, name="page_viewed", properties={"path": "/people/ada/"}, times=4)
    count(STOPPED)
    send_waiting()
    assert [message["event"] for message in telemetry_on.messages] == ["timer_stopped"]
    assert state().dropped_undeclared == 4
    assert unsent().count() == 0


# ── Opting out ───────────────────────────────────────────────────────────────
def test_off_stops_within_one_batch(telemetry_on: PostHog, administrator: User, monkeypatch):
    """Between two batches: the first arrives and is kept as sent, the rest is gone."""
    monkeypatch.setattr(telemetry_sending, "A_BATCH", 2)
    for number in range(5):
        count(Counted("client_created", day=timezone.now().date() - dt.timedelta(days=number)))
    settle = telemetry_sending._settle

    def switched_off_meanwhile(*args):
        switch_telemetry(actor=administrator, on=False)
        settle(*args)

    monkeypatch.setattr(telemetry_sending, "_settle", switched_off_meanwhile)
    send_waiting()
    assert len(telemetry_on.bodies) == 1
    assert unsent().count() == 0
    assert sent_messages().count() == 2


def test_off_while_a_batch_fails_leaves_nothing(telemetry_on: PostHog, administrator: User, monkeypatch):
    telemetry_on.status = 503
    count(STOPPED)
    settle = telemetry_sending._settle

    def switched_off_meanwhile(*args):
        switch_telemetry(actor=administrator, on=False)
        settle(*args)

    monkeypatch.setattr(telemetry_sending, "_settle", switched_off_meanwhile)
    send_waiting()
    assert TelemetryEvent.objects.count() == 0


def test_what_a_dead_sender_left_is_deleted_after_an_opt_out(telemetry_on: PostHog, administrator: User):
    count(STOPPED)
    assert telemetry_sending._claim()
    switch_telemetry(actor=administrator, on=False)
    assert unsent().count() == 1, "a sender has it"
    ask_to_send(timezone.now() + telemetry_sending.LEASE * 2)
    assert unsent().count() == 0


def test_what_a_dead_sender_left_is_sent_again_under_its_id(telemetry_on: PostHog):
    count(STOPPED)
    (left,) = telemetry_sending._claim()
    send_waiting()
    assert not telemetry_on.bodies, "somebody has it"
    with time_machine.travel(timezone.now() + telemetry_sending.LEASE * 2):
        send_waiting()
    assert [message["uuid"] for message in telemetry_on.messages] == [str(left)]


def test_without_the_key_nothing_is_counted_or_sent(telemetry_on: PostHog, settings):
    count(STOPPED)
    settings.POSTHOG_API_KEY = ""
    count(STOPPED)
    send_waiting()
    ask_to_send(timezone.now())
    assert not has_agreed()
    assert not telemetry_on.bodies
    assert not Event.objects.filter(type="telemetry_due").exists()
    assert TelemetryEvent.objects.exclude(status=TelemetryStatus.SENT).count() == 0
