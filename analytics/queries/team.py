"""What the patterns of a team are read from: the finished time and tasks of its people, without their names."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from accounts.models import Team, User
from analytics.patterns.days import Stretch
from analytics.productivity import DAY, Finished
from analytics.queries.patterns import WEEKS
from analytics.queries.productivity import Window, comparable, pieces_by_person
from analytics.queries.zones import zone_changes
from timetracker.web.times import combine_local, local_date, week_bounds
from tracking.models import Task, TimeEntry


@dataclass(frozen=True, slots=True)
class TeamPeriod:
    """Whole weeks; the last has ended for each of them."""

    first: dt.date
    weeks: int
    windows: dict[int, Window]
    """By person, on the clock on their wall. Who changed their time zone counts from the next week on; who has had no
    full week since is left out.
    """

    @property
    def last(self) -> dt.date:
        return self.first + (7 * self.weeks - 1) * DAY


def teams_with_time_visible_to(user: User) -> list[Team]:
    """By name. One statement."""
    return list(Team.objects.with_time_visible_to(user).order_by("name"))


def leads_somebody(user: User) -> bool:
    """Whether there is a team to look at for `user`. One statement at most."""
    return user.is_administrator or Team.objects.with_time_visible_to(user).exists()


def people_of(team: Team) -> list[User]:
    """Those who are active. One statement."""
    return list(User.objects.filter(memberships__team=team, is_active=True).order_by("pk"))


def team_period(people: Sequence[User], now: dt.datetime, week_start: int) -> TeamPeriod:
    """26 weeks up to the last that has ended everywhere. One statement."""
    after, _next = week_bounds(min(local_date(now, person.zone) for person in people), week_start)
    first = after - 7 * WEEKS * DAY
    starts = {person.pk: combine_local(first, dt.time(0), person.zone) for person in people}
    moves = zone_changes(starts, min(starts.values()))
    windows = {}
    for person in people:
        begins = first
        if moved := moves.get(person.pk):
            begins += 7 * max(0, -(-(local_date(moved, person.zone) + DAY - first).days // 7)) * DAY
        if begins < after:
            windows[person.pk] = (
                combine_local(begins, dt.time(0), person.zone), combine_local(after, dt.time(0), person.zone),
            )  # fmt: skip
    return TeamPeriod(first, WEEKS, windows)


def stretches_of_people(windows: Mapping[int, Window]) -> dict[int, list[Stretch]]:
    """By person. Two statements."""
    starts, ends = zip(*windows.values(), strict=True)
    entries = TimeEntry.objects.alive().filter(user__in=windows).overlapping(min(starts), max(ends))
    links = TimeEntry.tags.through.objects.filter(tag__meeting=True, timeentry__in=entries)
    met = set(links.values_list("timeentry", flat=True))
    found: dict[int, list[Stretch]] = defaultdict(list)
    for person, entry, piece in pieces_by_person(windows):
        found[person].append(Stretch(*piece, entry in met))
    return found


def finished_tasks_of_people(period: TeamPeriod) -> dict[int, list[Finished]]:
    """By person, of tasks that they may see, in the order in which they were finished. One statement."""
    starts, ends = zip(*period.windows.values(), strict=True)
    theirs = Task.objects.visible_to_assignee().filter(assignee__in=period.windows)
    rows = comparable(theirs, min(starts), max(ends)).order_by("completed_at", "pk")
    found: dict[int, list[Finished]] = defaultdict(list)
    for person, done, hours, tracked in rows.values_list(
        "assignee", "completed_at", "estimated_hours", "tracked_seconds"
    ):
        if person and done and hours and period.windows[person][0] <= done < period.windows[person][1]:
            found[person].append(Finished(int(done.timestamp()), int(hours * 3600), tracked))
    return found
