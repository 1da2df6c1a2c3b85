"""The person's own finished work."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from itertools import groupby

from accounts.models import User
from analytics.models import ScoreWeights
from analytics.productivity import PARTS, Finished, Habits, Piece, Productivity, productivity, window_start
from tracking.choices import TaskStatus
from tracking.models import Task, TimeEntry
from tracking.models.task import TaskQuerySet

Window = tuple[dt.datetime, dt.datetime]
"""Half-open."""


def productivity_of(user: User, now: dt.datetime) -> Productivity:
    """Three statements, whatever the data."""
    start = window_start(user.zone, now, back=2)
    return productivity(pieces_of(user, start, now), finished_tasks_of(user, start, now), habits_of(user), now)


def weights_of(user: User) -> dict[str, int]:
    """By part of the score. One statement."""
    found = ScoreWeights.objects.filter(user=user).values(*PARTS).first()
    return found or dict.fromkeys(PARTS, 1)


def habits_of(user: User) -> Habits:
    return Habits(
        zone=user.zone,
        working_days=frozenset(user.working_days),
        work_starts=user.work_starts,
        work_ends=user.work_ends,
        goal=user.weekly_goal_seconds,
        week_start=user.week_start,
        weights=weights_of(user),
    )


def pieces_of(user: User, start: dt.datetime, end: dt.datetime) -> Iterator[Piece]:
    """The finished entries of `user` as far as they lie in [start, end), without their breaks."""
    return (piece for _entry, piece in pieces_by_entry(user, start, end))


def pieces_by_entry(user: User, start: dt.datetime, end: dt.datetime) -> Iterator[tuple[int, Piece]]:
    """The same, each with the number of its entry. One statement."""
    return ((entry, piece) for _user, entry, piece in pieces_by_person({user.pk: (start, end)}))


def pieces_by_person(windows: Mapping[int, Window]) -> Iterator[tuple[int, int, Piece]]:
    """The same of several people, each within a window of their own and with the numbers of person and entry; a
    person's in the order of time. One statement.
    """
    seconds = {pk: (int(start.timestamp()), int(end.timestamp())) for pk, (start, end) in windows.items()}
    whole = min(start for start, _end in windows.values()), max(end for _start, end in windows.values())
    rows = TimeEntry.objects.alive().filter(user__in=windows).overlapping(*whole)
    # A row for each break, and one for an entry without.
    found = rows.order_by("user", "started_at", "pk", "breaks__started_at").values_list(
        "user", "pk", "started_at", "ended_at", "project_id", "task_id", "breaks__started_at", "breaks__ended_at"
    )
    for (user, pk, began, ended, project, task), lines in groupby(found, key=lambda row: row[:6]):
        first, last = seconds[user]
        # What is on no project is not known to be one thing with what follows.
        thing = (project, task) if project else pk
        position, until = max(first, int(began.timestamp())), min(last, int(ended.timestamp()))
        for *_entry, away, back in lines:
            if away is not None:
                if position < (leaves := min(until, int(away.timestamp()))):
                    yield user, pk, Piece(position, leaves, thing)
                position = max(position, int(back.timestamp()))
        if position < until:
            yield user, pk, Piece(position, until, thing)


def finished_tasks_of(user: User, start: dt.datetime, end: dt.datetime) -> list[Finished]:
    """Done in [start, end) by `user`, with an estimate and with time on them: without, there is nothing to compare."""
    tasks = comparable(Task.objects.visible_to(user).filter(assignee=user), start, end)
    rows = tasks.order_by().values_list("completed_at", "estimated_hours", "tracked_seconds")
    return [
        Finished(int(done.timestamp()), int(hours * 3600), tracked) for done, hours, tracked in rows if done and hours
    ]


def comparable(tasks: TaskQuerySet, start: dt.datetime, end: dt.datetime) -> TaskQuerySet:
    """Those of them that were done in [start, end), with an estimate and with time on them."""
    return tasks.filter(
        status=TaskStatus.DONE, completed_at__gte=start, completed_at__lt=end, estimated_hours__isnull=False,
        tracked_seconds__gt=0,
    )  # fmt: skip
