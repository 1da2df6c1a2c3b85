"""A digest every day or every week, at a time of one's own: exactly one, of what still matters."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from notifications.categories import OWN, SECURITY
from notifications.choices import Channel
from notifications.models import Notification, Outcome
from notifications.services.digests import release_held
from notifications.services.preferences import save_settings, set_preferences
from notifications.services.reading import mark_read
from notifications.services.scheduling import follow_time_zone
from tests.notifications.telling import HOUR, MINUTE, NOON, outcomes, tell
from timetracker.web.times import combine_local

pytestmark = pytest.mark.django_db
EVENING = NOON + 6 * HOUR
DAY = dt.timedelta(days=1)


@pytest.fixture
def daily(owner: User) -> User:
    """Nothing interrupts; what there is comes at six."""
    save_settings(person=owner, most_a_day=0, digest="daily", digest_at=dt.time(18))
    return owner


def tell_at(moment: dt.datetime, person: User, title: str = "Tea", **fields: Any) -> Notification:
    with time_machine.travel(moment, tick=False):
        return tell(person, title, **fields)


def release(moment: dt.datetime) -> int:
    with time_machine.travel(moment, tick=False):
        return release_held(moment)


def digests(person: User) -> list[str]:
    return list(person.notifications.filter(category="digest").order_by("pk").values_list("title", flat=True))


# ── Once a day ───────────────────────────────────────────────────────────────
def test_it_comes_at_the_time_chosen(daily: User):
    row = tell_at(NOON, daily)
    assert row.outcomes.get(channel="toast").due_at == EVENING
    assert (release(EVENING - MINUTE), digests(daily)) == (0, [])
    release(EVENING)
    digest = daily.notifications.get(category="digest")
    assert digest.title == "Your digest for 4 Mar 2026: 1 notification"
    assert digest.message == "1 over your limit of 0 a day\n\nTea"
    assert outcomes(row)["toast"] == "sent digest"
    assert set(digest.told.values_list("notification", flat=True)) == {row.pk}


def test_it_says_for_each_what_held_it_back(daily: User):
    save_settings(person=daily, quiet=True, quiet_from=dt.time(13), quiet_until=dt.time(14))
    for number in range(3):
        tell_at(NOON + number * MINUTE, daily)
    for number in range(2):
        tell_at(NOON + HOUR + number * MINUTE, daily)
    release(EVENING)
    assert "2 during quiet hours, 3 over your limit of 0 a day" in daily.notifications.get(category="digest").message


def test_of_a_flood_of_mails_the_rest_is_in_it_but_for_what_is_critical(owner: User):
    save_settings(person=owner, digest="daily", digest_at=dt.time(18))
    set_preferences(person=owner, grid={"own": [Channel.CENTRE, Channel.EMAIL]})
    for kind in (OWN, SECURITY):
        rows = [tell_at(NOON + MINUTE / 60 * number, owner, category=kind) for number in range(4)]
        due = NOON + MINUTE + MINUTE / 60 * 3 if kind is SECURITY else EVENING
        assert rows[3].outcomes.get(channel="email").due_at == due
    release(EVENING)
    assert "1 because too many came at once" in owner.notifications.get(category="digest").message


def test_nothing_is_no_digest(daily: User):
    row = tell_at(NOON, daily)
    with time_machine.travel(NOON + HOUR, tick=False):
        mark_read(person=daily, rows=daily.notifications.all())
    release(EVENING)
    assert (digests(daily), outcomes(row)["toast"]) == ([], "held read")
    tell_at(EVENING - MINUTE, daily)
    release(EVENING)
    assert len(digests(daily)) == 1  # the day had none yet


def test_a_second_one_of_a_day_waits_for_the_next(daily: User):
    tell_at(NOON, daily)
    release(EVENING)
    row = tell_at(EVENING - MINUTE, daily, "Late")  # its transaction was slow
    release(EVENING + MINUTE)
    assert row.outcomes.get(channel="toast").due_at == EVENING + DAY
    release(EVENING + DAY)
    assert [title.split(":")[0] for title in digests(daily)] == [
        "Your digest for 4 Mar 2026",
        "Your digest for 5 Mar 2026",
    ]


def test_what_is_late_says_for_which_day_it_is(daily: User):
    """The tracker stood still over the hour."""
    tell_at(NOON, daily)
    tell_at(EVENING + HOUR, daily, "After it")
    release(EVENING + 15 * HOUR)
    digest = daily.notifications.get(category="digest")
    assert digest.title == "Your digest for 4 Mar 2026: 1 notification"
    assert digest.message == "It was due on 4 Mar 2026 at 18:00.\n\n1 over your limit of 0 a day\n\nTea"
    release(EVENING + DAY)
    assert len(digests(daily)) == 2


def test_after_days_of_standstill_there_is_one(daily: User):
    for day in range(4):
        tell_at(NOON + day * DAY, daily)
    release(EVENING + 3 * DAY + HOUR / 2)
    release(EVENING + 3 * DAY + HOUR)
    assert digests(daily) == ["Your digest for 7 Mar 2026: 4 notifications"]


def test_in_quiet_hours_it_comes_when_they_end(daily: User):
    save_settings(person=daily, quiet=True, quiet_from=dt.time(17), quiet_until=dt.time(7))
    tell_at(NOON, daily)
    release(EVENING)
    assert digests(daily) == []
    release(NOON + 19 * HOUR)
    assert digests(daily) == ["Your digest for 4 Mar 2026: 1 notification"]


# ── Once a week ──────────────────────────────────────────────────────────────
def test_it_comes_on_its_day_of_the_week(daily: User):
    save_settings(person=daily, digest="weekly", digest_weekday=4)
    for day in range(5):
        tell_at(NOON + day * DAY, daily)
        release(EVENING + day * DAY)
    assert digests(daily) == ["Your digest of the week to 6 Mar 2026: 3 notifications"]


def test_another_day_of_the_week_makes_no_second_one(daily: User):
    save_settings(person=daily, digest="weekly", digest_weekday=2)
    tell_at(NOON, daily)
    release(EVENING)
    with time_machine.travel(EVENING + HOUR, tick=False):
        save_settings(person=daily, digest_weekday=4)
    tell_at(EVENING + 2 * HOUR, daily)
    for day in range(1, 15):
        release(EVENING + day * DAY)
    assert [title.split(":")[0] for title in digests(daily)] == [
        "Your digest of the week to 4 Mar 2026",
        "Your digest of the week to 13 Mar 2026",
    ]


# ── Where ────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("wanted", "there"),
    [
        ([Channel.CENTRE], ["centre"]),
        ([Channel.EMAIL], ["email"]),
        ([Channel.CENTRE, Channel.EMAIL], ["centre", "email"]),
        ([Channel.CENTRE, Channel.SOUND], ["centre"]),  # nothing that waited makes a sound
        ([], []),
    ],
    ids=str,
)
def test_it_comes_where_it_is_wanted(daily: User, wanted, there):
    set_preferences(person=daily, grid={"digest": wanted})
    tell_at(NOON, daily)
    release(EVENING)
    found = outcomes(daily.notifications.get(category="digest"))
    assert [channel for channel, state in found.items() if state in {"sent", "queued"}] == there


# ── Other wishes meanwhile ───────────────────────────────────────────────────
def test_another_time_moves_what_waits(daily: User):
    row = tell_at(NOON, daily)
    with time_machine.travel(NOON + HOUR, tick=False):
        save_settings(person=daily, digest_at=dt.time(14))
    assert row.outcomes.get(channel="toast").due_at == NOON + 2 * HOUR
    with time_machine.travel(NOON + HOUR, tick=False):
        save_settings(person=daily, digest="at_once")
    assert row.outcomes.get(channel="toast").due_at == NOON + 12 * HOUR
    with time_machine.travel(NOON + HOUR, tick=False):
        save_settings(person=daily, most_a_day=None)
    assert release(NOON + HOUR) == 1
    assert outcomes(row)["toast"] == "queued"


def test_whoever_moves_gets_it_by_the_clock_there(daily: User):
    row = tell_at(NOON, daily)
    daily.time_zone = "America/New_York"
    daily.save()
    with time_machine.travel(NOON + HOUR, tick=False):
        follow_time_zone(person=daily)
    assert row.outcomes.get(channel="toast").due_at == EVENING + 5 * HOUR
    release(EVENING)
    assert digests(daily) == []
    release(EVENING + 5 * HOUR)
    assert digests(daily) == ["Your digest for 4 Mar 2026: 1 notification"]


@pytest.mark.django_db(transaction=True)
def test_of_many_that_release_one_does(daily: User, run_at_once):
    tell_at(NOON, daily)
    run_at_once(*[lambda: release_held(EVENING)] * 6)
    assert len(digests(daily)) == 1


ZONES = ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Berlin", "America/New_York"]
STARTS = [dt.datetime(2026, 3, 27, 12, tzinfo=dt.UTC), dt.datetime(2026, 10, 23, 12, tzinfo=dt.UTC)]
STEPS = st.lists(st.tuples(st.integers(1, 30 * 60), st.sampled_from(ZONES), st.booleans()), min_size=4, max_size=16)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
@given(start=st.sampled_from(STARTS), rhythm=st.sampled_from(["daily", "weekly"]), hour=st.integers(0, 23), steps=STEPS)
def test_one_for_each_local_date_and_nothing_is_lost(owner: User, start: dt.datetime, rhythm: str, hour: int, steps):
    """Told as one travels over the date line and clocks change, with turns of the clock that are missed."""
    Notification.objects.filter(user=owner).delete()
    save_settings(person=owner, most_a_day=0, digest=rhythm, digest_at=dt.time(hour), digest_weekday=5)
    now = start
    for minutes, zone, runs in steps:
        now += dt.timedelta(minutes=minutes)
        owner.time_zone = zone
        owner.save(update_fields=["time_zone"])
        with time_machine.travel(now, tick=False):
            follow_time_zone(person=owner)
            tell(owner)
            if runs:
                release_held(now)
    for hours in range(0, 24 * 16, 6):
        release(now + hours * HOUR)
    keys = Counter(owner.notifications.filter(category="digest").values_list("key", flat=True))
    assert all(count == 1 for count in keys.values())
    assert not Outcome.objects.filter(due_at__isnull=False).exists()
    told = Outcome.objects.filter(notification__user=owner, channel="toast", reason="digest")
    assert told.exclude(notification__category="digest").count() == len(steps)


def test_the_key_is_of_the_persons_own_date(daily: User):
    daily.time_zone = "Pacific/Kiritimati"
    daily.save()
    tell_at(NOON, daily)  # two in the morning of the fifth
    release(combine_local(dt.date(2026, 3, 5), dt.time(18), ZoneInfo(daily.time_zone)))
    assert daily.notifications.get(category="digest").key == "digest:day:2026-03-05"
