"""What a person does with what they were told: once is enough, and nobody else's is touched."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from notifications.categories import OWN, REMINDER
from notifications.choices import Channel
from notifications.models import Notification, Outcome
from notifications.queries import news_since, panel_of, unread_count
from notifications.services.digests import forget_unseen
from notifications.services.forgetting import forget
from notifications.services.reading import Seen, archive, delete, mark_read, mark_shown, snooze, wake
from tests.notifications.telling import HOUR, MINUTE, outcomes, tell, titles
from tests.work import make_project, make_task

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
ALL = Notification.objects.all


def later() -> dt.datetime:
    return timezone.now() + HOUR


# ── Each ─────────────────────────────────────────────────────────────────────
ACTS: dict[str, Any] = {
    "read": lambda person, rows: mark_read(person=person, rows=rows),
    "archive": lambda person, rows: archive(person=person, rows=rows),
    "delete": lambda person, rows: delete(person=person, rows=rows),
}


@pytest.mark.parametrize("act", list(ACTS.values()), ids=list(ACTS))
def test_twice_is_once_and_others_keep_theirs(owner: User, teammate: User, act):
    mine, theirs = tell(owner), tell(teammate)
    assert [act(owner, ALL()), act(owner, ALL())] == [[mine.pk], []]
    assert (unread_count(owner), unread_count(teammate)) == (0, 1)
    before = Notification.objects.filter(pk=theirs.pk).values().get()
    assert act(owner, ALL().filter(pk=theirs.pk)) == []
    assert Notification.objects.filter(pk=theirs.pk).values().get() == before


def test_undone_it_is_as_before(owner: User):
    row = tell(owner)
    for act, back in ((mark_read, "read"), (archive, "archived"), (delete, "deleted")):
        act(person=owner, rows=ALL())
        assert act(person=owner, rows=ALL(), **{back: False}) == [row.pk]
        assert act(person=owner, rows=ALL(), **{back: False}) == []
        assert titles(owner) == [row.title]


def test_snoozed_and_woken_others_keep_theirs(owner: User, teammate: User):
    mine, theirs = tell(owner), tell(teammate)
    assert snooze(person=owner, rows=ALL(), until=later()) == [mine.pk]
    assert wake(person=teammate, rows=ALL()) == []
    assert (unread_count(owner), titles(teammate)) == (0, [theirs.title])
    assert [wake(person=owner, rows=ALL()), wake(person=owner, rows=ALL())] == [[mine.pk], []]
    assert unread_count(owner) == 1


@pytest.mark.parametrize("away", [dt.timedelta(0), -MINUTE, 367 * DAY])
def test_one_cannot_snooze_into_the_past_or_for_years(owner: User, away):
    tell(owner)
    with pytest.raises(ValidationError):
        snooze(person=owner, rows=ALL(), until=timezone.now() + away)


def test_the_marks_are_its_state_in_the_centre(owner: User):
    row = tell(owner)

    def state() -> str:
        row.refresh_from_db()
        return row.state_in("centre", row.outcomes.get(channel="centre").state)

    seen = [state()]
    mark_read(person=owner, rows=ALL())
    seen.append(state())
    snooze(person=owner, rows=ALL(), until=later())
    seen.append(state())
    archive(person=owner, rows=ALL())
    seen.append(state())
    assert seen == ["sent", "read", "snoozed", "archived"]
    assert row.state_in("toast", "queued") == "queued"


def test_a_page_says_what_it_has_shown(owner: User, teammate: User):
    row, theirs = tell(owner), tell(teammate)
    ids = [row.pk, theirs.pk, 0]
    assert [mark_shown(person=owner, ids=ids, channel=Channel.TOAST) for _turn in range(2)] == [1, 0]
    assert mark_shown(person=owner, ids=ids, channel=Channel.BROWSER, seen=Seen.DENIED) == 1
    assert mark_shown(person=owner, ids=ids, channel=Channel.EMAIL) == 0  # was not sent at all
    assert {**outcomes(row)} == {
        "centre": "sent",
        "toast": "seen",
        "browser": "failed denied",
        "sound": "held preference",
        "push": "held no_device",
        "email": "held preference",
    }
    assert outcomes(theirs)["toast"] == "queued"


def test_what_no_page_showed_is_no_news_after_a_day(owner: User):
    row = tell(owner)
    forget_unseen(timezone.now() + HOUR)
    assert outcomes(row)["toast"] == "queued"
    forget_unseen(timezone.now() + DAY + HOUR)
    assert outcomes(row)["toast"] == "held no_page"
    assert unread_count(owner) == 1


# ── Lists ────────────────────────────────────────────────────────────────────
def test_the_panel_has_the_newest_by_category_with_counts_of_all(owner: User):
    for number in range(35):
        tell(owner, f"own {number}")
    tell(owner, "last", category=REMINDER)
    mark_read(person=owner, rows=ALL().filter(title="own 34"))
    groups = panel_of(owner)
    assert [(group.category, group.unread, len(group.items)) for group in groups] == [(REMINDER, 1, 1), (OWN, 34, 29)]
    assert groups[1].items[0].title == "own 34"


def count_queries(read: Any) -> int:
    with CaptureQueriesContext(connection) as queries:
        found = read()
        if isinstance(found, QuerySet):
            list(found)
    return len(queries)


def test_reading_takes_as_many_statements_for_many_as_for_one(owner: User):
    project = make_project(owner)
    began = timezone.now() - HOUR
    reads = [lambda: panel_of(owner), lambda: unread_count(owner), lambda: news_since(owner, began)]
    counts = []
    for number in (1, 3):
        for _turn in range(number):
            tell(owner, subject=make_task(project))
            tell(owner, category=REMINDER)
        counts.append([count_queries(read) for read in reads])
    assert counts == [[2, 1, 2]] * 2


def test_changing_many_takes_as_many_statements_as_one(owner: User):
    tell(owner)
    one = count_queries(lambda: mark_read(person=owner, rows=ALL()))
    for _turn in range(5):
        tell(owner)
    assert count_queries(lambda: mark_read(person=owner, rows=ALL())) == one


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL compiles queries")
def test_queries_are_not_compiled():
    """The panel of a person with 10,000 notifications took 330 ms with it, and takes 50 without."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)


# ── Kept for a set time ──────────────────────────────────────────────────────
def test_forgotten_after_a_while(owner: User):
    now = timezone.now()
    cases: dict[str, dict[str, Any]] = {
        "unread for two years": {"delivered_at": now - 730 * DAY},
        "unread for years": {"delivered_at": now - 1096 * DAY},
        "asleep for years": {"delivered_at": now - 1096 * DAY, "snoozed_until": now + DAY},
        "read lately": {"read_at": now - 364 * DAY},
        "read long ago": {"read_at": now - 366 * DAY},
        "asleep": {"read_at": now - 366 * DAY, "snoozed_until": now + DAY},
        "deleted lately": {"deleted_at": now - 29 * DAY},
        "deleted long ago": {"deleted_at": now - 31 * DAY},
        "held back lately": {"in_centre": False, "delivered_at": now - 29 * DAY},
        "held back long ago": {"in_centre": False, "delivered_at": now - 31 * DAY},
        "on the clock": {"in_centre": False, "delivered_at": None, "deliver_at": now - 400 * DAY},
    }
    for title, fields in cases.items():
        ALL().filter(pk=tell(owner, title).pk).update(**fields)
    forget(now)
    left = set(ALL().values_list("title", flat=True))
    assert set(cases) - left == {"read long ago", "deleted long ago", "held back long ago", "unread for years"}
    assert Outcome.objects.count() == 6 * len(left)


def test_with_a_person_goes_what_they_were_told(owner: User, teammate: User):
    tell(owner)
    tell(teammate)
    owner.delete()
    assert list(ALL().values_list("user", flat=True)) == [teammate.pk]


def test_brought_back_it_is_as_unread_as_it_was(owner: User):
    read, _unread = tell(owner, "Read"), tell(owner, "Unread")
    mark_read(person=owner, rows=ALL().filter(pk=read.pk))
    archive(person=owner, rows=ALL())
    assert unread_count(owner) == 0
    archive(person=owner, rows=ALL(), archived=False)
    assert [row.title for row in Notification.objects.unread(owner)] == ["Unread"]
