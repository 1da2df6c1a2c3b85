"""What is counted, when, and what that costs."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Organisation, User
from accounts.services.organisation import update_organisation
from accounts.services.setup import finish_set_up, issue_setup_link
from analytics.models import TelemetryEvent, TelemetryState
from analytics.queries.telemetry import has_agreed, telemetry_state, unsent
from analytics.services import telemetry_counters
from analytics.services.telemetry import Counted, count, delete_sent_record, renew_install_id, switch_telemetry
from analytics.services.telemetry_counters import Counters, counters
from analytics.services.telemetry_sending import send_waiting
from analytics.services.telemetry_switch import switch
from analytics.telemetry.registry import UndeclaredError
from notifications.categories import OWN
from notifications.models import Notification
from tests.analytics.posthog_server import PostHog
from tests.factories import PASSWORD
from tests.notifications.telling import tell
from tests.work import MONDAY, make_entry, make_project, make_task
from tests.workflows.rules import make_rule
from timetracker.events.dispatch import drain
from timetracker.events.models import Delivery
from timetracker.web.usage import used
from tracking.choices import TaskStatus
from tracking.services.clients import create_client
from tracking.services.projects import create_project
from tracking.services.tasks import create_task, update_task
from tracking.services.timer import start_timer, stop_timer

pytestmark = pytest.mark.django_db


def counted() -> dict[str, list[tuple[dict[str, str], int]]]:
    counters.write()
    found: dict[str, list[tuple[dict[str, str], int]]] = {}
    for row in unsent():
        found.setdefault(row.name, []).append((row.properties, row.times))
    return found


# ── From events ──────────────────────────────────────────────────────────────
def test_work_is_counted_once(telemetry_on: PostHog, administrator: User):
    client = create_client(actor=administrator, name="Secret client", currency="EUR")
    project = create_project(actor=administrator, name="Secret project", client=client, currency="EUR")
    task = create_task(actor=administrator, project=project, name="Secret task", estimated_hours=2)
    start_timer(user=administrator, project=project, task=task)
    stop_timer(user=administrator)
    make_entry(administrator, MONDAY, minutes=90, project=project)
    update_task(actor=administrator, task=task, status=TaskStatus.DONE)
    drain()
    drain()
    assert counted() == {
        "client_created": [({}, 1)],
        "project_created": [({"for_client": "yes"}, 1)],
        "task_created": [({"estimated": "yes", "assigned": "no"}, 1)],
        "timer_started": [({"with_project": "yes"}, 1)],
        "timer_stopped": [({"duration": "<15m"}, 1)],
        "entry_logged": [({"duration": "1-4h", "source": "manual"}, 1)],
        "task_completed": [({"estimated": "yes", "duration": "<15m"}, 1)],
    }
    send_waiting()
    assert "ecret" not in str(telemetry_on.bodies)
    # As a value: the ids that are made up may have these letters in them.
    assert repr(administrator.username) not in str(telemetry_on.bodies)
    assert administrator.email not in str(telemetry_on.bodies)


def test_rules_are_counted(telemetry_on: PostHog, administrator: User):
    actions = [{"type": "send_notification", "title": "Done"}, {"type": "send_notification", "title": "Twice"}]
    make_rule(administrator, "task_created", *actions)
    create_task(actor=administrator, project=make_project(administrator), name="One")
    drain()
    found = counted()
    assert found["rule_made"] == [({"trigger": "task_created"}, 1)]
    assert found["rule_run"] == [({}, 1)], "two steps are one run"


def test_set_up(posthog: PostHog):
    def set_up(**chosen: Any) -> None:
        link = issue_setup_link() or ""
        finish_set_up(
            secret=link.rstrip("/").rpartition("/")[2], username="ada", email="ada@example.org", display_name="Ada",
            password=PASSWORD, organisation_name="Kestrel", time_zone="UTC", currency="EUR", week_start=0, **chosen,
        )  # fmt: skip
        drain()

    set_up(telemetry=True)
    assert counted() == {"set_up_finished": [({}, 1)]}
    assert telemetry_state().install_id is not None


def test_without_consent_an_event_has_no_delivery_and_nothing_is_written(administrator: User):
    switch.forget()
    create_client(actor=administrator, name="One", currency="EUR")
    used("report_run", days=7)
    drain()
    counters.write()
    assert not Delivery.objects.filter(handler="analytics.telemetry_count").exists()
    assert not TelemetryEvent.objects.exists()
    assert not TelemetryState.objects.exists()


# ── Without an event ─────────────────────────────────────────────────────────
def test_pages_count_in_memory_and_write_nothing(telemetry_on: PostHog, administrator: User, client_for):
    client, task = client_for(administrator), make_task(assignee=administrator)
    row = tell(administrator, category=OWN)
    pages = [
        "/reports/?first=2026-03-02&last=2026-03-02", "/reports/lines.csv?preset=this-year",
        "/api/reports/?first=2026-03-02&last=2026-03-02",
        f"/insights/estimates/task/{task.pk}/", f"/notifications/{row.pk}/open/",
    ]  # fmt: skip
    answers = [client.get(page).status_code for page in pages]
    assert answers == [200, 200, 200, 200, 302]
    assert not unsent().exists()
    assert counted() == {
        "report_run": [({"span": "1 day"}, 2)],
        "data_exported": [({"what": "lines", "format": "csv"}, 1)],
        "estimate_shown": [({"basis": "none"}, 1)],
        "notification_opened": [({}, 1)],
    }


def test_a_widget_and_keys(telemetry_on: PostHog, administrator: User, client_for):
    client = client_for(administrator)
    assert client.post("/dashboard/widgets/top-tags/add/").status_code == 302
    sent = {"go-insights": "2", "go-estimates": "1", "nonsense": "7", "timer-stop": "nonsense"}
    assert client.post("/telemetry/shortcuts/", sent).status_code == 204
    assert counted() == {
        "widget_added": [({"widget": "top-tags"}, 1)],
        "shortcut_used": [({"category": "go"}, 3)],
    }


def test_a_report_takes_the_same_statements_on_and_off(telemetry_on: PostHog, administrator: User, client_for):
    client = client_for(administrator)
    client.get("/reports/")

    def statements(on: bool) -> list[str]:
        switch.set(on)
        with CaptureQueriesContext(connection) as made:
            client.get("/reports/")
        return [one["sql"] for one in made]

    assert len(statements(True)) == len(statements(False))
    assert not [sql for sql in statements(True) if "telemetry_" in sql]


def test_the_switch_is_read_once_a_minute(telemetry_on: PostHog):
    switch.forget()
    with CaptureQueriesContext(connection) as made:
        assert all(switch.is_on() for _ in range(100))
    assert len(made) == 1


def test_adding_to_the_queue_takes_few_statements(telemetry_on: PostHog):
    count(Counted("client_created"))
    with CaptureQueriesContext(connection) as made:
        count(Counted("client_created"))
    assert len([one for one in made if "SAVEPOINT" not in one["sql"]]) == 3


def test_memory_is_bounded(telemetry_on: PostHog, monkeypatch):
    monkeypatch.setattr(telemetry_counters, "MOST_KINDS", 2)
    for basis in ("none", "own", "ratio", "own"):
        used("estimate_shown", basis=basis)
    assert counted()["estimate_shown"] == [({"basis": "none"}, 1), ({"basis": "own"}, 2)]


def test_undeclared_use_raises_here_even_when_telemetry_is_off():
    with pytest.raises(UndeclaredError):
        used("estimate_shown", basis="a guess")


def test_a_feature_that_nobody_declared_is_dropped_in_production(telemetry_on: PostHog, settings):
    settings.TELEMETRY_STRICT = False
    used("looked_at_a_colleague", name="Ada")
    counters.write()
    assert unsent().count() == 0
    assert telemetry_state().dropped_undeclared == 1


def test_a_thread_writes_after_a_minute_and_one_only(telemetry_on: PostHog, monkeypatch):
    """The timer is started once; what it calls is `write`."""
    started: list[threading.Timer] = []
    monkeypatch.setattr(threading.Timer, "start", lambda timer: started.append(timer))
    monkeypatch.setattr(threading.Timer, "is_alive", lambda timer: True)
    own = Counters()
    for _ in range(3):
        own.note("client_created", {})
    (timer,) = started
    assert (timer.interval, timer.daemon) == (telemetry_counters.WRITE_AFTER, True)
    own.write()
    assert unsent().get().times == 3


def test_what_was_counted_before_an_off_is_not_sent_after_the_next_on(telemetry_on: PostHog, administrator: User):
    used("notification_opened")
    switch.forget()
    used("notification_opened")
    assert counted() == {"notification_opened": [({}, 1)]}


# ── The switch ───────────────────────────────────────────────────────────────
def test_off_empties_the_queue_and_takes_the_id(telemetry_on: PostHog, administrator: User):
    count(Counted("client_created"))
    send_waiting()
    count(Counted("client_created"))
    before = telemetry_state().install_id
    switch_telemetry(actor=administrator, on=False)
    assert unsent().count() == 0
    assert (telemetry_state().install_id, telemetry_state().former_ids) == (None, [str(before)])
    count(Counted("client_created"))
    assert unsent().count() == 0
    switch_telemetry(actor=administrator, on=True)
    assert telemetry_state().install_id not in {None, before}


def test_however_it_is_switched_the_rest_follows(telemetry_on: PostHog, administrator: User):
    count(Counted("client_created"))
    update_organisation(actor=administrator, telemetry=False)
    drain()
    assert unsent().count() == 0
    assert telemetry_state().install_id is None


def test_an_id_that_was_never_used_is_not_kept(telemetry_on: PostHog, administrator: User):
    before = telemetry_state().install_id
    renew_install_id(actor=administrator)
    assert telemetry_state().install_id not in {None, before}
    assert telemetry_state().former_ids == []


def test_the_record_is_deleted_here_and_not_what_waits(telemetry_on: PostHog, administrator: User):
    count(Counted("client_created"))
    send_waiting()
    renew_install_id(actor=administrator)
    count(Counted("client_created"))
    delete_sent_record(actor=administrator)
    assert TelemetryEvent.objects.get() == unsent().get()
    assert telemetry_state().former_ids == []


def test_consent_needs_a_key(organisation: Organisation, administrator: User):
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError) as error:
        switch_telemetry(actor=administrator, on=True)
    assert list(error.value.message_dict) == ["telemetry"]
    assert not has_agreed()


def test_days_are_those_of_the_events(telemetry_on: PostHog, administrator: User):
    create_client(actor=administrator, name="One", currency="EUR")
    drain()
    assert unsent().get().day == dt.datetime.now(dt.UTC).date() == timezone.now().date()
    assert Notification.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_are_all_counted(telemetry_on: PostHog, run_at_once):
    run_at_once(*[lambda: count(Counted("client_created"))] * 20)
    assert unsent().get().times == 20
