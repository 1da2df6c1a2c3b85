"""Estimates: what the next tasks may take, and which took more than was thought.

Only what was said already is read here: saying more would need the models, and a board is drawn often.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from analytics.choices import FEWEST
from analytics.queries.overruns import counted, tasks_over
from analytics.queries.predictions import said_of
from timetracker.web import flags
from timetracker.web.times import combine_local
from timetracker.web.widgets import Asked, Place, Range, Size, Widget, register
from tracking.forms.booking import Work
from tracking.queries import open_tasks_of
from tracking.widgets.reads import people_of, project_of, span_of

TEMPLATE = "analytics/widgets/%s.html"
ROWS = {Size.SMALL: 1, Size.MEDIUM: 4, Size.LARGE: 8}


def next_estimate(asked: Asked, place: Place) -> dict[str, Any]:
    tasks = list(open_tasks_of(asked.user, ROWS[place.size]))
    said = said_of(tasks)
    return {
        "is_on": flags.is_on("estimates"),
        "lines": [(Work(task.project, task), said.get(task.pk)) for task in tasks],
        "fewest": FEWEST,
        "more": reverse("tracking:tasks"),
        "more_label": _("All tasks"),
    }


def estimates_over(asked: Asked, place: Place) -> dict[str, Any]:
    project, note = project_of(asked, place)
    since = combine_local(span_of(asked, place)[0], dt.time(0), asked.user.zone)
    found = tasks_over(asked.user, since, whose=people_of(asked, place), project=project)
    return {
        "counts": counted(found),
        "lines": [_line(task) for task in found[: ROWS[place.size] - bool(note and not place.is_small)]],
        "note": note,
        "more": reverse("analytics:estimates"),
        "more_label": _("Insights"),
    }


def _line(task: Any) -> dict[str, Any]:
    """`task` is of `tasks_over`."""
    return {"work": Work(task.project, task), "task": task, "factor": task.tracked_seconds / task.estimated_seconds}


register(
    Widget(
        name="next-estimate", label=_("Next estimate"), icon="light-bulb", read=next_estimate, topics=("work",),
        about=_("What your next tasks may take, as it was last said, and how often such ranges held."),
        template=TEMPLATE % "next_estimate", sizes=(Size.SMALL, Size.MEDIUM), size=Size.SMALL,
    ),
    Widget(
        name="estimates-over", label=_("Over the estimate"), icon="scale", read=estimates_over,
        topics=("entries", "work"), by_scope=True, by_project=True,
        about=_("Tasks that took more than was estimated: what is open first, then what was finished of late."),
        ranges=(Range.LAST_14_DAYS, Range.LAST_7_DAYS, Range.LAST_30_DAYS, Range.THIS_WEEK, Range.THIS_MONTH),
        template=TEMPLATE % "estimates_over",
    ),
)  # fmt: skip
