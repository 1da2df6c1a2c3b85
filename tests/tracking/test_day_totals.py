"""Worked time by local day: split at midnight, kept with every change, and proved equal to the entries."""

from __future__ import annotations

import datetime as dt
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db.migrations import Migration
from django.db.models import F
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from accounts.services.profile import update_profile
from tests.work import MONDAY, make_entry, make_project, make_tag, make_task
from timetracker.events.dispatch import dispatch
from timetracker.events.models import Delivery
from tracking.models import Batch, DayTagTotal, DayTotal, Project, Tag, TimeEntry
from tracking.services.corrections import split_entry
from tracking.services.day_totals import split_by_billed, worked_by_day, wrong_day_totals
from tracking.services.entries import delete_entry, restore_entry, update_entry
from tracking.services.timer import start_timer, stop_timer
from tracking.services.undo import undo_batch

HOUR = dt.timedelta(hours=1)
BERLIN = ZoneInfo("Europe/Berlin")
ZONES = ("UTC", "Europe/Berlin", "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/Havana", "Australia/Lord_Howe")


def utc(*moment: int) -> dt.datetime:
    return dt.datetime(*moment, tzinfo=dt.UTC)  # type: ignore[misc,arg-type]


# ── The definition ───────────────────────────────────────────────────────────
def test_cut_at_the_local_midnight():
    assert worked_by_day(utc(2026, 3, 2, 22), utc(2026, 3, 3, 1), [], BERLIN) == {
        dt.date(2026, 3, 2): 3600, dt.date(2026, 3, 3): 7200,
    }  # fmt: skip


def test_a_break_over_midnight_counts_on_neither_day():
    pause = (utc(2026, 3, 2, 22, 30), utc(2026, 3, 2, 23, 30))
    assert worked_by_day(utc(2026, 3, 2, 22), utc(2026, 3, 3, 0), [pause], BERLIN) == {
        dt.date(2026, 3, 2): 1800, dt.date(2026, 3, 3): 1800,
    }  # fmt: skip


@pytest.mark.parametrize(("day", "hours"), [(dt.date(2026, 3, 29), 23), (dt.date(2026, 10, 25), 25)])
def test_days_on_which_the_clocks_change(day: dt.date, hours: int):
    start = dt.datetime.combine(day - dt.timedelta(days=1), dt.time(0), BERLIN).astimezone(dt.UTC)
    assert worked_by_day(start, start + 100 * HOUR, [], BERLIN)[day] == hours * 3600


@given(
    st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2030, 1, 1)),
    st.integers(1, 10 * 86400),
    st.lists(st.integers(0, 1000), max_size=6, unique=True),
    st.sampled_from(ZONES),
)
def test_no_second_is_lost(start: dt.datetime, length: int, cuts: list[int], zone: str):
    begin = start.replace(microsecond=0, tzinfo=dt.UTC)
    marks = [begin + dt.timedelta(seconds=length * cut // 1000) for cut in sorted(cuts)]
    breaks = [(a, b) for a, b in zip(marks[::2], marks[1::2], strict=False) if b > a]
    days = worked_by_day(begin, begin + dt.timedelta(seconds=length), breaks, ZoneInfo(zone))
    assert sum(days.values()) == length - sum(int((b - a).total_seconds()) for a, b in breaks)
    assert all(0 < seconds <= 25 * 3600 for seconds in days.values())


# ── Kept with every change ───────────────────────────────────────────────────
def days_of(user: User) -> dict[str, int]:
    totals: dict[str, int] = {}
    for day, seconds in DayTotal.objects.filter(user=user).values_list("day", "seconds"):
        totals[day.isoformat()] = totals.get(day.isoformat(), 0) + seconds
    return totals


def by_tag() -> dict[str, int]:
    return {name or "": seconds for name, seconds in DayTagTotal.objects.values_list("tag__name", "seconds")}


@pytest.mark.django_db
def test_with_every_kind_of_change(owner: User):
    User.objects.filter(pk=owner.pk).update(time_zone="Europe/Berlin")
    owner.refresh_from_db()
    project, ux, dev = make_project(rate="80"), make_tag("ux"), make_tag("dev")
    entry = make_entry(owner, utc(2026, 3, 2, 22), 120, project=project, tags=[ux, dev], task=make_task(project))
    assert days_of(owner) == {"2026-03-02": 3600, "2026-03-03": 3600}
    assert DayTagTotal.objects.count() == 4
    update_entry(entry=entry, actor=owner, ended_at=utc(2026, 3, 2, 23), tags=[dev], billable=False)
    assert (days_of(owner), by_tag()) == ({"2026-03-02": 3600}, {"dev": 3600})
    delete_entry(entry=entry, actor=owner)
    assert not DayTotal.objects.exists()
    assert not DayTagTotal.objects.exists()
    restore_entry(entry=entry, actor=owner)
    split_entry(entry=entry, actor=owner, at=utc(2026, 3, 2, 22, 30))
    assert (days_of(owner), by_tag()) == ({"2026-03-02": 3600}, {"dev": 3600})
    for batch in Batch.objects.order_by("-pk"):
        undo_batch(batch=batch, actor=owner)
    assert days_of(owner) == {}
    start_timer(user=owner, started_at=utc(2026, 3, 9, 8))
    assert days_of(owner) == {}
    stop_timer(user=owner, at=utc(2026, 3, 9, 9))
    assert (days_of(owner), by_tag()) == ({"2026-03-09": 3600}, {"": 3600})
    assert not list(wrong_day_totals(owner))


@pytest.mark.django_db
def test_another_zone_counts_anew(owner: User):
    make_entry(owner, utc(2026, 3, 2, 22), 120)
    assert days_of(owner) == {"2026-03-02": 7200}
    update_profile(person=owner, time_zone="Europe/Berlin")
    delivery = Delivery.objects.get(handler="tracking.rebuild_day_totals")
    dispatch(delivery.pk)
    assert days_of(owner) == {"2026-03-02": 3600, "2026-03-03": 3600}
    update_profile(person=owner, display_name="Other")
    assert Delivery.objects.filter(handler="tracking.rebuild_day_totals").count() == 1


@pytest.mark.django_db
def test_a_request_that_began_before_the_zone_changed_counts_by_the_new_one(owner: User):
    User.objects.filter(pk=owner.pk).update(time_zone="Europe/Berlin")  # `owner` does not know yet
    entry = make_entry(owner, utc(2026, 3, 2, 22), 120)
    update_entry(entry=entry, actor=owner, description="known by now")
    assert days_of(owner) == {"2026-03-02": 3600, "2026-03-03": 3600}
    assert not list(wrong_day_totals(User.objects.get(pk=owner.pk)))


# ── And proved ───────────────────────────────────────────────────────────────
def check(*options: str) -> str:
    out = StringIO()
    call_command("check_totals", *options, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_check_totals_names_each_injected_error_and_repairs_it(owner: User, teammate: User):
    project = make_project(rate="10", name="Website")
    task = make_task(project)
    make_entry(owner, MONDAY, 60, project=project, task=task, tags=[make_tag("ux")], billable=True)
    make_entry(teammate, MONDAY, 60)
    assert "All totals are right (2 people)." in check()
    DayTotal.objects.filter(user=owner).update(seconds=F("seconds") + 7)
    DayTagTotal.objects.filter(user=teammate).delete()
    DayTotal.objects.create(user=teammate, day=dt.date(2026, 1, 1), billable=False, seconds=5)
    Project.objects.update(tracked_seconds=1, earned_cent_seconds=2)
    out = StringIO()
    with pytest.raises(CommandError, match="totals are wrong"):
        call_command("check_totals", stdout=out)
    said = out.getvalue()
    assert f"day: {owner.username} 2026-03-02 project {project.pk} task {task.pk}: 3607 s stored, 3600 s in" in said
    assert f"tag: {teammate.username} 2026-03-02 project None task None tag 0: 0 s stored, 3600 s in" in said
    assert f"day: {teammate.username} 2026-01-01 project None task None: 5 s stored, 0 s in" in said
    assert f"project {project.pk}: 1 stored, 3600 in" in said
    assert f"earned on project {project.pk}: 2 stored, 3600000 in" in said
    assert "put right" in check("--repair")
    assert "All totals are right" in check()


@pytest.mark.django_db
def test_the_upgrade_that_tells_billed_time_apart_counts_it_anew(owner: User, teammate: User):
    for person in (owner, teammate):
        TimeEntry.objects.filter(pk=make_entry(person, MONDAY, 60).pk).update(billed_at=MONDAY + HOUR)
    forwards = Migration("0007_billed_day_totals", "tracking")
    split_by_billed(plan=[(forwards, True)])
    assert not DayTotal.objects.filter(billed=True).exists()
    split_by_billed(plan=[(forwards, False)])
    assert not [*wrong_day_totals(owner), *wrong_day_totals(teammate)]
    assert DayTotal.objects.filter(billed=True).count() == 2


@pytest.mark.django_db
def test_bulk_work_is_counted_by_rebuilding(owner: User):
    TimeEntry.objects.create(user=owner, started_at=MONDAY, ended_at=MONDAY + HOUR, seconds=3600)
    with pytest.raises(CommandError):
        check()
    check("--repair")
    assert days_of(owner) == {"2026-03-02": 3600}
    assert Tag.objects.count() == 0
