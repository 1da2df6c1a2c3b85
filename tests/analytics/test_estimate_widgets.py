"""Estimates on the dashboard: what the next tasks may take, and which took more than was thought."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys

import pytest

from accounts.models import User
from analytics.choices import Reason
from analytics.models import Prediction
from tests.analytics.foresight import DAY, make_done, say
from tests.tracking.pages import NOON
from tests.tracking.tiles import MOST_STATEMENTS, cost, drawn, read
from tests.work import make_project, make_task
from tracking.choices import TaskStatus
from tracking.models import Task

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wednesday")]
NEXT, OVER = "next-estimate", "estimates-over"


def mine(user: User, days: int = 1, **fields) -> Task:
    return make_task(**{"assignee": user, "estimated_hours": 4, "due_at": NOON + days * DAY, **fields})


# ── What is next ─────────────────────────────────────────────────────────────
def test_the_next_task_with_what_was_said(owner: User):
    task = mine(owner, name="Search: typo tolerance")
    say(task, 3.02, 7.4, made_at=NOON, known=140)
    mine(owner, 2, name="Later")
    html = drawn(owner, NEXT)
    assert f'href="/tasks/{task.pk}/">Search: typo tolerance</a>' in html
    assert "3 – 7.4 h</p>" in html
    assert "81 of the last 100 ranges held; estimated 4:00 </p>" in html
    assert "Later" not in html
    assert "Later" in drawn(owner, NEXT, "medium")


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [(0.3, 0.8, "18 – 48 min"), (0.001, 0.5, "1 – 30 min"), (0.5, 1, "0.5 – 1 h"), (1.46, 12.6, "1.5 – 13 h")],
)
def test_a_range_has_no_more_digits_than_it_is_worth(owner: User, low: float, high: float, words: str):
    say(mine(owner), low, high, made_at=NOON)
    assert f"{words}</p>" in drawn(owner, NEXT)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"reason": Reason.FEW, "known": 12}, "12 of 30 finished tasks that a range needs"),
        ({"reason": Reason.WIDE}, "The range would be too wide"),
    ],
)
def test_why_nothing_is_said(owner: User, fields: dict, words: str):
    say(mine(owner), made_at=NOON, **fields)
    for size in ("small", "medium"):
        html = drawn(owner, NEXT, size)
        assert words in html
        assert "2 – 8 h" not in html


def test_what_such_ranges_are_worth_is_said(owner: User):
    task = mine(owner)
    say(task, made_at=NOON, known=99)
    assert "81 of the last 100 ranges held, provisional; estimated 4:00" in drawn(owner, NEXT)
    assert "estimated 4:00 · provisional" in drawn(owner, NEXT, "medium")
    Prediction.objects.update(known=100)
    assert "estimated 4:00 · 81 of 100 held" in drawn(owner, NEXT, "medium")
    Prediction.objects.update(checked=0, coverage=None)
    assert '<p class="text-soft">estimated 4:00' in drawn(owner, NEXT)


def test_of_a_task_without_an_estimate_too(owner: User):
    say(mine(owner, estimated_hours=None), made_at=NOON, known=300)
    assert "81 of the last 100 ranges held; not estimated" in drawn(owner, NEXT)


def test_nothing_is_said_that_was_not_said_before(owner: User):
    task = mine(owner)
    for size in ("small", "medium"):
        assert "Nothing said yet: its page estimates it." in drawn(owner, NEXT, size)
    say(task, made_at=NOON)
    Task.objects.filter(pk=task.pk).update(estimated_hours=6)
    assert "Nothing said yet" in drawn(owner, NEXT)
    assert Prediction.objects.count() == 1


def test_nothing_to_do(owner: User, teammate: User):
    mine(teammate)
    mine(owner, status=TaskStatus.DONE, completed_at=NOON)
    assert "Nothing is assigned to you." in drawn(owner, NEXT)


def test_a_board_needs_no_numbers_library():
    """They take a hundred megabytes."""
    script = (
        "import django, sys; django.setup(); import analytics.widgets, analytics.urls;"
        "print([name for name in ('numpy', 'sklearn', 'skops') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# ── What went over ───────────────────────────────────────────────────────────
def names(user: User, size: str = "large", **settings) -> list[str]:
    return [line["task"].name for line in read(user, OVER, size, **settings)["lines"]]


def test_open_ones_first_then_the_most_over(owner: User):
    mine(owner, name="open, 1 h", tracked_seconds=5 * 3600)
    mine(owner, name="open, 2 h", tracked_seconds=6 * 3600)
    make_done(9, name="done, 5 h", assignee=owner)
    make_done(7, name="done, 3 h", assignee=owner)
    mine(owner, name="within", tracked_seconds=4 * 3600)
    mine(owner, name="not a minute", tracked_seconds=4 * 3600 + 59)
    mine(owner, name="not estimated", estimated_hours=None, tracked_seconds=9 * 3600)
    mine(owner, name="cancelled", status=TaskStatus.CANCELLED, tracked_seconds=9 * 3600)
    mine(owner, name="archived", archived_at=NOON, tracked_seconds=9 * 3600)

    assert names(owner) == ["open, 2 h", "open, 1 h", "done, 5 h", "done, 3 h"]
    assert read(owner, OVER)["counts"] == {"open": 2, "done": 2, "seconds": 11 * 3600}
    html = drawn(owner, OVER)
    for words in ("2 open tasks, 2 finished: together <b>11:00</b> over", "open · 6:00 of 4:00, × 1.5", "+2:00</span>"):
        assert words in html
    small = drawn(owner, OVER, "small")
    assert "+2:00</p>" in small
    assert "done, 5 h" not in small


def test_a_minute_counts_where_hours_are_no_round_number(owner: User):
    mine(owner, estimated_hours="1.15", tracked_seconds=4140 + 60)
    mine(owner, estimated_hours="1.15", tracked_seconds=4140 + 59)
    assert read(owner, OVER)["counts"] == {"open": 1, "done": 0, "seconds": 60}


def test_days_of_the_range_begin_at_ones_midnight(owner: User):
    owner.time_zone = "Pacific/Kiritimati"  # 14 hours ahead: it is the 5th there
    owner.save()
    edge = dt.datetime(2026, 2, 26, 10, tzinfo=dt.UTC)  # the 27th begins
    for name, moment in (("in", edge), ("out", edge - dt.timedelta(seconds=1))):
        make_done(9, name=name, assignee=owner, completed_at=moment)
    assert names(owner, range="last-7-days") == ["in"]
    assert sorted(names(owner)) == ["in", "out"]


def test_whose_and_which(owner: User, teammate: User, outsider: User, manager: User):
    private = make_project(owner, (teammate,), is_public=False)
    for person, name in ((owner, "mine"), (teammate, "theirs"), (None, "nobody's")):
        make_task(private, name=name, assignee=person, estimated_hours=1, tracked_seconds=7300)
    other = mine(owner, name="elsewhere", tracked_seconds=5 * 3600)

    assert sorted(names(owner)) == ["elsewhere", "mine"]
    assert sorted(names(owner, scope="team")) == ["elsewhere", "mine", "nobody's", "theirs"]
    assert names(outsider, scope="team") == names(manager, scope="team") == ["elsewhere"]
    assert names(outsider) == []
    assert names(owner, project=other.project_id) == ["elsewhere"]
    assert "Tom Teammate" in drawn(owner, OVER, scope="team")
    assert "cannot be seen any more" in drawn(outsider, OVER, scope="team", project=private.pk)


def test_none_over(owner: User):
    for size in ("small", "medium", "large"):
        assert "No open task is over its estimate" in drawn(owner, OVER, size)


@pytest.mark.parametrize("count", [1, 3])
def test_statements(owner: User, count: int):
    for place in range(count):
        task = mine(owner, place + 1, tracked_seconds=9 * 3600)
        say(task, made_at=NOON)
        make_done(9, assignee=owner)
    assert cost(owner, NEXT, "medium") == 2
    assert cost(owner, OVER, "large", scope="team", project=task.project_id) == MOST_STATEMENTS
