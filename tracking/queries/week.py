from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import EllipsisType

from django.db.models import Sum
from django.utils import timezone

from accounts.models import User
from timetracker.web.durations import shown_seconds
from timetracker.web.times import local_date, local_span_bounds, week_bounds
from tracking.models import DayTotal, TimeEntry
from tracking.queries.days import DAY, WEEK, Total
from tracking.queries.entries import running_entry


@dataclass(frozen=True, slots=True)
class Week:
    """This week of one person against their goal. Seconds as shown, the running entry as it stands."""

    first: dt.date
    today: dt.date
    goal: int
    by_day: dict[dt.date, int]
    by_project: dict[int | None, int]
    working_days: tuple[int, ...]
    zone: dt.tzinfo = dt.UTC
    running: TimeEntry | None = None
    elapsed: int = 0
    """Of all that the timer runs, whole minutes, as its clock in a total counts."""

    @property
    def last(self) -> dt.date:
        return self.first + WEEK - DAY

    @property
    def seconds(self) -> int:
        """The sum of its projects, as a report's."""
        return sum(self.by_project.values())

    @property
    def today_seconds(self) -> int:
        return self.by_day.get(self.today, 0)

    @property
    def total(self) -> Total:
        return self._with_running(self.seconds)

    @property
    def today_total(self) -> Total:
        return self._with_running(self.today_seconds)

    def total_of(self, project: int) -> Total:
        """Of a project, which the timer may run on."""
        seconds = self.by_project.get(project, 0)
        runs = self.running is not None and self.running.project_id == project
        return self._with_running(seconds) if runs else Total(seconds)

    def _with_running(self, seconds: int) -> Total:
        return Total(seconds - self.elapsed, self.running)

    @property
    def left(self) -> int:
        return max(0, self.goal - self.seconds)

    @property
    def over(self) -> int:
        return max(0, self.seconds - self.goal)

    @property
    def percent(self) -> int:
        """Of the goal, rounded down: 100 only when it is reached."""
        return min(100, self.seconds * 100 // self.goal) if self.goal else 0

    @property
    def is_working_day(self) -> bool:
        return self.today.weekday() in self.working_days

    @property
    def days_left(self) -> int:
        """Working days from today on."""
        rest = ((self.today + n * DAY) for n in range((self.first + WEEK - self.today).days))
        return sum(day.weekday() in self.working_days for day in rest)

    @property
    def a_day(self) -> int | None:
        """What each working day from today on needs for the goal; today still needs what it lacks."""
        if not self.days_left:
            return None
        before = self.seconds - self.today_seconds
        return max(0, self.goal - before) // self.days_left

    @property
    def today_left(self) -> int:
        """What today lacks of that."""
        return max(0, (self.a_day or 0) - self.today_seconds)

    @property
    def forecast(self) -> int | None:
        """Where the week ends if the days to come are like its worked days before today. None before there is one.

        Today counts with the larger of what it has and such a day; days off add nothing.
        """
        worked = [seconds for day, seconds in self.by_day.items() if day < self.today and seconds]
        if not worked:
            return None
        usual = sum(worked) // len(worked)
        today = max(self.today_seconds, usual) if self.is_working_day else self.today_seconds
        return sum(worked) + today + usual * (self.days_left - self.is_working_day)

    @property
    def on_pace(self) -> bool:
        return self.forecast is not None and self.forecast >= self.goal


def week_progress(user: User, now: dt.datetime | None = None, running: TimeEntry | EllipsisType | None = ...) -> Week:
    """What is finished as a report of the week by project says it, and the timer on top.

    One statement, whatever the data, and those that find the timer where `running` does not say it.
    """
    now = now or timezone.now()
    today = local_date(now, user.zone)
    first, end = week_bounds(today, user.week_start)
    by_day: Counter[dt.date] = Counter()
    exact: Counter[int | None] = Counter()
    for day, project, seconds in _worked(user, first, end):
        by_day[day] += shown_seconds(seconds, user.hours_format)
        exact[project] += seconds
    by_project = Counter({pk: shown_seconds(seconds, user.hours_format) for pk, seconds in exact.items()})
    timer = running_entry(user) if isinstance(running, EllipsisType) else running
    elapsed = timer.elapsed_at(now) // 60 * 60 if timer else 0
    for day, seconds in _running_by_day(timer, elapsed, today, now, user.zone).items() if timer else ():
        if day >= first:
            by_day[day] += seconds
            by_project[timer.project_id] += seconds  # type: ignore[union-attr]  # only where there is one
    goal, days = user.weekly_goal_seconds, tuple(user.working_days)
    return Week(first, today, goal, by_day, by_project, days, user.zone, timer, elapsed)


def _running_by_day(
    timer: TimeEntry, elapsed: int, today: dt.date, now: dt.datetime, zone: dt.tzinfo
) -> Counter[dt.date]:
    """Split at midnight, as it will be when it is finished; today has what is not of the days before."""
    begun = local_date(timer.started_at, zone)
    if begun == today:
        return Counter({today: elapsed})
    pauses = [*timer.breaks.values_list("started_at", "ended_at"), (timer.paused_at or now, now)]
    days: Counter[dt.date] = Counter()
    for number in range((today - begun).days):
        day = begun + number * DAY
        start, end = local_span_bounds(day, day + DAY, zone)
        idle = sum(_shared(pause, (start, end)) for pause in pauses)
        days[day] = (_shared((timer.started_at, now), (start, end)) - idle) // 60 * 60
    days[today] = max(0, elapsed - days.total())
    return days


def _shared(one: tuple[dt.datetime, dt.datetime], other: tuple[dt.datetime, dt.datetime]) -> int:
    """Seconds that both spans have."""
    return max(0, int((min(one[1], other[1]) - max(one[0], other[0])).total_seconds()))


def worked_seconds(user: User, first: dt.date, last: dt.date) -> int:
    """Finished by `user` from `first` to `last`, as a report of these days by project says it."""
    exact: Counter[int | None] = Counter()
    for _day, project, seconds in _worked(user, first, last + DAY):
        exact[project] += seconds
    return as_reported(exact, user.hours_format)


def worked_by_project(user: User, first: dt.date, last: dt.date) -> list[tuple[str, int]]:
    """The lines of that report, the largest first; without a name what is on no project."""
    rows = DayTotal.objects.filter(user=user, day__gte=first, day__lte=last).order_by()
    lines = rows.values_list("project__name").annotate(sum=Sum("seconds")).filter(sum__gt=0)
    return [(name or "", seconds) for name, seconds in lines.order_by("-sum", "project__name")]


def who_worked_on(days: Mapping[User, dt.date]) -> set[int]:
    """The ids of those for whom `worked_seconds` of their day is not nothing. One statement."""
    rows = DayTotal.objects.filter(user__in=list(days), day__in=set(days.values())).order_by()
    exact: dict[tuple[int, dt.date], dict[int | None, int]] = defaultdict(dict)
    for person_id, day, project, seconds in rows.values_list("user", "day", "project_id").annotate(sum=Sum("seconds")):
        exact[person_id, day][project] = seconds
    return {person.pk for person, day in days.items() if as_reported(exact[person.pk, day], person.hours_format)}


def as_reported(seconds: Mapping[int | None, int], hours_format: str) -> int:
    """What a report by project adds up to, whose exact lines are these."""
    return sum(shown_seconds(line, hours_format) for line in seconds.values())


def _worked(user: User, first: dt.date, end: dt.date) -> Iterator[tuple[dt.date, int | None, int]]:
    rows = DayTotal.objects.filter(user=user, day__gte=first, day__lt=end).order_by()
    yield from rows.values_list("day", "project_id").annotate(sum=Sum("seconds"))
