"""The page of telemetry and the administration: who sees what, and that both call the same services."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation, User
from analytics.models import TelemetryEvent, TelemetryStatus
from analytics.queries.telemetry import sent_messages, telemetry_state, unsent
from analytics.services.telemetry import Counted, count
from analytics.services.telemetry_sending import preview, send_waiting
from analytics.telemetry.words import reason_in_words
from tests.analytics.posthog_server import PostHog
from timetracker.events.models import Event
from timetracker.web.outbound import OutboundFailed

pytestmark = pytest.mark.django_db
PAGE = reverse("analytics:telemetry")
SWITCH = reverse("analytics:telemetry-switch")
ORGANISATION = "/admin/accounts/organisation/1/change/"


STATEMENTS = 11


def words_of(answer) -> str:
    return unescape(answer.content.decode())


def test_only_administrators(owner: User, manager: User, administrator: User, client_for, organisation):
    for person, status in [(owner, 403), (manager, 403), (administrator, 200)]:
        assert client_for(person).get(PAGE).status_code == status
    assert PAGE not in words_of(client_for(owner).get("/settings/"))
    assert PAGE in words_of(client_for(administrator).get("/settings/"))


def test_without_a_key_it_cannot_be_switched_on_and_says_so(administrator: User, client_for):
    client = client_for(administrator)
    page = words_of(client.get(PAGE))
    assert "It cannot be switched on here: the server has no POSTHOG_API_KEY." in page
    assert "Switch on" not in page
    assert client.post(SWITCH, {"on": "1"}).status_code == 409
    assert not Organisation.objects.get().telemetry


def test_agreed_and_then_the_key_is_gone(telemetry_on: PostHog, administrator: User, client_for, settings):
    """What was agreed can still be taken back."""
    settings.POSTHOG_API_KEY = ""
    client = client_for(administrator)
    assert "Switch off" in words_of(client.get(PAGE))
    assert client.post(SWITCH, {"on": ""}).status_code == 302
    assert not Organisation.objects.get().telemetry


def test_on_and_off(posthog: PostHog, administrator: User, client_for, no_thread):
    client = client_for(administrator)
    assert client.post(SWITCH, {"on": "1"}).headers["Location"] == PAGE
    assert Organisation.objects.get().telemetry
    assert Event.objects.get().payload["changed"] == ["telemetry"]
    count(Counted("client_created"))
    client.post(SWITCH, {"on": ""})
    assert not Organisation.objects.get().telemetry
    assert unsent().count() == 0


def test_what_the_page_shows_is_what_is_sent(telemetry_on: PostHog, administrator: User, client_for):
    count(Counted("timer_stopped", {"duration": ">4h"}))
    page = words_of(client_for(administrator).get(PAGE))
    shown = json.loads(re.search(r'<pre class="telemetry-json"[^>]*>(.*?)</pre>', page, re.DOTALL).group(1))
    send_waiting()
    assert shown["batch"] == telemetry_on.messages
    page = words_of(client_for(administrator).get(PAGE))
    kept = re.findall(r'aria-label="timer_stopped">(.*?)</pre>', page, re.DOTALL)
    assert [json.loads(one) for one in kept] == telemetry_on.messages


def test_a_fragment_is_fetched_alone(telemetry_on: PostHog, administrator: User, client_for):
    answer = client_for(administrator).get(PAGE, headers={"HX-Request": "true"})
    assert words_of(answer).startswith('<div class="contents" id="telemetry-now"')


def test_failures_and_losses_are_said_in_words(telemetry_on: PostHog, administrator: User, client_for, monkeypatch):
    monkeypatch.setattr("analytics.services.telemetry.MOST_WAITING", 1)
    telemetry_on.status = 503
    count(Counted("client_created"))
    count(Counted("notification_opened", times=4))
    send_waiting()
    page = words_of(client_for(administrator).get(PAGE))
    assert "PostHog has trouble of its own. 1 try in a row has failed; nobody waits for it." in page
    assert "Dropped because too much waited" in page
    assert "Dropped because too old" not in page


@pytest.mark.parametrize("reason", ["timeout", "private_address", "nonsense", "status_401", "status_500", "status_418"])
def test_each_reason_has_a_sentence(reason):
    assert str(reason_in_words(reason)).endswith(".")


def test_what_outbound_says_has_a_sentence_of_its_own():
    words = re.findall(r"\w+", (OutboundFailed.__doc__ or "").partition("work:")[2])
    assert words
    assert all(reason_in_words(word) != reason_in_words("status_418") for word in words)


def test_a_new_id(telemetry_on: PostHog, administrator: User, client_for):
    before = telemetry_state().install_id
    assert client_for(administrator).post(reverse("analytics:telemetry-renew")).status_code == 302
    assert telemetry_state().install_id != before


def test_deleting_the_record_wants_the_ids_noted(telemetry_on: PostHog, administrator: User, client_for):
    count(Counted("client_created"))
    send_waiting()
    client, url = client_for(administrator), reverse("analytics:telemetry-forget")
    page = words_of(client.get(PAGE))
    assert str(telemetry_state().install_id) in page.partition("deletion-text")[2]
    assert client.post(url).status_code == 409
    assert sent_messages().count() == 1
    assert client.post(url, {"noted": "on"}).status_code == 302
    assert sent_messages().count() == 0


def test_the_list_of_all_is_open_to_everybody_and_says_all(client_for, organisation):
    answer = client_for(None).get("/telemetry/")
    assert answer.status_code == 200
    found = set(re.findall(r"<dt><code>(\w+)</code>", words_of(answer)))
    assert {message["event"] for message in json.loads(preview())["batch"]} <= found


@pytest.mark.parametrize("rows", [1, 3])
def test_statements_do_not_grow(telemetry_on: PostHog, administrator: User, client_for, rows):
    for number in range(rows):
        today, now = timezone.now().date(), timezone.now()
        TelemetryEvent.objects.create(day=today, name="rule_run", fingerprint=str(number))
        TelemetryEvent.objects.create(
            day=today, name="rule_run", status=TelemetryStatus.SENT, sent_at=now, message={"event": "rule_run"}
        )
    client = client_for(administrator)
    client.get(PAGE)
    with CaptureQueriesContext(connection) as made:
        client.get(PAGE)
    assert len(made) == STATEMENTS


# ── The administration ───────────────────────────────────────────────────────
def test_the_administration_switches_by_the_same_service(posthog: PostHog, administrator: User, client_for, settings):
    client = client_for(administrator)
    form = client.get(ORGANISATION).context["adminform"].form
    data = {name: "" if field.value() is None else field.value() for name in form.fields for field in [form[name]]}
    settings.POSTHOG_API_KEY = ""
    refused = client.post(ORGANISATION, {**data, "telemetry": "on"})
    assert refused.status_code == 200
    assert list(refused.context["adminform"].form.errors) == ["telemetry"]
    settings.POSTHOG_API_KEY = "phc_key"
    assert client.post(ORGANISATION, {**data, "telemetry": "on"}).status_code == 302
    assert Organisation.objects.get().telemetry
    assert Event.objects.get(type="organisation_changed").payload["changed"] == ["telemetry"]


def test_the_administration_shows_and_links(telemetry_on: PostHog, administrator: User, client_for):
    count(Counted("client_created"))
    client = client_for(administrator)
    listing = words_of(client.get("/admin/analytics/telemetrystate/"))
    assert PAGE in listing
    assert "/admin/analytics/telemetrystate/" in words_of(client.get(PAGE))
    assert "client_created" in words_of(client.get("/admin/analytics/telemetryevent/"))
    before = telemetry_state().install_id
    client.post("/admin/analytics/telemetrystate/", {"action": "renew", "_selected_action": "1"})
    assert telemetry_state().install_id != before
