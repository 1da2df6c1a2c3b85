"""What estimates do when something has happened. A few lines each; the work is in the services."""

from __future__ import annotations

import datetime as dt
from typing import Any

from analytics.queries.outcomes import touches_record
from analytics.services.predictions import predict
from analytics.services.predictor import predictor
from analytics.services.record import forget_record
from timetracker.events.models import Event
from timetracker.events.registry import Kind, on
from tracking.choices import FINISHED, TaskStatus
from tracking.models import Task
from tracking.services.tasks import mark_task_started

PLANS = ("task_created", "task_changed", "task_assigned", "task_status_change")
STARTS = ("timer_started", "time_logged")
ENTRIES = (*STARTS, "timer_stopped", "timer_discarded", "entry_changed", "entry_deleted", "entry_restored")
MANY = ("time_imported", "import_undone", "import_brought_back", "demo_data_loaded")
_OF_TIME = {"task", "started_at", "ended_at", "breaks", "accepted", "deleted"}
"""The fields of an entry that say how long a task took, and whether that is to be believed."""


# ── The record of finished tasks ─────────────────────────────────────────────
@on(
    "task_changed",
    "task_assigned",
    "task_status_change",
    name="analytics.forget_record_of_task",
    when=lambda data: TaskStatus.DONE in {data["status"], data.get("old_status")},
)
def forget_record_of_task(event: Event) -> None:
    """Done, opened again, or a done one changed. One that was just created has no time yet."""
    forget_record()


@on(
    *ENTRIES,
    name="analytics.forget_record_of_entry",
    when=lambda data: not _OF_TIME.isdisjoint(data.get("changes", _OF_TIME)),
)
def forget_record_of_entry(event: Event) -> None:
    data = event.payload
    if touches_record(tasks=_before_and_now(data, "task", "task_id"), person=data["user_id"], span=_span(data)):
        forget_record()


@on(*MANY, name="analytics.forget_record_of_many")
def forget_record_of_many(event: Event) -> None:
    forget_record()


@on("organisation_changed", name="analytics.forget_days", when=lambda data: "time_zone" in data["changed"])
def forget_days(event: Event) -> None:
    """In another zone, tasks finish on other days."""
    forget_record()


def _before_and_now(data: dict[str, Any], field: str, now: str) -> set[Any]:
    return {value for value in (data[now], *data.get("changes", {}).get(field, ())) if value is not None}


def _span(data: dict[str, Any]) -> tuple[dt.datetime, dt.datetime] | None:
    """All that the entry covers or has covered; None for a timer that runs."""
    starts, ends = (_before_and_now(data, field, field) for field in ("started_at", "ended_at"))
    if not ends:
        return None
    return min(map(dt.datetime.fromisoformat, starts)), max(map(dt.datetime.fromisoformat, ends))


# ── What is said in time ─────────────────────────────────────────────────────
def _open_task(event: Event) -> Task | None:
    pk = event.payload["id" if event.subject_type == "task" else "task_id"]
    return Task.objects.open().filter(pk=pk).first()


def load_predictor(event: Event) -> None:
    if _open_task(event) is not None:
        predictor()


@on(
    *PLANS,
    name="analytics.predict_plan",
    kind=Kind.INNER,
    when=lambda data: data["status"] not in FINISHED,
    before=load_predictor,
    in_bulk=False,
)
def predict_plan(event: Event) -> None:
    """What is planned is told at once, so that the record does not depend on who looked."""
    if task := _open_task(event):
        predict(task)


@on(
    *STARTS,
    name="analytics.predict_start",
    kind=Kind.INNER,
    when=lambda data: data["task_id"],
    before=load_predictor,
    in_bulk=False,
)
def predict_start(event: Event) -> None:
    """The day on which a task is started belongs to its plan. Handlers have no order, so it is marked here as well."""
    data = event.payload
    mark_task_started(task_id=data["task_id"], at=dt.datetime.fromisoformat(data["started_at"]))
    if task := _open_task(event):
        predict(task)
