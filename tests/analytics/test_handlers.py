"""Whatever changes the record of finished tasks is heard of, and what is planned is told in time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

import pytest
import time_machine

from accounts.models import User
from accounts.services.organisation import update_organisation
from analytics.queries.outcomes import finished_record
from analytics.services import predictor as loading
from analytics.services.predictor import Predictor, predictor
from tests.analytics.finished import DAY, TODAY
from tests.tracking.toggl import toggl_file
from tests.work import make_entry, make_project, make_tag
from timetracker.events.dispatch import drain
from tracking.choices import Source, TaskStatus
from tracking.demo.load import load_demo_data
from tracking.imports.toggl import read_toggl
from tracking.models import Batch, Project, Task, TimeEntry
from tracking.services.corrections import merge_entries, set_billed, split_entry
from tracking.services.entries import delete_entry, restore_entry, update_entry
from tracking.services.import_plan import plan_import
from tracking.services.imports import store_import
from tracking.services.review import accept_entry
from tracking.services.tasks import archive_task, create_task, tag_task, update_task
from tracking.services.timer import discard_timer, pause_timer, start_timer, stop_timer
from tracking.services.undo import undo_batch

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
Steps = Iterator[None]


@dataclass
class Work:
    owner: User
    administrator: User
    project: Project
    done: Task
    todo: Task
    entry: TimeEntry
    """An hour on `done`."""
    clock: time_machine.Coordinates

    def log(self, task: Task, start: dt.datetime = TODAY + 2 * HOUR, **fields: object) -> TimeEntry:
        return make_entry(self.owner, start=start, task=task, **fields)

    def file(self, folder, task: Task) -> Batch:
        line = {"Email": self.owner.email, "Client": "", "Project": self.project.name, "Task": task.name}
        rows = read_toggl(toggl_file(folder, line))
        batch = store_import(plan=plan_import(rows, zone=dt.UTC, actor=self.administrator), actor=self.administrator)
        assert batch is not None
        return batch


@pytest.fixture
def work(owner: User, administrator: User) -> Iterator[Work]:
    with time_machine.travel(TODAY, tick=False) as clock:
        project = make_project(owner, (administrator,))
        done, todo = (
            create_task(actor=owner, project=project, name=name, estimated_hours=Decimal(2), assignee=owner)
            for name in ("Finished", "Planned")
        )
        clock.move_to(TODAY + DAY)
        entry = make_entry(owner, task=done)
        done = update_task(task=done, actor=owner, status=TaskStatus.DONE)
        yield Work(owner, administrator, project, done, todo, entry, clock)


def learned(known: Predictor) -> list[object]:
    return list(known.rough.past.outcomes)


# ── What changes the record ──────────────────────────────────────────────────
def finishing(work: Work) -> Steps:
    work.log(work.todo)
    yield
    update_task(task=work.todo, actor=work.owner, status=TaskStatus.DONE)


def opening_again(work: Work) -> Steps:
    yield
    update_task(task=work.done, actor=work.owner, status=TaskStatus.REVIEW)


def cancelling(work: Work) -> Steps:
    yield
    update_task(task=work.done, actor=work.owner, status=TaskStatus.CANCELLED)


def changing_a_finished_task(**changes: object) -> Callable[[Work], Steps]:
    def steps(work: Work) -> Steps:
        yield
        update_task(task=work.done, actor=work.owner, **changes)

    return steps


def giving_it_to_somebody_else(work: Work) -> Steps:
    yield
    update_task(task=work.done, actor=work.owner, assignee=work.administrator)


def tagging(work: Work) -> Steps:
    tag = make_tag()
    yield
    tag_task(task=work.done, actor=work.owner, tag=tag)


def logging(work: Work) -> Steps:
    yield
    work.log(work.done)


def logging_by_a_rule(work: Work) -> Steps:
    yield
    work.log(work.done, source=Source.RULE)


def correcting(work: Work) -> Steps:
    yield
    update_entry(entry=work.entry, actor=work.owner, duration=600)


def moving_away(work: Work) -> Steps:
    work.log(work.done)
    yield
    update_entry(entry=work.entry, actor=work.owner, task=work.todo)


def moving_to_it(work: Work) -> Steps:
    entry = work.log(work.todo)
    yield
    update_entry(entry=entry, actor=work.owner, task=work.done)


def throwing_away(work: Work) -> Steps:
    yield
    delete_entry(entry=work.entry, actor=work.owner)


def bringing_back(work: Work) -> Steps:
    delete_entry(entry=work.entry, actor=work.owner)
    yield
    restore_entry(entry=work.entry, actor=work.owner)


def merging_over_a_pause(work: Work) -> Steps:
    long = update_entry(entry=work.entry, actor=work.owner, duration=13 * 3600, started_at=TODAY - 14 * HOUR)
    yield
    split_entry(entry=long, actor=work.owner, at=TODAY - 7 * HOUR)


def merging_to_what_is_too_long(work: Work) -> Steps:
    halves = [work.entry, work.log(work.done, TODAY + HOUR, minutes=12 * 60)]
    yield
    merge_entries(entries=halves, actor=work.owner)


def starting_a_timer(work: Work) -> Steps:
    yield
    start_timer(user=work.owner, task=work.done)


def stopping_it(work: Work) -> Steps:
    start_timer(user=work.owner, task=work.done)
    work.clock.shift(HOUR)
    yield
    stop_timer(user=work.owner)


def switching_it(work: Work) -> Steps:
    start_timer(user=work.owner, task=work.done)
    work.clock.shift(HOUR)
    yield
    start_timer(user=work.owner, task=work.todo)


def discarding_it(work: Work) -> Steps:
    start_timer(user=work.owner, task=work.done)
    yield
    discard_timer(user=work.owner)


def taking_a_discard_back(work: Work) -> Steps:
    start_timer(user=work.owner, task=work.done)
    work.clock.shift(HOUR)
    discarded = discard_timer(user=work.owner)
    yield
    undo_batch(batch=Batch.objects.get(pk=discarded.batch_id), actor=work.owner)


def accepting(work: Work) -> Steps:
    start_timer(user=work.owner, task=work.done)
    work.clock.shift(HOUR)
    entry = stop_timer(user=work.owner, by_itself=True).entry
    yield
    accept_entry(entry=entry, actor=work.owner)


def taking_an_acceptance_back(work: Work) -> Steps:
    long = accept_entry(entry=work.log(work.done, minutes=13 * 60), actor=work.owner)
    yield
    undo_batch(batch=Batch.objects.get(pk=long.batch_id), actor=work.owner)


def taking_time_back(work: Work) -> Steps:
    entry = work.log(work.done)
    yield
    undo_batch(batch=Batch.objects.get(pk=entry.batch_id), actor=work.owner)


def another_calendar(work: Work) -> Steps:
    yield
    update_organisation(actor=work.administrator, time_zone="Pacific/Pago_Pago")


def a_neighbour_under_another_limit(work: Work) -> Steps:
    """A higher limit says nothing of what was found too long. Whatever comes beside it looks at it anew."""
    work.log(work.done, minutes=13 * 60)
    User.objects.filter(pk=work.owner.pk).update(daily_limit_hours=20)
    work.owner.refresh_from_db()
    yield
    work.log(work.todo, TODAY + 3 * HOUR)


RECORDED = [
    finishing, opening_again, cancelling, giving_it_to_somebody_else, tagging,
    changing_a_finished_task(estimated_hours=Decimal(5)), changing_a_finished_task(estimated_hours=None),
    changing_a_finished_task(name="Other words"), changing_a_finished_task(priority="urgent"),
    changing_a_finished_task(complexity=4), changing_a_finished_task(assignee=None),
    logging, logging_by_a_rule, correcting, moving_away, moving_to_it, throwing_away, bringing_back,
    merging_over_a_pause, merging_to_what_is_too_long, starting_a_timer, stopping_it, switching_it, discarding_it,
    taking_a_discard_back, accepting, taking_an_acceptance_back, taking_time_back, another_calendar,
    a_neighbour_under_another_limit,
]  # fmt: skip


def assert_heard_of(steps: Steps) -> None:
    next(steps)
    drain()
    before = learned(predictor())
    for _step in steps:
        raise AssertionError("There is one change.")
    drain()

    assert learned(predictor()) == sorted(
        finished_record().outcomes, key=lambda one: (one.finished, one.plan.task)
    ) != before  # fmt: skip


@pytest.mark.parametrize("change", RECORDED, ids=lambda change: change.__qualname__.split(".")[0])
def test_it_is_heard_of(work, change):
    assert_heard_of(change(work))


def test_an_import_its_undo_and_the_undo_of_that_are_heard_of(work, tmp_path):
    batch: Batch | None = None

    def change(how: Callable[[], Batch]) -> Steps:
        nonlocal batch
        yield
        batch = how()

    assert_heard_of(change(lambda: work.file(tmp_path, work.done)))
    for _time in range(2):
        assert_heard_of(change(lambda: undo_batch(batch=Batch.objects.get(pk=batch.pk), actor=work.administrator)))


def test_demo_data_are_heard_of(administrator):
    drain()
    before = learned(predictor())
    load_demo_data(entries=300)
    drain()

    assert before == []
    assert len(learned(predictor())) > 3


# ── What does not ────────────────────────────────────────────────────────────
def planning(work: Work) -> None:
    task = create_task(actor=work.owner, project=work.project, name="New", estimated_hours=Decimal(1))
    update_task(task=task, actor=work.owner, estimated_hours=Decimal(3), assignee=work.administrator)
    update_task(task=task, actor=work.owner, status=TaskStatus.IN_PROGRESS)
    tag_task(task=task, actor=work.owner, tag=make_tag())


def working(work: Work) -> None:
    update_entry(entry=work.log(work.todo, TODAY + 5 * HOUR), actor=work.owner, duration=60)
    start_timer(user=work.owner, task=work.todo)
    work.clock.shift(HOUR / 2)
    pause_timer(user=work.owner)
    delete_entry(entry=stop_timer(user=work.owner).entry, actor=work.owner)


def billing(work: Work) -> None:
    update_entry(entry=work.entry, actor=work.owner, description="Other words", billable=False)
    set_billed(entry=work.entry, actor=work.administrator)


def archiving(work: Work) -> None:
    archive_task(task=work.done, actor=work.owner)


def renaming_everything_else(work: Work) -> None:
    update_organisation(actor=work.administrator, name="Kestrel & Co")


@pytest.mark.parametrize("change", [planning, working, billing, archiving, renaming_everything_else])
def test_the_record_is_not_read_anew_for_what_does_not_change_it(work, change):
    drain()
    before = predictor()

    change(work)
    drain()

    assert predictor() is before
    assert learned(before) == finished_record().outcomes


def test_where_nothing_has_changed_it_takes_two_statements(work, django_assert_num_queries):
    known = predictor()

    with django_assert_num_queries(2):
        again = predictor()

    assert again is known


def test_another_process_hears_of_it_by_the_mark(work, monkeypatch):
    drain()
    elsewhere = predictor()
    update_entry(entry=work.entry, actor=work.owner, duration=600)
    drain()
    predictor()

    monkeypatch.setattr(loading, "_kept", elsewhere)

    assert predictor() is not elsewhere
