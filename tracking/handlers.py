"""What tracking does when something has happened. A few lines each; the work is in the services."""

from __future__ import annotations

import datetime as dt

from accounts.models import User
from timetracker.events.models import Event
from timetracker.events.registry import Kind, on
from timetracker.live.push import push
from tracking.queries import people_who_see_project, people_who_see_time_of, running_entry
from tracking.services.day_totals import rebuild_day_totals
from tracking.services.tasks import mark_task_started
from tracking.services.timer import stop_timer

TIME = (
    "timer_started",
    "timer_stopped",
    "timer_paused",
    "timer_resumed",
    "timer_discarded",
    "time_logged",
    "entry_changed",
    "entry_deleted",
    "entry_restored",
)
WORK = (
    "task_created", "task_changed", "task_status_change", "task_assigned",
    "task_archived", "task_unarchived", "task_deleted",
    "project_created", "project_changed", "project_archived",
)  # fmt: skip

LISTS = (
    "client_created",
    "client_changed",
    "client_deleted",
    "tag_created",
    "tag_changed",
    "tag_deleted",
    "project_deleted",
)


@on(
    "timer_started",
    "time_logged",
    name="tracking.mark_task_started",
    kind=Kind.INNER,
    when=lambda data: data["task_id"],
)
def start_task(event: Event) -> None:
    mark_task_started(task_id=event.payload["task_id"], at=dt.datetime.fromisoformat(event.payload["started_at"]))


@on("person_left", name="tracking.stop_timer_of_leaver", kind=Kind.INNER)
def stop_timer_of_leaver(event: Event) -> None:
    """Nobody could stop it any more."""
    person = User.objects.filter(pk=event.person_id).first()
    if person is not None and running_entry(person) is not None:
        stop_timer(user=person, actor=event.actor, at=event.occurred_at, by_itself=True)


@on(
    "preferences_changed",
    name="tracking.rebuild_day_totals",
    kind=Kind.INNER,
    when=lambda data: "time_zone" in data["changed"],
)
def rebuild_days(event: Event) -> None:
    """Another zone has other midnights."""
    person = User.objects.filter(pk=event.person_id).first()
    if person is not None:
        rebuild_day_totals(person)


@on(*TIME, name="tracking.push_team", kind=Kind.OUTER)
def push_team(event: Event) -> None:
    """Leads and administrators look at other people's time; the person's own pages were told at once."""
    if event.person_id is not None:
        push(people_who_see_time_of(event.person_id).values_list("pk", flat=True), "team")


@on(*WORK, name="tracking.push_work", kind=Kind.OUTER)
def push_work(event: Event) -> None:
    if event.project_id is not None:
        push(people_who_see_project(event.project_id).values_list("pk", flat=True), "work")


@on(*LISTS, name="tracking.push_lists", kind=Kind.OUTER)
def push_lists(event: Event) -> None:
    """Clients and tags belong to no project, and who saw a deleted one can no longer be asked. A topic tells little."""
    push(User.objects.filter(is_active=True).values_list("pk", flat=True), "work")
