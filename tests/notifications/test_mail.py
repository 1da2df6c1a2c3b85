"""Mail: at least once with one name, not when it is of no use any more, and nothing in it but text."""

from __future__ import annotations

import datetime as dt
import smtplib
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from notifications.categories import OWN, REMINDER, SECURITY
from notifications.choices import Channel
from notifications.models import Notification, Outcome
from notifications.services.digests import forget_unseen
from notifications.services.mailing import mail as send_mail
from notifications.services.mailing import message_for, message_id
from notifications.services.preferences import set_preferences
from notifications.services.reading import archive, delete, mark_read, snooze
from tests.events.conftest import let_leases_end
from tests.notifications.clock import wake_snoozed
from tests.notifications.telling import HOUR, tell
from tests.work import make_project
from timetracker.events.choices import Status
from timetracker.events.dispatch import MAX_TRIES, drain, run_again
from timetracker.events.models import Delivery
from tracking.models import ProjectMember
from tracking.services.timer import start_timer

pytestmark = pytest.mark.django_db


@pytest.fixture
def by_mail(owner: User) -> User:
    set_preferences(person=owner, grid={"own": [Channel.CENTRE, Channel.EMAIL]})
    return owner


@pytest.fixture
def broken_server(monkeypatch) -> list[BaseException]:
    """Raises as long as there is something in it."""
    faults: list[BaseException] = [smtplib.SMTPServerDisconnected("the wire is cut")]
    send = EmailBackend.send_messages

    def sent(self: Any, messages: Any) -> Any:
        if faults:
            raise faults[0]
        return send(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", sent)
    return faults


def outcome(row: Notification) -> Outcome:
    return row.outcomes.get(channel="email")


def state(row: Notification) -> str:
    found = outcome(row)
    return f"{found.state} {found.reason}".rstrip()


def rows_of(person: User) -> Any:
    return Notification.objects.filter(user=person)


# ── Once, and at least once ──────────────────────────────────────────────────
def test_it_goes_to_whoever_wants_it(by_mail: User, teammate: User):
    row = tell(by_mail, message="With milk?", url="/tasks/1/")
    tell(teammate)
    drain()
    [sent] = mail.outbox
    assert (sent.to, sent.subject) == (["olga@example.org"], "Tea is ready")
    assert sent.message()["Message-ID"] == message_id(row)
    for text in ("With milk?", "http://localhost:8000/tasks/1/", "You get this because", "/settings/notifications/"):
        assert text in sent.body
    assert state(row) == "sent"
    send_mail(notification_id=row.pk)
    assert len(mail.outbox) == 1


def test_a_failure_is_noted_and_made_up_for(by_mail: User, broken_server):
    row = tell(by_mail)
    drain()
    assert state(row) == "failed error"
    assert outcome(row).detail == "the wire is cut"
    broken_server.clear()
    let_leases_end()
    drain()
    assert state(row) == "sent"
    assert outcome(row).detail == ""
    assert len(mail.outbox) == 1


def test_after_all_tries_it_has_failed_until_it_is_run_again(by_mail: User, broken_server):
    row = tell(by_mail)
    for _turn in range(MAX_TRIES + 1):
        drain()
        let_leases_end()
    dead = Delivery.objects.get(status=Status.DEAD)
    assert (dead.handler, state(row)) == ("notifications.mail", "failed error")
    broken_server.clear()
    run_again(dead)
    drain()
    assert (state(row), len(mail.outbox)) == ("sent", 1)


def test_any_other_trouble_is_a_failure_too(by_mail: User, broken_server):
    broken_server[0] = UnicodeError("an odd address")
    row = tell(by_mail)
    drain()
    assert state(row) == "failed error"


def test_sent_twice_it_is_one_mail(by_mail: User):
    """The process died between the sending and the mark."""
    row = tell(by_mail)
    drain()
    Outcome.objects.filter(notification=row, channel="email").update(state="queued")
    send_mail(notification_id=row.pk)
    assert len({sent.message()["Message-ID"] for sent in mail.outbox}) == 1
    assert len(mail.outbox) == 2


def test_after_a_snooze_it_is_another_mail(by_mail: User):
    row = tell(by_mail)
    drain()
    now = timezone.now()
    snooze(person=by_mail, rows=rows_of(by_mail), until=now + HOUR)
    wake_snoozed(now + HOUR)
    drain()
    assert state(row) == "sent"
    assert len({sent.message()["Message-ID"] for sent in mail.outbox}) == 2


def test_one_whose_sender_died_with_it_is_not_queued_for_ever(by_mail: User):
    row = tell(by_mail)
    forget_unseen(timezone.now() + dt.timedelta(days=2))
    assert state(row) == "failed error"


# ── Of no use any more ───────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "act",
    [
        lambda person, rows: mark_read(person=person, rows=rows),
        lambda person, rows: archive(person=person, rows=rows),
        lambda person, rows: delete(person=person, rows=rows),
        lambda person, rows: snooze(person=person, rows=rows, until=timezone.now() + HOUR),
    ],
)
def test_what_was_dealt_with_before_is_not_sent(by_mail: User, act):
    row = tell(by_mail)
    act(by_mail, rows_of(by_mail))
    drain()
    assert (state(row), mail.outbox) == ("held read", [])


def test_what_they_may_no_longer_see_is_not_sent(by_mail: User):
    row = tell(by_mail, subject=make_project(by_mail, is_public=False))
    ProjectMember.objects.all().delete()
    drain()
    assert (state(row), mail.outbox) == ("held permission", [])


@pytest.mark.parametrize(
    ("change", "reason"), [({"is_active": False}, "held permission"), ({"email": ""}, "held no_address")]
)
def test_who_is_gone_or_has_no_address_gets_none(by_mail: User, change, reason):
    row = tell(by_mail)
    User.objects.filter(pk=by_mail.pk).update(**change)
    drain()
    assert (state(row), mail.outbox) == (reason, [])


def test_what_is_no_longer_true_is_not_sent(by_mail: User):
    row = tell(by_mail)
    rows_of(by_mail).update(condition="no_timer")
    start_timer(user=by_mail)
    send_mail(notification_id=row.pk)
    assert (state(row), mail.outbox) == ("held ended", [])


def test_a_notification_that_is_gone_is_not_missed(by_mail: User):
    tell(by_mail).delete()
    drain()
    assert mail.outbox == []
    assert not Delivery.objects.exclude(status=Status.DONE).exists()


def test_without_an_address_there_is_no_mail_in_the_queue(owner: User):
    User.objects.filter(pk=owner.pk).update(email="")
    assert state(tell(owner, category=SECURITY)) == "held no_address"
    assert state(tell(owner, category=OWN)) == "held preference"


# ── Nothing but text ─────────────────────────────────────────────────────────
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(min_size=1, max_size=200), st.text(max_size=200))
def test_no_text_becomes_a_header(owner: User, title: str, message: str):
    row = Notification(pk=1, user=owner, category="own", title=title, message=message, delivered_at=timezone.now())
    sent = message_for(row).message()
    assert sorted(sent.keys()) == [
        "Content-Transfer-Encoding", "Content-Type", "Date", "From", "List-Unsubscribe", "List-Unsubscribe-Post",
        "MIME-Version", "Message-ID", "Subject", "To",
    ]  # fmt: skip
    assert sent.get_content_type() == "text/plain"
    assert sent["To"] == "olga@example.org"


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r", "\u2028", "\x85", "\v"])
def test_a_title_of_two_lines_is_one_subject(owner: User, line_break: str):
    row = tell(owner, f"Tea{line_break}Bcc: everybody@example.org", category=SECURITY)
    drain()
    assert mail.outbox[0].subject == "Tea Bcc: everybody@example.org"
    assert mail.outbox[0].recipients() == [owner.email]
    assert row.title.startswith("Tea")


def test_signs_stay_what_they_are(by_mail: User):
    tell(by_mail, "5 < 6 & <b>“Größe”</b>", message="{{ settings.SECRET_KEY }} <script>")
    drain()
    assert mail.outbox[0].subject == "5 < 6 & <b>“Größe”</b>"
    assert "{{ settings.SECRET_KEY }} <script>" in mail.outbox[0].body


def test_it_says_why_in_their_language(owner: User):
    User.objects.filter(pk=owner.pk).update(language="de")
    set_preferences(person=owner, grid={"reminder": [Channel.EMAIL]})
    tell(owner, category=REMINDER)
    drain()
    assert "You get this because" not in mail.outbox[0].body
