"""Projects, tasks, entries, and what happened."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from timetracker.web.widgets import Asked, Place, Size, Widget, register
from tracking.forms.booking import Work
from tracking.models import Project, TimeEntry
from tracking.queries import (
    activity_visible_to,
    latest_activity,
    latest_entries,
    open_tasks_of,
    recent_projects,
    tasks_due,
)
from tracking.views.activity import lines_of
from tracking.widgets.reads import TEMPLATE, people_of, project_of, report_url, week_of

ROWS = {Size.SMALL: 2, Size.MEDIUM: 5, Size.LARGE: 10}
"""Large has two columns of them, where there is room."""
EVENTS = {Size.SMALL: 1, Size.MEDIUM: 4, Size.LARGE: 6}


def recent(asked: Asked, place: Place) -> dict[str, Any]:
    week, mine = week_of(asked), (asked.user.pk,)
    projects = recent_projects(asked.user, ROWS[place.size])
    return {
        "projects": [
            (Work(each), week.total_of(each.pk), report_url(week.first, week.last, mine, project=each.pk))
            for each in projects
        ],
        "more": reverse("tracking:projects"),
        "more_label": _("All projects"),
    }


def deadlines(asked: Asked, place: Place) -> dict[str, Any]:
    project, note = project_of(asked, place)
    due = tasks_due(asked.user, whose=people_of(asked, place), project=project)
    return {
        "tasks": [Work(task.project, task) for task in due[: ROWS[place.size] - bool(note)]],
        "note": note,
        "more": reverse("tracking:tasks"),
        "more_label": _("All tasks"),
    }


def my_tasks(asked: Asked, place: Place) -> dict[str, Any]:
    tasks = open_tasks_of(asked.user, ROWS[place.size])
    return {
        "tasks": [Work(task.project, task) for task in tasks],
        "more": reverse("tracking:tasks"),
        "more_label": _("All tasks"),
    }


def recent_entries(asked: Asked, place: Place) -> dict[str, Any]:
    project, note = project_of(asked, place)
    return {
        "latest": _finished_last(asked, ROWS[place.size] - bool(note), project),
        "note": note,
        "more": reverse("tracking:entries"),
        "more_label": _("All entries"),
    }


def _finished_last(asked: Asked, rows: int, project: Project | None) -> list[TimeEntry]:
    """Of the last to begin, with room for some that ran longer than others."""
    begun_last = latest_entries(asked.user, 4 * rows, project)
    return sorted(begun_last, key=lambda entry: entry.ended_at or asked.now, reverse=True)[:rows]


def activity(asked: Asked, place: Place) -> dict[str, Any]:
    project, note = project_of(asked, place)
    seen = activity_visible_to(asked.user)
    events = latest_activity(seen.filter(project_id=project.pk) if project else seen, EVENTS[place.size] - bool(note))
    return {
        "lines": lines_of(events, asked.user),
        "note": note,
        "more": reverse("tracking:activity") + (f"?project={project.pk}" if project else ""),
        "more_label": _("All activity"),
    }


register(
    Widget(
        name="recent-projects", label=_("Recent projects"), icon="folder", read=recent, topics=("entries", "work"),
        about=_("Where you worked last, with this week's hours; one click starts the timer there."),
        template=TEMPLATE % "recent_projects", sizes=(Size.SMALL, Size.MEDIUM, Size.LARGE),
    ),
    Widget(
        name="upcoming-deadlines", label=_("Due soon"), icon="calendar-days", read=deadlines, topics=("work",),
        about=_("Open tasks with a due date, the first due on top."), by_scope=True, by_project=True,
        template=TEMPLATE % "upcoming_deadlines",
    ),
    Widget(
        name="my-tasks", label=_("My open tasks"), icon="check-circle", read=my_tasks, topics=("work",),
        about=_("What is assigned to you and open."), template=TEMPLATE % "my_tasks",
    ),
    Widget(
        name="recent-entries", label=_("Last entries"), icon="clock", read=recent_entries, topics=("entries",),
        by_project=True,
        about=_("What you finished last, with a click to go on."), template=TEMPLATE % "recent_entries",
    ),
    Widget(
        name="activity-feed", label=_("Activity"), icon="bolt", read=activity, topics=("entries", "team", "work"),
        by_project=True,
        about=_("What happened last, to you and to what you see."), template=TEMPLATE % "activity_feed",
    ),
)  # fmt: skip
