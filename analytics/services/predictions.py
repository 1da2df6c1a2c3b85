"""Says what a task will take, and keeps what was said. Every page, the API and rules ask here."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection
from dataclasses import asdict
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from analytics.estimates.plans import Plan
from analytics.models import Prediction
from analytics.queries.outcomes import organisation_zone, plans_of
from analytics.services.predictor import Predictor, predictor
from timetracker.web import flags
from timetracker.web.times import local_date
from tracking.models import Task

if TYPE_CHECKING:
    from analytics.estimates.ladder import Estimate


def predict(task: Task, *, now: dt.datetime | None = None) -> Prediction | None:
    """As `predictions`, of one."""
    return predictions([task], now=now).get(task.pk)


def predictions(tasks: Collection[Task], *, now: dt.datetime | None = None) -> dict[int, Prediction]:
    """By task. What was said once stays, until the task is estimated anew, changed or started; where nothing could be
    said of one that nobody has started, it is asked again on another day. A finished task is not told any more. Of one
    that has been deleted meanwhile there is none, and of none while estimates are switched off.
    """
    if not flags.is_on("estimates"):
        return {}
    try:
        return _predictions(tasks, now)
    except IntegrityError:  # one of them, its person or the model has been deleted since it was read
        return _predictions(Task.objects.filter(pk__in=[task.pk for task in tasks]), now)


def _predictions(tasks: Collection[Task], now: dt.datetime | None) -> dict[int, Prediction]:
    zone = organisation_zone()
    plans = plans_of(tasks, zone)
    asked = {pk: digest(plan) for pk, plan in plans.items()}
    finished = {task.pk for task in tasks if task.finished}
    # Of a finished one, what was said last; the order is that of saying.
    rows = list(Prediction.objects.filter(task__in=plans).order_by("made_at", "pk"))
    found = {row.task_id: row for row in rows if row.asked == asked[row.task_id] or row.task_id in finished}
    _say_again(found, {row.task_id: row for row in rows})
    today = local_date(now or timezone.now(), zone)
    missing = [task for task in tasks if task.pk not in finished and _is_to_ask(task, found.get(task.pk), today)]
    return found | (_told(missing, plans, asked, zone, today) if missing else {})


def last_said(tasks: Collection[int]) -> dict[int, Prediction]:
    """By task, what was said last, whatever has become of the plan. Nothing is asked."""
    return {row.task_id: row for row in Prediction.objects.filter(task__in=tasks).order_by("made_at", "pk")}


def estimate_of(plan: Plan) -> Estimate:
    """Of something that is no task yet. Nothing is kept."""
    return predictor().ladder(estimated=plan.estimate is not None).estimate(plan)


def digest(plan: Plan) -> str:
    return hashlib.sha256(repr(asdict(plan)).encode()).hexdigest()[:32]


def _is_to_ask(task: Task, said: Prediction | None, today: dt.date) -> bool:
    return said is None or (not said.speaks and task.started_at is None and said.day < today)


def _say_again(found: dict[int, Prediction], last: dict[int, Prediction]) -> None:
    """Of plans that went back to what they were: what was said then is what was said last."""
    back = [row for pk, row in found.items() if row != last[pk]]
    if back:
        Prediction.objects.filter(pk__in=[row.pk for row in back]).update(made_at=timezone.now())


def _told(
    tasks: Collection[Task], plans: dict[int, Plan], asked: dict[int, str], zone: dt.tzinfo, today: dt.date
) -> dict[int, Prediction]:
    asking = predictor()
    estimates = _estimates(asking, {task.pk: plans[task.pk] for task in tasks})
    again = [task for task in tasks if task.started_at is None and estimates[task.pk].reason]
    later = plans_of(again, zone, today=today) if again else {}
    estimates |= _estimates(asking, later)
    now = timezone.now()
    return _keep(
        [
            _row(later.get(task.pk, plans[task.pk]), asked[task.pk], estimates[task.pk], asking, now)
            for task in tasks
        ]
    )  # fmt: skip


def _estimates(asking: Predictor, plans: dict[int, Plan]) -> dict[int, Estimate]:
    found: dict[int, Estimate] = {}
    for estimated in (True, False):
        chosen = [plan for plan in plans.values() if (plan.estimate is not None) == estimated]
        if chosen:
            said = asking.ladder(estimated=estimated).estimates(chosen)
            found |= {plan.task: one for plan, one in zip(chosen, said, strict=True)}
    return found


def _row(plan: Plan, asked: str, said: Estimate, asking: Predictor, now: dt.datetime) -> Prediction:
    return Prediction(
        task_id=plan.task,
        person_id=plan.person,
        asked=asked,
        day=plan.day,
        made_at=now,
        estimate_hours=plan.estimate,
        basis=said.basis,
        reason=said.reason or "",
        known=said.known,
        low_hours=said.low,
        middle_hours=said.middle,
        high_hours=said.high,
        coverage=said.coverage,
        checked=said.checked,
        ratio=said.ratio,
        ratio_count=said.ratio_count,
        model_id=asking.model_id(estimated=plan.estimate is not None) if said.model_used else None,
    )


def _keep(rows: list[Prediction]) -> dict[int, Prediction]:
    """As many statements for many as for one. Of two who ask at once the first is kept; only silence is said anew."""
    kept = Prediction.objects.filter(asked__in=[row.asked for row in rows])
    with transaction.atomic():
        kept.exclude(reason="").delete()
        Prediction.objects.bulk_create(rows, ignore_conflicts=True)
    return {row.task_id: row for row in kept}
