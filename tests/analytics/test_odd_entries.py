"""What looks wrong comes into its person's queue, and leaves it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Organisation, User
from accounts.services.profile import update_profile
from analytics.services.anomalies import look_at
from tests.factories import UserFactory
from tests.tracking.pages import MOST_STATEMENTS, statements, text
from tests.tracking.toggl import toggl_file
from tests.work import MONDAY, make_entry, make_project, make_task
from timetracker.events.dispatch import drain
from tracking.choices import Review
from tracking.imports.toggl import read_toggl
from tracking.models import Batch, Task, TimeEntry
from tracking.services.corrections import duplicate_entry, set_billed
from tracking.services.entries import delete_entry, restore_entry, update_entry
from tracking.services.import_plan import plan_import
from tracking.services.imports import store_import
from tracking.services.review import accept_entry, flag_entry
from tracking.services.undo import undo_batch

pytestmark = pytest.mark.django_db
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
TODAY = MONDAY + 30 * DAY
NOW = TODAY + 10 * HOUR


@pytest.fixture(scope="module")
def past(kept_for_the_file: None) -> Task:
    """Somebody has worked on it for 30 days, an hour or so at 9:00."""
    Organisation.objects.create(pk=Organisation.PK, name="Kestrel Studio", set_up_at=timezone.now())
    person = UserFactory.create(username="olga", display_name="Olga Owner")
    task = make_task(make_project(person))
    with time_machine.travel(NOW, tick=False):
        for day in range(30):
            make_entry(person, MONDAY + day * DAY, 50 + (7 * day) % 21, task=task, description=f"Day {day}")
        drain()
    assert not TimeEntry.objects.to_review().exists()
    return task


@pytest.fixture
def organisation(past: Task) -> Organisation:
    return Organisation.objects.get()


@pytest.fixture
def owner(past: Task) -> User:
    return User.objects.get(username="olga")


@pytest.fixture
def task(past: Task) -> Iterator[Task]:
    """After these 30 days."""
    with time_machine.travel(NOW, tick=False):
        yield Task.objects.get(pk=past.pk)


def logged(owner: User, task: Task, start: dt.datetime = TODAY, minutes: int = 600, **fields: object) -> TimeEntry:
    entry = make_entry(owner, start, minutes, task=task, **fields)
    return heard(entry)


def heard(entry: TimeEntry) -> TimeEntry:
    drain()
    return TimeEntry.objects.get(pk=entry.pk)


def undone(entry: TimeEntry, owner: User) -> TimeEntry:
    undo_batch(batch=Batch.objects.get(pk=entry.batch_id), actor=owner)
    return heard(entry)


def test_it_is_on_the_page_with_its_numbers_for_its_person_alone(owner, task, client_for, administrator, outsider):
    logged(owner, task)
    page = text(client_for(owner).get("/entries/review/"))
    assert "Much longer than usual" in page
    assert "usually 0:50 to 1:04 h on this task (30 entries)" in page
    theirs = text(client_for(administrator).get("/entries/review/"))
    assert "Much longer than usual" in theirs
    assert "usually 0:50" not in theirs
    assert "Much longer" not in text(client_for(outsider).get("/entries/review/"))


def test_night_hours_are_told(owner, task, client_for):
    assert logged(owner, task, TODAY - 7 * HOUR, 60).review == Review.ODD_HOURS
    page = text(client_for(owner).get("/entries/review/"))
    assert "At 2:00 to 3:00, when you worked on 0 of 30 days" in page


def test_hours_before_a_move_are_another_clocks(owner, task):
    update_profile(person=owner, time_zone="America/New_York")
    assert logged(owner, task, TODAY - 7 * HOUR, 60).review == Review.NONE


def test_what_is_right_is_not_asked_again_until_it_changes(owner, task, client_for):
    entry = logged(owner, task)
    assert client_for(owner).post(f"/entries/{entry.pk}/accept/").status_code == 302
    assert heard(entry).review == Review.NONE
    update_entry(entry=entry, actor=owner, description="Other words")
    assert heard(entry).review == Review.NONE
    update_entry(entry=entry, actor=owner, duration=590 * 60)
    assert heard(entry).review == Review.UNUSUAL
    update_entry(entry=entry, actor=owner, duration=3600)
    assert heard(entry).review == Review.NONE


def test_another_project_asks_anew(owner, task):
    entry = accept_entry(entry=logged(owner, task), actor=owner)
    update_entry(entry=entry, actor=owner, task=make_task(make_project(owner)))
    assert heard(entry).review == Review.UNUSUAL


def test_taking_back_asks_again_or_no_longer(owner, task):
    entry = accept_entry(entry=logged(owner, task), actor=owner)
    drain()
    assert undone(entry, owner).review == Review.UNUSUAL
    changed = update_entry(entry=entry, actor=owner, duration=3600)
    assert heard(changed).review == Review.NONE
    assert undone(changed, owner).review == Review.UNUSUAL


def test_a_neighbour_that_changes_wipes_nothing(owner, task):
    entry = logged(owner, task)
    other = logged(owner, task, TODAY + 11 * HOUR, 10)
    delete_entry(entry=other, actor=owner)
    assert heard(entry).review == Review.UNUSUAL


# ── Pairs ────────────────────────────────────────────────────────────────────
@pytest.fixture
def pair(owner: User, task: Task) -> tuple[TimeEntry, TimeEntry]:
    first = logged(owner, task, minutes=95, description="Draft")
    return first, logged(owner, task, TODAY + 3 * HOUR, 95, description="draft")


def test_the_later_made_one_of_a_pair_is_asked_about(owner, pair, client_for):
    assert [heard(entry).review for entry in pair] == [Review.NONE, Review.DOUBLED]
    update_entry(entry=pair[0], actor=owner, billable=True)
    assert [heard(entry).review for entry in pair] == [Review.NONE, Review.DOUBLED]
    assert "As on 1 Apr at 09:00" in text(client_for(owner).get("/entries/review/"))


def test_without_the_other_nothing_is_asked(owner, pair):
    delete_entry(entry=pair[0], actor=owner)
    assert heard(pair[1]).review == Review.NONE
    restore_entry(entry=pair[0], actor=owner)
    assert heard(pair[0]).review == Review.DOUBLED
    delete_entry(entry=pair[0], actor=owner)
    assert not TimeEntry.objects.to_review().exists()


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize(
    "changes", [{"description": "Something else"}, {"duration": 96 * 60}, {"started_at": TODAY - DAY}]
)
def test_no_longer_alike(owner, pair, which, changes):
    update_entry(entry=pair[which], actor=owner, **changes)
    assert [entry for entry in map(heard, pair) if entry.review == Review.DOUBLED] == []


def test_copied_on_purpose(owner, task):
    entry = logged(owner, task, minutes=95, description="Draft")
    assert heard(duplicate_entry(entry=entry, actor=owner)).review == Review.NONE


# ── Many at once ─────────────────────────────────────────────────────────────
def test_an_import_on_top_of_what_was_logged(owner, task, administrator, tmp_path):
    logged(owner, task, minutes=95, description="Draft")
    line = {
        "Email": owner.email, "Client": "", "Project": task.project.name, "Task": task.name, "Description": "Draft",
        "Start date": f"{TODAY:%Y-%m-%d}", "Start time": "13:00:00", "End date": f"{TODAY:%Y-%m-%d}",
        "End time": "14:35:00", "Duration": "01:35:00",
    }  # fmt: skip
    plan = plan_import(read_toggl(toggl_file(tmp_path, line)), zone=dt.UTC, actor=administrator)
    batch = store_import(plan=plan, actor=administrator)
    drain()
    assert list(TimeEntry.objects.to_review().values_list("source", "review")) == [("import", "doubled")]
    undo_batch(batch=Batch.objects.get(pk=batch.pk), actor=administrator)
    drain()
    assert not TimeEntry.objects.to_review().exists()


# ── flag_entry ───────────────────────────────────────────────────────────────
def test_what_was_judged_must_still_be_so(owner, task, administrator):
    entry = logged(owner, task, minutes=60)
    stale = TimeEntry.objects.get(pk=entry.pk)
    update_entry(entry=entry, actor=owner, description="Other words")
    assert not flag_entry(entry=stale, reason=Review.UNUSUAL)
    fresh = TimeEntry.objects.get(pk=entry.pk)
    assert flag_entry(entry=fresh, reason=Review.UNUSUAL)
    assert not flag_entry(entry=fresh, reason=Review.UNUSUAL)
    fresh = set_billed(entry=fresh, actor=administrator)
    assert not flag_entry(entry=fresh, reason=Review.DOUBLED)


def test_nothing_is_put_over_a_stronger_reason(owner, task):
    entry = logged(owner, task, minutes=13 * 60)
    assert entry.review == Review.TOO_LONG
    assert not flag_entry(entry=entry, reason=Review.UNUSUAL)


def test_a_mark_taken_back_leaves_what_else_is_odd(owner):
    entry = make_entry(owner, MONDAY - DAY)
    assert flag_entry(entry=entry, reason=Review.ODD_HOURS)
    assert flag_entry(entry=entry, reason=Review.NONE)
    assert heard(entry).review == Review.NO_PROJECT


# ── Statements ───────────────────────────────────────────────────────────────
@pytest.mark.parametrize("rows", [1, 3])
def test_statements_of_the_page(owner, task, client_for, rows):
    for number in range(rows):
        assert logged(owner, task, TODAY + number * DAY, 600 + number).review
    assert statements(client_for(owner), "/entries/review/") <= MOST_STATEMENTS


def test_statements_of_a_look(owner, task):
    entry = logged(owner, task, minutes=60)
    with CaptureQueriesContext(connection) as asked:
        look_at(entry.pk)
    assert len(asked) == 3
