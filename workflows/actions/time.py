from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from timetracker.web.errors import Conflict
from tracking.access import get_person_to_log_for
from tracking.choices import Source
from tracking.queries import running_entry
from tracking.services.entries import create_entry
from tracking.services.timer import start_timer, stop_timer
from workflows.actions.base import (
    Action,
    Context,
    Param,
    ParamKind,
    as_id,
    fetched,
    optional_project,
    optional_task,
    seconds_of,
)

_WORK = (
    Param("project_id", gettext_lazy("Project"), ParamKind.ID),
    Param("task_id", gettext_lazy("Task"), ParamKind.ID),
)


def log_time(context: Context, params: Mapping[str, Any]) -> dict[str, Any]:
    """Ends when it happened, and belongs to the task's assignee, else to whoever did it."""
    seconds = seconds_of(params["duration"])
    who = context.values.get("assignee.id") or context.event.actor_id or context.owner.pk
    person = fetched(get_person_to_log_for, User, context.owner, who)
    task = optional_task(context, params)
    end = context.event.occurred_at
    entry = create_entry(
        user=person,
        actor=context.owner,
        started_at=end - dt.timedelta(seconds=seconds),
        ended_at=end,
        description=params.get("notes") or "",
        project=task.project if task else optional_project(context, params),
        task=task,
        source=Source.RULE,
        uid=context.uid,
    )
    return {"entry_id": entry.pk, "seconds": seconds, "person": str(person)}


def start(context: Context, params: Mapping[str, Any]) -> dict[str, Any]:
    """The owner's own."""
    task = optional_task(context, params)
    entry = start_timer(
        user=context.owner,
        description=params.get("description") or "",
        project=task.project if task else optional_project(context, params),
        task=task,
        uid=context.uid,
    )
    return {"entry_id": entry.pk}


def stop(context: Context, params: Mapping[str, Any]) -> dict[str, Any]:
    """The owner's own, with a task only where it runs on that. Nothing to stop is no failure."""
    if (wanted := params.get("task_id")) is not None:
        running = running_entry(context.owner)
        if running is None or running.task_id != as_id(wanted):
            return {"stopped": False, "reason": _("No timer runs on this task.")}
    try:
        stopped = stop_timer(user=context.owner, actor=context.owner)
    except Conflict as nothing:
        return {"stopped": False, "reason": nothing.message}
    return {"stopped": True, "entry_id": stopped.entry.pk}


LOG_TIME = Action(
    "log_time",
    gettext_lazy("Log time"),
    log_time,
    (
        Param("duration", gettext_lazy("Duration"), ParamKind.HOURS, required=True),
        *_WORK,
        Param("notes", gettext_lazy("Description"), longest=500),
    ),
)
START_TIMER = Action(
    "start_timer",
    gettext_lazy("Start my timer"),
    start,
    (*_WORK, Param("description", gettext_lazy("Description"), longest=500)),
)
STOP_TIMER = Action(
    "stop_timer",
    gettext_lazy("Stop my timer"),
    stop,
    (Param("task_id", gettext_lazy("Only on the task"), ParamKind.ID),),
)
