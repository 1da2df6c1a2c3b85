from __future__ import annotations

import datetime as dt

from django.db.models import Exists, Max, OuterRef, QuerySet

from accounts.models import User
from timetracker.web.times import local_span_bounds
from tracking.models import Project, TimeEntry
from tracking.models.entry import TimeEntryQuerySet
from tracking.queries.days import DAY
from tracking.queries.search import described_by


def running_entry(user: User, *, tagged: bool = True) -> TimeEntry | None:
    """What runs; without its tags one statement less. Every page asks: of the one there is, no order and no client."""
    running = TimeEntry.objects.running().filter(user=user).select_related("project", "task").order_by()
    entry = next(iter(running.prefetch_related("tags") if tagged else running), None)
    if entry is not None:
        entry.user = user  # whose zone and limits it goes by, without asking again
    return entry


def entries_between(*, viewer: User, person: User, first: dt.date, last: dt.date) -> QuerySet[TimeEntry]:
    """What `viewer` may see of what `person` began from `first` to `last`, both included, in the viewer's zone."""
    return entries_of(viewer=viewer, person=person).within(*local_span_bounds(first, last + DAY, viewer.zone))


def entries_of(*, viewer: User, person: User | None) -> TimeEntryQuerySet:
    """What `viewer` may see of the time of `person`, or of everybody's, newest first.

    With `shows_client`: whose project it is, only those know who see the project.
    """
    seen = Project.objects.visible_to(viewer).filter(pk=OuterRef("project"))
    entries = TimeEntry.objects.alive().visible_to(viewer)
    if person is not None:
        entries = entries.filter(user=person)
    return (
        entries.annotate(shows_client=Exists(seen))
        .select_related("user", "project__client", "task")
        .prefetch_related("tags")
        .order_by("-started_at", "-pk")
    )


def last_end_on(person: User, day: dt.date) -> dt.datetime | None:
    """When the last entry that starts and ends on `day`, in the person's zone, ends: what runs into the next leaves no
    room on this one."""
    start, over = local_span_bounds(day, day + DAY, person.zone)
    that_day = TimeEntry.objects.alive().filter(user=person, ended_at__lt=over).within(start, over)
    end: dt.datetime | None = that_day.aggregate(last=Max("ended_at"))["last"]
    return end


def suggestions(user: User, text: str, limit: int = 8) -> list[TimeEntry]:
    """Earlier descriptions of `user` that hold `text`, newest first, each once per project and task."""
    recent = TimeEntry.objects.alive().filter(user=user).exclude(description="").order_by("-started_at")
    if text:
        recent = described_by(recent, text)
    found: dict[tuple[str, int | None, int | None], TimeEntry] = {}
    rows = recent.select_related("project__client", "task").prefetch_related("tags")[: limit * 12]
    for entry in rows:
        found.setdefault((entry.description.casefold(), entry.project_id, entry.task_id), entry)
        if len(found) == limit:
            break
    return list(found.values())


def entries_described(viewer: User, text: str, limit: int = 20) -> QuerySet[TimeEntry]:
    """The newest that `viewer` may see whose description holds `text`."""
    return described_by(entries_of(viewer=viewer, person=None), text).prefetch_related(None)[:limit]


def latest_entries(user: User, limit: int = 5, project: Project | None = None) -> QuerySet[TimeEntry]:
    """What `user` finished last, on any project or on this one."""
    mine = TimeEntry.objects.alive().filter(user=user, ended_at__isnull=False)
    if project is not None:
        mine = mine.filter(project=project)
    return mine.select_related("project__client", "task").order_by("-started_at", "-pk")[:limit]
