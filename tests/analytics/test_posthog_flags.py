"""Feature flags of PostHog: asked by the clock where telemetry is on, and the weakest but for the default."""

from __future__ import annotations

import datetime as dt
import json
import threading
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from waffle.models import Switch

from accounts.models import Organisation, User
from accounts.services.organisation import update_organisation
from analytics.models import TelemetryState
from analytics.queries.telemetry import telemetry_state
from analytics.schedules import posthog_flags as by_the_clock
from analytics.services import posthog_flags
from analytics.services.posthog_flags import ask
from analytics.services.telemetry import renew_install_id, switch_telemetry
from analytics.telemetry.question import ASKED_WITH
from analytics.telemetry.words import reason_in_words
from tests.analytics.posthog_server import PostHog
from tests.analytics.telemetry import KEY
from timetracker.events.clock import run_due_jobs
from timetracker.events.models import JobRun
from timetracker.web.flags import FLAGS, Why, is_on, read_once, state_of

pytestmark = pytest.mark.django_db
PUSH = FLAGS["web_push"]


@pytest.fixture(autouse=True)
def committed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test's transaction never commits, which is when the cache is emptied."""
    monkeypatch.setattr("django.db.transaction.on_commit", lambda call, **options: call())


def state() -> TelemetryState:
    return telemetry_state()


def decided() -> tuple[bool, Why]:
    found = state_of(PUSH)
    return found.is_on, found.why


# ── What is asked, and who decides ───────────────────────────────────────────
def test_what_is_asked(telemetry_on: PostHog) -> None:
    ask()
    [asked] = telemetry_on.questions
    assert asked.pop("sent_at")
    assert asked == {
        "api_key": KEY,
        "distinct_id": str(state().install_id),
        "flag_keys_to_evaluate": sorted(FLAGS),
        "geoip_disable": True,
    }
    assert telemetry_on.headers[0]["user-agent"] == "Timetracker"
    assert not telemetry_on.bodies


def test_the_preview_and_the_list_say_what_is_asked(telemetry_on: PostHog, administrator: User, client_for, capsys):
    call_command("telemetry_preview")
    printed = json.loads(capsys.readouterr().out)["/flags/?v=2"]
    shown = json.loads(client_for(administrator).get("/settings/telemetry/").context["question"])
    ask()
    [asked] = telemetry_on.questions
    assert set(asked) == set(ASKED_WITH)
    for one in (printed, shown, asked):
        del one["sent_at"]
    assert printed == shown == asked
    listed = client_for(None).get("/telemetry/").content.decode()
    assert all(f"<code>{name}</code>" in listed for name in ASKED_WITH)


def test_environment_administration_posthog_default(telemetry_on: PostHog, settings: Any) -> None:
    assert decided() == (True, Why.DEFAULT)
    telemetry_on.flags = {"web_push": False}
    ask()
    assert decided() == (False, Why.POSTHOG)
    assert not is_on("web_push")
    Switch.objects.create(name="web_push", active=True)
    cache.clear()
    assert decided() == (True, Why.ADMINISTRATION)
    assert state_of(PUSH).posthog is False, "it is said all the same"
    settings.FLAGS = {"web_push": "off"}
    assert decided() == (False, Why.ENVIRONMENT)
    assert state_of(FLAGS["estimates"]).why == Why.DEFAULT


def test_only_on_and_off_of_our_own_flags_are_kept(telemetry_on: PostHog) -> None:
    telemetry_on.flags = {"web_push": False, "estimates": True, "achievements": "variant-b", "somebody-elses": False}
    ask()
    assert state().flags == {"web_push": False, "estimates": True}
    assert state().flags_ignored == 1


def test_each_request_reads_once_and_mostly_from_the_cache(telemetry_on: PostHog) -> None:
    telemetry_on.flags = {"web_push": False}
    ask()
    is_on("estimates")  # waffle keeps its own
    cache.delete("analytics.posthog_flags")
    with read_once(), CaptureQueriesContext(connection) as first:
        assert [is_on(name) for name in ["web_push", "estimates", "web_push"]] == [False, True, False]
    with read_once(), CaptureQueriesContext(connection) as second:
        assert not is_on("web_push")
    assert (len(first), len(second)) == (2, 0)


# ── When ─────────────────────────────────────────────────────────────────────
def test_the_clock_asks_every_five_minutes(telemetry_on: PostHog) -> None:
    now = timezone.now()
    for minutes in (0, 5, 5.5):
        with time_machine.travel(now + dt.timedelta(minutes=minutes), tick=False):
            run_due_jobs(timezone.now())
    assert len(telemetry_on.questions) == 2
    assert not JobRun.objects.get(name="analytics.posthog_flags").last_error


def test_nothing_is_asked_before_anybody_agrees(posthog: PostHog, organisation: Organisation) -> None:
    by_the_clock(timezone.now())
    assert not posthog.questions
    assert decided() == (True, Why.DEFAULT)
    assert not TelemetryState.objects.exists()


def test_no_request_asks(telemetry_on: PostHog, administrator: User, client_for) -> None:
    client = client_for(administrator)
    assert client.get("/settings/flags/").status_code == 200
    assert client.get("/settings/telemetry/").status_code == 200
    assert not telemetry_on.headers


def test_without_the_key_what_was_said_does_not_count(telemetry_on: PostHog, settings: Any) -> None:
    telemetry_on.flags = {"web_push": False}
    ask()
    settings.POSTHOG_API_KEY = ""
    assert decided() == (True, Why.DEFAULT)
    ask()
    assert len(telemetry_on.questions) == 1


# ── What goes wrong ──────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("status", "answer", "reason"),
    [
        (500, b"oh", "status_500"),
        (302, b"", "status_302"),
        (429, b"{}", "status_429"),
        (404, b"<html>", "status_404"),
        (200, b"<html>Please sign in</html>", "nonsense"),
        (200, b"", "nonsense"),
        (200, b"\xff\xfe", "nonsense"),
        (200, b"[1, 2]", "nonsense"),
        (200, b'{"status": 1}', "nonsense"),
        (200, b'{"flags": ["web_push"]}', "nonsense"),
        (200, b"[" * 100_000, "nonsense"),
        (200, b'{"flags": {}, "quotaLimited": ["feature_flags"]}', "quota"),
        (200, b" " * (1024 * 1024 + 1), "too_large"),
    ],
)
def test_what_is_no_answer_leaves_the_last_one(telemetry_on: PostHog, status: int, answer: bytes, reason: str) -> None:
    telemetry_on.flags = {"web_push": False}
    ask()
    telemetry_on.status, telemetry_on.answer = status, answer
    telemetry_on.answer_headers = {"Location": "/batch/"} if status == 302 else {}
    ask()
    assert state().flags_error == reason
    assert str(reason_in_words(reason)).endswith(".")
    assert len(telemetry_on.headers) == 2, "no second try, and no redirect is followed"
    assert decided() == (False, Why.POSTHOG)
    telemetry_on.status, telemetry_on.answer, telemetry_on.flags = 200, None, {}
    ask()
    assert (decided(), state().flags_error) == ((True, Why.DEFAULT), "")


@pytest.mark.parametrize("record", [None, 1, "on", [], {}, {"enabled": "yes"}, {"enabled": 1}, {"enabled": None}])
def test_a_record_that_is_none_is_ignored(telemetry_on: PostHog, record: Any) -> None:
    telemetry_on.answer = json.dumps({"flags": {"web_push": record, "estimates": {"enabled": False}}}).encode()
    ask()
    assert (state().flags, state().flags_ignored) == ({"estimates": False}, 1)


def test_what_posthog_could_not_work_out_stays_as_it_was(telemetry_on: PostHog) -> None:
    telemetry_on.flags = {"web_push": False, "estimates": False}
    ask()
    telemetry_on.flags = {"estimates": True}
    telemetry_on.flags_besides = {"errorsWhileComputingFlags": True}
    ask()
    assert state().flags == {"web_push": False, "estimates": True}


@pytest.mark.parametrize(("hours", "why"), [(23.9, Why.POSTHOG), (24.1, Why.DEFAULT)])
def test_an_answer_counts_for_a_day(telemetry_on: PostHog, settings: Any, hours: float, why: Why) -> None:
    telemetry_on.flags = {"web_push": False}
    ask()
    settings.POSTHOG_HOST = "http://127.0.0.1:9"
    with time_machine.travel(timezone.now() + dt.timedelta(hours=hours)):
        ask()
        assert state().flags_error == "connection"
        assert state_of(PUSH).why == why


def test_one_that_is_slow_holds_the_clock_up_for_a_moment(telemetry_on: PostHog, monkeypatch) -> None:
    assert posthog_flags.SECONDS == 3
    monkeypatch.setattr(posthog_flags, "SECONDS", 0.2)
    telemetry_on.silent = threading.Event()
    ask()
    assert state().flags_error == "timeout"
    telemetry_on.silent.set()


# ── Opting out ───────────────────────────────────────────────────────────────
def test_switched_off_by_whatever_it_is_forgotten_with_it(telemetry_on: PostHog, administrator: User) -> None:
    telemetry_on.flags = {"web_push": False}
    ask()
    assert decided() == (False, Why.POSTHOG)
    update_organisation(actor=administrator, telemetry=False)  # as the admin does; no handler has run
    assert (state().flags, state().flags_at) == ({}, None)
    assert decided() == (True, Why.DEFAULT)


def test_other_changes_of_the_organisation_forget_nothing(telemetry_on: PostHog, administrator: User) -> None:
    telemetry_on.flags = {"web_push": False}
    ask()
    update_organisation(actor=administrator, name="Another name")
    assert decided() == (False, Why.POSTHOG)


@pytest.mark.parametrize("meanwhile", ["off", "new id"])
def test_an_answer_that_comes_too_late_is_not_kept(telemetry_on: PostHog, administrator: User, monkeypatch, meanwhile):
    telemetry_on.flags = {"web_push": False}
    keep = posthog_flags._keep

    def late(*args: Any) -> None:
        if meanwhile == "off":
            switch_telemetry(actor=administrator, on=False)
        else:
            renew_install_id(actor=administrator)
        keep(*args)

    monkeypatch.setattr(posthog_flags, "_keep", late)
    ask()
    assert state().flags == {}
    assert decided() == (True, Why.DEFAULT)


def test_who_asked_can_have_it_deleted(telemetry_on: PostHog, administrator: User) -> None:
    ask()
    asked_as = telemetry_on.questions[0]["distinct_id"]
    switch_telemetry(actor=administrator, on=False)
    assert state().former_ids == [asked_as]


# ── The pages ────────────────────────────────────────────────────────────────
def test_the_pages_say_what_posthog_said(telemetry_on: PostHog, administrator: User, client_for) -> None:
    telemetry_on.flags = {"web_push": False, "estimates": False, "achievements": "b"}
    ask()
    Switch.objects.create(name="estimates", active=True)
    cache.clear()
    client = client_for(administrator)
    flags = " ".join(client.get("/settings/flags/").content.decode().split())
    assert (flags.count(">by PostHog<"), flags.count("PostHog says: off")) == (1, 1)
    listing = client.get("/admin/waffle/switch/").content.decode()
    assert '<td class="field-now">administration</td>' in listing
    assert 'class="field-posthog"><img src="/static/admin/img/icon-no' in listing
    page = client.get("/settings/telemetry/").content.decode()
    assert "Ignored because neither on nor off" in page
    telemetry_on.status = 503
    ask()
    assert "PostHog has trouble of its own." in client.get("/settings/telemetry/").content.decode()


def test_what_is_kept_does_not_count_without_consent(telemetry_on: PostHog) -> None:
    """However it was taken back: here past every service."""
    telemetry_on.flags = {"web_push": False}
    ask()
    Organisation.objects.update(telemetry=False)
    cache.clear()
    assert decided() == (True, Why.DEFAULT)
