"""What was held back goes out when the quiet is over: alone as itself, several as one digest."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core import mail

from accounts.models import User
from notifications.categories import REMINDER, SECURITY, TASK_ASSIGNED
from notifications.choices import Channel
from notifications.models import Notification, Outcome
from notifications.queries import news_since
from notifications.services.digests import release_held
from notifications.services.preferences import mute, save_settings, set_preferences
from notifications.services.reading import archive, mark_read, snooze
from notifications.services.scheduling import schedule
from tests.notifications.clock import fire_due
from tests.notifications.telling import HOUR, MINUTE, NOON, outcomes, tell, titles
from tests.work import make_project, make_task
from timetracker.events.dispatch import drain
from timetracker.events.models import Event
from tracking.models import ProjectMember
from tracking.services.timer import start_timer

pytestmark = pytest.mark.django_db
END = NOON + HOUR
FLOOD = NOON + 12 * HOUR


@pytest.fixture
def quiet(owner: User) -> User:
    """From eleven to one; it is noon."""
    return be_quiet(owner)


def be_quiet(person: User, until: int = 13) -> User:
    save_settings(person=person, quiet=True, quiet_from=dt.time(11), quiet_until=dt.time(until))
    return person


def tell_at_noon(person: User, title: str = "Tea", **fields: Any) -> Notification:
    with time_machine.travel(NOON, tick=False):
        return tell(person, title, **fields)


def release(moment: dt.datetime = END) -> int:
    with time_machine.travel(moment, tick=False):
        return release_held(moment)


def sent() -> int:
    return Event.objects.filter(type="notification_sent").count()


def rows_of(person: User) -> Any:
    return Notification.objects.filter(user=person)


# ── Quiet hours ──────────────────────────────────────────────────────────────
def test_one_alone_comes_as_itself(quiet: User):
    row = tell_at_noon(quiet)
    assert release(END - MINUTE) == 0
    assert release() == 1
    assert outcomes(row)["toast"] == outcomes(row)["browser"] == "queued"
    assert titles(quiet) == ["Tea"]
    assert [item.row.pk for item in news_since(quiet, END - MINUTE).items] == [row.pk]
    assert release(END + HOUR) == 0


def test_quiet_that_is_switched_off_holds_nothing_back(quiet: User):
    row, _other = tell_at_noon(quiet), tell_at_noon(quiet, "Cake")
    with time_machine.travel(NOON + MINUTE, tick=False):
        save_settings(person=quiet, quiet_until=dt.time(12, 30))
    assert (release(NOON + 29 * MINUTE), row.outcomes.get(channel="toast").due_at) == (0, NOON + 30 * MINUTE)
    with time_machine.travel(NOON + 2 * MINUTE, tick=False):
        save_settings(person=quiet, quiet=False)
    assert release(NOON + 2 * MINUTE) == 1
    assert rows_of(quiet).get(category="digest").message == "Tea\nCake"


def test_several_come_as_one_digest(quiet: User):
    first, second = tell_at_noon(quiet), tell_at_noon(quiet, "Cake", priority="urgent")
    release()
    assert outcomes(first)["toast"] == outcomes(second)["browser"] == "sent digest"
    digest = rows_of(quiet).get(category="digest")
    assert (digest.title, digest.message) == ("2 notifications came while it was quiet", "Tea\nCake")
    assert digest.priority == "urgent"
    assert outcomes(digest) == {
        "centre": "sent",
        "toast": "queued",
        "browser": "queued",
        "sound": "held preference",
        "push": "held preference",  # in none of them did one wait
        "email": "held preference",
    }
    assert [item.row.pk for item in news_since(quiet, END - MINUTE).items] == [digest.pk]
    assert (release(), release(END + HOUR), rows_of(quiet).count()) == (0, 0, 3)


def test_a_digest_says_nothing_that_one_may_lose_sight_of(quiet: User):
    project = make_project(quiet, name="Secret")
    for name in ("Bomb", "Poison"):
        task = make_task(project, name=name)
        tell_at_noon(quiet, f"You have {name}", category=TASK_ASSIGNED, subject=task)
    tell_at_noon(quiet)
    release()
    digest = rows_of(quiet).get(category="digest")
    assert digest.message.splitlines() == ["Tea", f"{TASK_ASSIGNED.label}: 2"]


def test_a_digest_is_in_their_language_and_of_bearable_length(quiet: User):
    for number in range(25):
        tell_at_noon(quiet, f"Tea {number}")
    release()
    lines = rows_of(quiet).get(category="digest").message.splitlines()
    assert (len(lines), lines[-1]) == (21, "and 5 more")


def test_a_digest_can_be_switched_off_where_it_is_not_wanted(quiet: User):
    set_preferences(person=quiet, grid={"digest": [Channel.CENTRE]})
    tell_at_noon(quiet)
    tell_at_noon(quiet)
    release()
    assert outcomes(rows_of(quiet).get(category="digest"))["toast"] == "held preference"


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        (lambda person: mark_read(person=person, rows=rows_of(person)), "held read"),
        (lambda person: archive(person=person, rows=rows_of(person)), "held read"),
        (lambda person: snooze(person=person, rows=rows_of(person), until=END + HOUR), "held read"),
        (lambda person: ProjectMember.objects.all().delete(), "held permission"),
        (lambda person: mute(person=person, category=REMINDER), "held preference"),
        (lambda person: save_settings(person=person, least_priority="urgent"), "held priority"),
        (lambda person: User.objects.filter(pk=person.pk).update(is_active=False), "held permission"),
    ],
)
def test_what_is_no_longer_wanted_is_left_out(quiet: User, act, reason):
    row = tell_at_noon(quiet, category=REMINDER, subject=make_project(quiet, is_public=False))
    before = sent()
    with time_machine.travel(NOON + MINUTE, tick=False):
        act(quiet)
    release()
    assert outcomes(row)["toast"] == reason
    assert not Outcome.objects.filter(due_at__isnull=False)
    assert sent() == before


def test_what_is_no_longer_true_is_left_out(quiet: User):
    with time_machine.travel(NOON, tick=False):
        schedule(person=quiet, title="Tea", deliver_at=NOON, repeats={"every_seconds": 36000}, condition="no_timer")
        fire_due(NOON)
    start_timer(user=quiet)
    release()
    assert outcomes(rows_of(quiet).get(deliver_at=None))["toast"] == "held ended"


def test_whoever_lengthens_their_quiet_is_left_alone(quiet: User):
    row = tell_at_noon(quiet)
    with time_machine.travel(NOON, tick=False):
        be_quiet(quiet, until=15)
    release()
    assert outcomes(row)["toast"] == "held quiet"
    assert row.outcomes.get(channel="toast").due_at == NOON + 3 * HOUR
    release(NOON + 3 * HOUR)
    assert outcomes(row)["toast"] == "queued"


@pytest.mark.django_db(transaction=True)
def test_of_many_that_release_one_does(quiet: User, run_at_once):
    tell_at_noon(quiet)
    tell_at_noon(quiet)
    run_at_once(*[lambda: release_held(END)] * 6)
    assert rows_of(quiet).filter(category="digest").count() == 1


def test_a_bad_row_holds_up_nobody(quiet: User, teammate: User):
    be_quiet(teammate)
    tell_at_noon(teammate)
    rows_of(teammate).update(priority="huge")
    row = tell_at_noon(quiet)
    with pytest.raises(ExceptionGroup):
        release()
    assert outcomes(row)["toast"] == "queued"


# ── A flood of mails ─────────────────────────────────────────────────────────
def test_a_flood_of_mails_ends_in_one(owner: User):
    set_preferences(person=owner, grid={"own": [Channel.CENTRE, Channel.EMAIL]})
    with time_machine.travel(FLOOD, tick=False):
        rows = [tell(owner, f"Tea {number}") for number in range(8)]
        drain()
    assert [outcomes(row)["email"] for row in rows] == ["sent"] * 3 + ["held rate"] * 5
    release(FLOOD + MINUTE)
    with time_machine.travel(FLOOD + MINUTE, tick=False):
        drain()
    assert [sent.subject for sent in mail.outbox] == ["Tea 0", "Tea 1", "Tea 2", "5 more notifications"]
    assert [line for line in mail.outbox[-1].body.splitlines() if line.startswith("- ")] == [
        f"- Tea {number}" for number in range(3, 8)
    ]
    assert outcomes(rows[-1])["email"] == "sent digest"


def test_a_flood_of_what_is_critical_is_not_kept_for_the_morning(quiet: User):
    with time_machine.travel(NOON, tick=False):
        for number in range(5):
            tell(quiet, f"Token {number}", category=SECURITY)
        drain()
    release(NOON + MINUTE)
    with time_machine.travel(NOON + MINUTE, tick=False):
        drain()
    assert [sent.subject for sent in mail.outbox] == ["Token 0", "Token 1", "Token 2", "2 more notifications"]
    assert rows_of(quiet).latest("pk").category == "security"


def test_where_it_is_not_let_through_what_is_critical_is_in_the_digest(quiet: User):
    """A browser message about security waits for the morning, unlike its mail."""
    tell_at_noon(quiet, "Token", category=SECURITY)
    tell_at_noon(quiet)
    release()
    digest = rows_of(quiet).latest("pk")
    assert (digest.category, digest.message) == ("digest", "Token\nTea")
    assert outcomes(rows_of(quiet).get(category="security"))["email"] == "queued"


def test_a_mail_that_was_put_off_alone_makes_no_news_on_pages(owner: User):
    set_preferences(person=owner, grid={"own": [Channel.CENTRE, Channel.TOAST, Channel.EMAIL]})
    with time_machine.travel(FLOOD, tick=False):
        row = [tell(owner) for _turn in range(4)][-1]
    release(FLOOD + MINUTE)
    assert outcomes(row)["email"] == "queued"
    assert not news_since(owner, FLOOD + MINUTE / 2).items
