"""What was said beside what tasks took: the figures, and which prediction counts."""

from __future__ import annotations

import datetime as dt
import math
from statistics import median

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Organisation, User
from analytics.choices import SIZES, Reason
from analytics.estimates.hindsight import SURE, Case, Hindsight, Share, Verdict, look_back
from analytics.queries.outcomes import finished_record
from analytics.queries.predictions import last_ranges, learnable, projects_told_of, said_of, told
from tests.analytics.foresight import DAY, make_done, make_told, say
from tests.work import make_entry, make_project, make_task
from tracking.choices import Review, Source, TaskStatus
from tracking.models import Task, TimeEntry
from tracking.services.entries import delete_entry
from tracking.services.tasks import update_task

HOURS = st.floats(0.05, 10_000)


@st.composite
def cases(draw) -> Case:
    low, middle, high = sorted(draw(st.tuples(HOURS, HOURS, HOURS)))
    estimate = draw(st.none() | st.sampled_from([0.5, 1.0, 3.5, 10.0]) | HOURS)
    return Case(
        task=draw(st.integers(1, 10**6)), finished=draw(st.dates(dt.date(2024, 11, 1), dt.date(2026, 2, 28))),
        basis=draw(st.sampled_from(["own", "ratio", "model"])) if estimate else "rough", estimate=estimate, low=low,
        middle=middle if estimate else None, high=high, hours=draw(HOURS | st.just(low) | st.just(high)),
    )  # fmt: skip


def naive(some: list[Case]) -> Share:
    """What lies on an edge holds, also where a float is off in its tenth digit."""
    held = [case for case in some if case.low * (1 - 1e-9) <= case.hours <= case.high * (1 + 1e-9)]
    return Share(len(held), len(some))


# ── The figures ──────────────────────────────────────────────────────────────
@given(st.lists(cases(), max_size=60))
def test_every_figure_is_the_plain_count(some: list[Case]):
    found = look_back(some)

    assert found.share == naive(some)
    assert found.last == naive(some[:100])
    assert found.width == (median(case.high / case.low for case in some) if some else None)
    assert found.bases == {basis: naive([c for c in some if c.basis == basis]) for basis in {c.basis for c in some}}
    check_sizes(found, some)
    check_months(found, some)
    check_errors(found, some)


def check_sizes(found: Hindsight, some: list[Case]) -> None:
    edges = [0, *SIZES, math.inf]
    wanted = [
        naive([case for case in some if case.estimate and edges[place] <= case.estimate < edges[place + 1]])
        for place in range(4)
    ]
    rough = naive([case for case in some if case.estimate is None])
    assert [one.share for one in found.sizes] == [*wanted, *([rough] if rough.count else [])]


def check_months(found: Hindsight, some: list[Case]) -> None:
    by_month = {one.first: one.share for one in found.months}
    assert sum(share.count for share in by_month.values()) == len(some)
    assert list(by_month) == sorted(by_month)
    for first, share in by_month.items():
        assert share == naive([case for case in some if f"{case.finished:%Y-%m}" == f"{first:%Y-%m}"])
    if some:
        first, last = min(by_month), max(by_month)
        assert len(by_month) == (last.year - first.year) * 12 + last.month - first.month + 1


def check_errors(found: Hindsight, some: list[Case]) -> None:
    both = [case for case in some if case.estimate]
    if not both:
        assert found.errors is None
        return
    assert found.errors.count == len(both)
    off = {
        "middle": [abs(case.hours - case.middle) for case in both],
        "estimate": [abs(case.hours - case.estimate) for case in both],
    }
    logs = {
        "middle_factor": [abs(math.log(case.hours) - math.log(case.middle)) for case in both],
        "estimate_factor": [abs(math.log(case.hours) - math.log(case.estimate)) for case in both],
    }
    for name, values in off.items():
        assert getattr(found.errors, name) == pytest.approx(sum(values) / len(values))
    for name, values in logs.items():
        assert getattr(found.errors, name) == pytest.approx(math.exp(sum(values) / len(values)))


@given(st.integers(1, 5000).flatmap(lambda count: st.tuples(st.integers(0, count), st.just(count))))
def test_wilsons_interval_ends_where_the_share_is_as_far_off_as_it_may_be(share):
    """Its ends p are those for which the share lies 1.96 standard deviations of p away."""
    held, count = share
    found = held / count
    low, high = Share(held, count).interval

    assert 0 <= low <= found + 1e-12
    assert found - 1e-12 <= high <= 1
    for end in (low, high):
        if 1e-9 < end < 1 - 1e-9:
            assert (found - end) ** 2 * count == pytest.approx(SURE**2 * end * (1 - end))


@pytest.mark.parametrize(
    ("held", "count", "verdict", "percent"),
    [
        (0, 0, Verdict.NONE, None), (29, 29, Verdict.FEW, 100), (21, 30, Verdict.FINE, 70),
        (20, 30, Verdict.NARROW, 67),
        (27, 30, Verdict.FINE, 90), (28, 30, Verdict.WIDE, 93), (161, 200, Verdict.FINE, 81),
    ],
)  # fmt: skip
def test_a_verdict(held: int, count: int, verdict: Verdict, percent: int | None):
    assert (Share(held, count).verdict, Share(held, count).percent) == (verdict, percent)


@pytest.mark.parametrize(
    ("held", "count", "drifted"),
    [(69, 100, True), (91, 100, True), (70, 100, False), (90, 100, False), (9, 99, False)],
)
def test_drift_needs_a_hundred(held: int, count: int, drifted: bool):
    assert Share(held, count).drifted is drifted


# ── Which prediction counts ──────────────────────────────────────────────────


def everything():
    return told(Task.objects.all())


@pytest.mark.django_db
def test_the_last_range_while_it_was_open():
    task = make_done(5)
    done = task.completed_at
    say(task, 1, 2, made_at=done - 5 * DAY)
    say(task, 4, 6, made_at=done)
    say(task, 7, 9, made_at=done + dt.timedelta(seconds=1))
    say(task, reason=Reason.DRIFT, made_at=done - DAY)
    (case,) = everything().cases

    assert (case.low, case.high, case.hours, case.held) == (4, 6, 5, True)
    assert everything().silent == {}


@pytest.mark.django_db
def test_each_finished_task_is_counted_once():
    for reason, count in ((Reason.FEW, 3), (Reason.WIDE, 1)):
        for _ in range(count):
            task = make_done(5)
            say(task, reason=Reason.NEW, made_at=task.completed_at - 3 * DAY)
            say(task, reason=reason)
    make_told(5)
    make_done(5)
    say(make_done(5), made_at=timezone.now())  # afterwards
    make_done(0)
    make_task(estimated_hours=4, tracked_seconds=3600)
    say(make_task(status=TaskStatus.CANCELLED, tracked_seconds=3600), made_at=timezone.now() - 9 * DAY)
    found = everything()

    assert (len(found.cases), found.silent, found.unasked) == (1, {"few": 3, "wide": 1}, 2)
    assert (found.untimed, found.odd) == (1, 0)
    assert (found.nothing_said, found.finished) == (4, 7)


@pytest.mark.django_db
def test_a_task_opened_again_counts_as_it_is_now(owner: User):
    task = make_told(1, days_ago=30, project=make_project(owner))
    assert [case.hours for case in everything().cases] == [1]
    task = update_task(task=task, actor=owner, status="todo")
    assert everything().cases == []
    make_entry(owner, timezone.now() - DAY, 120, task=task)
    update_task(task=Task.objects.get(pk=task.pk), actor=owner, status="done")
    say(Task.objects.get(pk=task.pk), 1, 9, made_at=timezone.now() - dt.timedelta(hours=1))

    (case,) = everything().cases
    assert (case.hours, case.high, case.finished) == (3, 9, timezone.now().date())


@pytest.mark.django_db
def test_changed_and_deleted_time_counts_at_once(owner: User):
    task = make_told(0)
    make_entry(owner, task.completed_at - DAY, 60, task=task)
    entry = make_entry(owner, task.completed_at - 2 * DAY, 120, task=task)
    assert [case.hours for case in everything().cases] == [3]
    delete_entry(entry=entry, actor=owner)
    assert [case.hours for case in everything().cases] == [1]


@pytest.mark.django_db
@pytest.mark.parametrize("fields", [{"review": Review.STOPPED}, {"review": Review.TOO_LONG}, {"source": Source.RULE}])
def test_odd_time_is_left_out_until_somebody_finds_it_right(owner: User, fields: dict[str, str]):
    told_of, silent, unasked = make_told(2), make_done(2), make_done(2)
    say(silent, reason=Reason.FEW)
    for task in (told_of, silent, unasked):
        make_entry(owner, timezone.now() - DAY, 60, task=task)
    TimeEntry.objects.update(**fields)
    found = everything()
    assert (found.odd, found.finished, learnable()) == (3, 0, (0, 0))
    TimeEntry.objects.update(review="", source=Source.MANUAL)
    found = everything()
    assert (found.odd, found.finished, learnable()) == (0, 3, (3, 3))


@pytest.mark.django_db
def test_a_day_is_the_organisations(organisation: Organisation):
    Organisation.objects.update(time_zone="Pacific/Kiritimati")
    task = make_told(3)
    Task.objects.filter(pk=task.pk).update(completed_at=dt.datetime(2026, 1, 31, 20, tzinfo=dt.UTC))
    task.predictions.update(made_at=dt.datetime(2026, 1, 31, 19, tzinfo=dt.UTC))

    assert [case.finished for case in everything().cases] == [dt.date(2026, 2, 1)]


@pytest.mark.django_db
def test_the_latest_come_first():
    tasks = [make_told(3, days_ago=days) for days in (3, 1, 2)]

    assert [case.task for case in everything().cases] == [tasks[1].pk, tasks[2].pk, tasks[0].pk]


@pytest.mark.django_db
def test_the_last_hundred_of_a_kind():
    for days in range(1, 104):
        make_told(3 if days > 40 else 9, days_ago=days)
    make_told(3, estimate=None)

    assert last_ranges(estimated=True) == Share(60, 100)
    assert last_ranges(estimated=False) == Share(1, 1)


@pytest.mark.django_db
def test_what_there_is_to_learn_from_is_counted_as_it_is_learned(owner: User):
    make_done(3)
    make_done(3, estimated_at=timezone.now())  # afterwards
    make_done(3, estimated_at=timezone.now() - 9 * DAY)
    make_done(3, None)
    make_done(0)
    odd = make_done(3)
    make_entry(owner, timezone.now() - DAY, 60, task=odd)
    TimeEntry.objects.update(review=Review.STOPPED)
    outcomes = finished_record().outcomes

    assert learnable() == (len([one for one in outcomes if one.plan.estimate]), len(outcomes)) == (2, 3)


@pytest.mark.django_db
def test_projects_of_which_something_was_said(owner: User, manager: User):
    public, silent = make_project(name="b"), make_project(name="c")
    private = make_project(manager, name="a", is_public=False)
    for project in (public, private):
        make_told(3, project=project)

    assert list(projects_told_of(owner)) == [public]
    assert list(projects_told_of(manager)) == [private, public]
    assert list(projects_told_of(owner, silent.pk)) == [public, silent]
    assert list(projects_told_of(owner, private.pk)) == [public]


@pytest.mark.django_db
def test_what_was_said_last_of_a_task_as_it_is(owner: User, teammate: User):
    now = timezone.now()
    task = make_task(assignee=owner, estimated_hours=4)
    say(task, 1, 2, made_at=now - DAY)
    say(task, 3, 5, made_at=now)
    say(task, 7, 9, made_at=now, estimate_hours=6)
    say(task, 7, 9, made_at=now, person=teammate)
    other = make_task(assignee=owner)

    assert {pk: row.low_hours for pk, row in said_of([task, other]).items()} == {task.pk: 3}
