"""Reads that pages, API and widgets share. One definition each."""

from tracking.queries.activity import (
    BUDGET,
    activity_visible_to,
    latest_activity,
    people_who_know_money_of,
    people_who_see_project,
    people_who_see_time_of,
    tells_of_money,
)
from tracking.queries.days import DAY, WEEK, Day, Gap, Total, days_of, today_of, week_of
from tracking.queries.entries import (
    entries_between,
    entries_described,
    entries_of,
    last_end_on,
    latest_entries,
    running_entry,
    suggestions,
)
from tracking.queries.search import described_by
from tracking.queries.week import Week, week_progress, worked_seconds
from tracking.queries.work import (
    clients_named,
    next_colour,
    open_tasks_of,
    pickable_projects,
    pickable_tags,
    pickable_tasks,
    projects_beginning,
    recent_projects,
    tasks_beginning,
    tasks_due,
)

__all__ = [
    "BUDGET",
    "DAY",
    "WEEK",
    "Day",
    "Gap",
    "Total",
    "Week",
    "activity_visible_to",
    "clients_named",
    "days_of",
    "described_by",
    "entries_between",
    "entries_described",
    "entries_of",
    "last_end_on",
    "latest_activity",
    "latest_entries",
    "next_colour",
    "open_tasks_of",
    "people_who_know_money_of",
    "people_who_see_project",
    "people_who_see_time_of",
    "pickable_projects",
    "pickable_tags",
    "pickable_tasks",
    "projects_beginning",
    "recent_projects",
    "running_entry",
    "suggestions",
    "tasks_beginning",
    "tasks_due",
    "tells_of_money",
    "today_of",
    "week_of",
    "week_progress",
    "worked_seconds",
]
