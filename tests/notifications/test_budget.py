"""At most so many interruptions a day: the rest is held back, kept in the centre and told later. Nothing is lost."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from notifications.categories import DATA_LOSS, DIGEST, OWN, REMINDER, SECURITY, TASK_DONE, WEEKLY_DIGEST, categories
from notifications.choices import Channel
from notifications.models import Notification
from notifications.queries import interruptions, settings_of, unread_count
from notifications.services.digests import release_held
from notifications.services.preferences import save_settings, set_preferences
from notifications.services.reading import snooze
from tests.notifications.clock import wake_snoozed
from tests.notifications.telling import HOUR, MINUTE, NOON, outcomes, tell, titles
from timetracker.events.dispatch import drain

pytestmark = pytest.mark.django_db
MIDNIGHT = NOON + 12 * HOUR
KINDS = (OWN, REMINDER, TASK_DONE, WEEKLY_DIGEST)


@pytest.fixture
def two_a_day(owner: User) -> User:
    save_settings(person=owner, most_a_day=2)
    return owner


def tell_at(moment: dt.datetime, person: User, title: str = "Tea", **fields: object) -> Notification:
    with time_machine.travel(moment, tick=False):
        return tell(person, title, **fields)


def counted(person: User, moment: dt.datetime = NOON) -> int:
    day = moment.date()
    return interruptions({person.pk: day})[person.pk]


def rows_of(person: User):
    return Notification.objects.filter(user=person)


# ── What counts ──────────────────────────────────────────────────────────────
def test_beyond_the_limit_it_waits_in_the_centre(two_a_day: User):
    rows = [tell_at(NOON + number * HOUR, two_a_day, f"Tea {number}") for number in range(3)]
    assert [outcomes(row)["toast"] for row in rows] == ["queued", "queued", "held budget"]
    assert outcomes(rows[2])["browser"] == "held budget"
    assert (outcomes(rows[2])["centre"], unread_count(two_a_day)) == ("sent", 3)
    assert rows[2].outcomes.get(channel="toast").due_at == MIDNIGHT
    assert counted(two_a_day) == 2


def test_in_several_channels_it_counts_once(two_a_day: User):
    set_preferences(person=two_a_day, grid={"own": list(Channel)})
    rows = [tell_at(NOON + number * HOUR, two_a_day) for number in range(3)]
    assert [outcomes(row)["email"] for row in rows] == ["queued", "queued", "held budget"]


def test_what_interrupted_nobody_does_not_count(two_a_day: User):
    set_preferences(person=two_a_day, grid={"own": [Channel.CENTRE]})
    for number in range(3):
        tell_at(NOON + number * HOUR, two_a_day)
    set_preferences(person=two_a_day, grid={"own": [Channel.TOAST]})
    assert outcomes(tell_at(NOON + 3 * HOUR, two_a_day))["toast"] == "queued"


@pytest.mark.parametrize("kind", [SECURITY, DATA_LOSS], ids=lambda kind: kind.name)
def test_what_is_critical_passes_and_does_not_count(two_a_day: User, kind):
    for number in range(3):
        tell_at(NOON + number * HOUR, two_a_day, category=kind)
    assert counted(two_a_day) == 0
    rows = [tell_at(NOON + number * HOUR, two_a_day) for number in range(3)]
    assert outcomes(rows[2])["toast"] == "held budget"
    late = tell_at(NOON + 4 * HOUR, two_a_day, category=kind)
    assert (outcomes(late)["toast"], outcomes(late)["email"]) == ("queued", "queued")


def test_digests_do_not_count_and_are_not_held_back():
    assert {found.name for found in categories().values() if not found.counts} == {"security", "data_loss", DIGEST.name}


def test_nobody_has_a_limit_until_it_is_set_and_the_administrators_can_set_everybodys(owner: User, teammate: User):
    assert settings_of(owner).most_a_day is None
    save_settings(person=None, most_a_day=0)
    assert outcomes(tell_at(NOON, teammate))["toast"] == "held budget"
    save_settings(person=owner, most_a_day=None)
    assert outcomes(tell_at(NOON, owner))["toast"] == "queued"
    save_settings(person=None, most_a_day=4)
    assert (settings_of(owner).most_a_day, settings_of(teammate).most_a_day) == (None, 4)


@pytest.mark.parametrize("wrong", [-1, 1001])
def test_a_limit_out_of_reach_is_refused(owner: User, wrong: int):
    with pytest.raises(ValidationError) as refused:
        save_settings(person=owner, most_a_day=wrong)
    assert list(refused.value.message_dict) == ["most_a_day"]


def test_another_persons_notifications_do_not_count(two_a_day: User, teammate: User):
    save_settings(person=teammate, most_a_day=1)
    tell_at(NOON, two_a_day)
    assert outcomes(tell_at(NOON, teammate))["toast"] == "queued"
    assert outcomes(tell_at(NOON + HOUR, teammate))["toast"] == "held budget"


def test_what_comes_back_from_a_snooze_stands_in_nobodys_way(two_a_day: User):
    row = tell_at(NOON, two_a_day)
    tell_at(NOON + MINUTE, two_a_day)
    with time_machine.travel(NOON + 2 * MINUTE, tick=False):
        snooze(person=two_a_day, rows=rows_of(two_a_day).filter(pk=row.pk), until=NOON + HOUR)
    with time_machine.travel(NOON + HOUR, tick=False):
        wake_snoozed(NOON + HOUR)
    assert (outcomes(row)["toast"], counted(two_a_day)) == ("queued", 2)


@pytest.mark.django_db(transaction=True)
def test_many_at_once_do_not_get_past_it(owner: User, run_at_once):
    save_settings(person=owner, most_a_day=3)
    kinds = [TASK_DONE, REMINDER, OWN, WEEKLY_DIGEST] * 2
    set_preferences(person=owner, grid={WEEKLY_DIGEST.name: [Channel.TOAST, Channel.CENTRE]})
    run_at_once(*[lambda kind=kind: tell(owner, kind.name, category=kind) for kind in kinds])
    let_out = rows_of(owner).filter(outcomes__channel="toast", outcomes__state="queued")
    held = rows_of(owner).filter(outcomes__channel="toast", outcomes__reason="budget")
    assert (let_out.count(), held.count()) == (3, 5)


# ── The next day ─────────────────────────────────────────────────────────────
def test_at_midnight_it_begins_anew_and_the_rest_is_told(two_a_day: User):
    for number in range(5):
        tell_at(NOON + number * HOUR, two_a_day, f"Tea {number}")
    with time_machine.travel(MIDNIGHT, tick=False):
        assert release_held(MIDNIGHT - MINUTE) == 0
        assert release_held(MIDNIGHT) == 1
    digest = rows_of(two_a_day).get(category="digest")
    assert (digest.title, digest.message) == ("3 notifications over your limit of 2 a day", "Tea 2\nTea 3\nTea 4")
    assert counted(two_a_day, MIDNIGHT) == 0
    assert outcomes(tell_at(MIDNIGHT + HOUR, two_a_day))["toast"] == "queued"


def test_one_alone_comes_as_itself_and_counts(two_a_day: User):
    for number in range(3):
        tell_at(NOON + number * HOUR, two_a_day, f"Tea {number}")
    with time_machine.travel(MIDNIGHT, tick=False):
        release_held(MIDNIGHT)
    assert not rows_of(two_a_day).filter(category="digest").exists()
    assert outcomes(rows_of(two_a_day).get(title="Tea 2"))["toast"] == "queued"
    assert counted(two_a_day, MIDNIGHT) == 1


def test_whoever_wants_none_at_all_gets_digests_alone(owner: User):
    save_settings(person=owner, most_a_day=0)
    row = tell_at(NOON, owner)
    with time_machine.travel(MIDNIGHT, tick=False):
        release_held(MIDNIGHT)
    assert outcomes(row)["toast"] == "sent digest"
    assert rows_of(owner).get(category="digest").title == "1 notification over your limit of 0 a day"


def test_a_higher_limit_frees_what_waits(two_a_day: User):
    rows = [tell_at(NOON + number * MINUTE, two_a_day, f"Tea {number}") for number in range(3)]
    with time_machine.travel(NOON + HOUR, tick=False):
        save_settings(person=two_a_day, most_a_day=5)
        release_held(NOON + HOUR)
    assert outcomes(rows[2])["toast"] == "queued"
    assert counted(two_a_day) == 3


def test_in_quiet_hours_midnight_frees_nothing(two_a_day: User):
    save_settings(person=two_a_day, quiet=True, quiet_from=dt.time(22), quiet_until=dt.time(7))
    for number in range(4):
        tell_at(NOON + number * MINUTE, two_a_day, f"Tea {number}")
    tell_at(NOON + 11 * HOUR, two_a_day, "Night")
    for hours in (12, 19):
        with time_machine.travel(NOON + hours * HOUR, tick=False):
            release_held(NOON + hours * HOUR)
    digest = rows_of(two_a_day).get(category="digest")
    assert digest.title == "3 notifications were held back"
    assert digest.message == "1 during quiet hours, 2 over your limit of 2 a day\n\nTea 2\nTea 3\nNight"


def test_a_flood_of_mails_within_the_limit_ends_as_ever(owner: User):
    save_settings(person=owner, most_a_day=3)
    set_preferences(person=owner, grid={"own": [Channel.CENTRE, Channel.EMAIL]})
    with time_machine.travel(NOON, tick=False):
        rows = [tell(owner, f"Tea {number}") for number in range(5)]
        drain()
    assert [outcomes(row)["email"] for row in rows] == ["sent"] * 3 + ["held budget"] * 2
    with time_machine.travel(MIDNIGHT, tick=False):
        release_held(MIDNIGHT)
        drain()
    assert mail.outbox[-1].subject == "2 notifications over your limit of 3 a day"


def test_the_test_button_says_that_it_waits(client_for, owner: User):
    save_settings(person=owner, most_a_day=0)
    answer = client_for(owner).post("/settings/notifications/test/", HTTP_HX_REQUEST="true")
    assert "as many as you want" in answer.headers["HX-Trigger"]
    assert titles(owner) == ["This is a test"]


# ── Never more than that on one date ─────────────────────────────────────────
ZONES = ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]
CLOCK_CHANGES = [dt.datetime(2026, 3, 28, 12, tzinfo=dt.UTC), dt.datetime(2026, 10, 24, 12, tzinfo=dt.UTC)]
STEPS = st.lists(
    st.tuples(st.integers(1, 20 * 60), st.sampled_from(ZONES), st.sampled_from(KINDS)), min_size=5, max_size=25
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
@given(start=st.sampled_from(CLOCK_CHANGES), most=st.integers(0, 3), steps=STEPS)
def test_no_local_date_has_more_wherever_one_goes(owner: User, start: dt.datetime, most: int, steps):
    """Told as one travels over the date line and clocks change: each date as the person's calendar shows it."""
    rows_of(owner).delete()
    save_settings(person=owner, most_a_day=most)
    now, dates = start, {}
    for minutes, zone, kind in steps:
        now += dt.timedelta(minutes=minutes)
        owner.time_zone = zone
        owner.save(update_fields=["time_zone"])
        with time_machine.travel(now, tick=False):
            release_held(now)
            row = tell(owner, category=kind)
            due = row.outcomes.filter(reason="budget").values_list("due_at", flat=True)
            assert all(moment > timezone.now() for moment in due)
        dates[now.astimezone(ZoneInfo(zone)).date()] = None
    days = rows_of(owner).filter(interrupted_on__isnull=False).values("interrupted_on").annotate(count=Count("pk"))
    assert all(day["count"] <= most for day in days.order_by())
    assert {day["interrupted_on"] for day in days} <= set(dates)
    interrupting = rows_of(owner).exclude(category="digest").filter(outcomes__state="queued").distinct()
    assert not interrupting.filter(interrupted_on=None).exists()
