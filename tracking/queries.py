"""Reads that pages, API and widgets share. One definition each."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Self

from django.db.models import Case, Count, Exists, F, IntegerField, Max, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone

from accounts.models import TeamMember, User, led_by
from timetracker.events.models import Event
from timetracker.events.registry import event_types
from timetracker.web.durations import shown_seconds
from timetracker.web.palette import COLOURS
from timetracker.web.times import local_date, local_span_bounds, week_bounds
from tracking.models import FavouriteProject, Project, ProjectMember, Tag, Task, TimeEntry
from tracking.models.entry import TimeEntryQuerySet

DAY = dt.timedelta(days=1)
WEEK = 7 * DAY
AMONG_THE_LAST = 5000
SHORTEST_GAP, LONGEST_GAP = 15 * 60, 6 * 3600
"""Seconds. A shorter gap is a breath, a longer one no forgotten work."""
PERSONAL = ("entry",)
"""Subjects whose events are a person's own matter: seen like their entries, whatever the project."""


def running_entry(user: User) -> TimeEntry | None:
    running = TimeEntry.objects.running().filter(user=user).select_related("project__client", "task")
    entry = running.prefetch_related("tags").first()
    if entry is not None:
        entry.user = user  # whose zone and limits it goes by, without asking again
    return entry


@dataclass(frozen=True, slots=True)
class Total:
    """A sum of lines: the finished ones as they are written, so that a page adds up, and the one that runs."""

    finished: int
    running: TimeEntry | None = None

    @classmethod
    def of(cls, entries: Iterable[TimeEntry], hours_format: str) -> Self:
        lines = list(entries)
        finished = sum(shown_seconds(entry.seconds, hours_format) for entry in lines if entry.seconds is not None)
        return cls(finished, next((entry for entry in lines if entry.seconds is None), None))

    @property
    def seconds(self) -> int:
        """With what runs as it stands, down to the minute, as its clock counts."""
        return self.finished + (self.running.elapsed_at() // 60 * 60 if self.running else 0)

    @property
    def clock_break(self) -> int:
        """What the running clock has to leave out for showing this total."""
        return (self.running.break_seconds if self.running else 0) - self.finished


@dataclass(slots=True)
class Day:
    date: dt.date
    entries: list[TimeEntry] = field(default_factory=list)
    hours_format: str = "clock"

    @property
    def total(self) -> Total:
        return Total.of(self.entries, self.hours_format)

    @property
    def seconds(self) -> int:
        return self.total.seconds

    @property
    def lines(self) -> list[tuple[TimeEntry, Gap | None]]:
        """Each entry with the time before it that nothing is logged for, where that is neither short nor a night."""
        until: dt.datetime | None = None
        lines: list[tuple[TimeEntry, Gap | None]] = []
        for entry in reversed(self.entries):
            gap = Gap(until, entry.started_at) if until is not None else None
            lines.append((entry, gap if gap and SHORTEST_GAP <= gap.seconds <= LONGEST_GAP else None))
            end = entry.ended_at or timezone.now()
            until = end if until is None else max(until, end)
        return lines[::-1]


@dataclass(frozen=True, slots=True)
class Gap:
    start: dt.datetime
    end: dt.datetime

    @property
    def seconds(self) -> int:
        return int((self.end - self.start).total_seconds())


def days_of(entries: Iterable[TimeEntry], user: User) -> list[Day]:
    """Entries (newest first) by the day they start on in the zone of `user`, the viewer."""
    zone = user.zone
    rows = groupby(entries, key=lambda entry: entry.started_at.astimezone(zone).date())
    return [Day(date, list(group), user.hours_format) for date, group in rows]


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
    """When the last finished entry that starts on `day`, in the person's zone, ends."""
    that_day = TimeEntry.objects.alive().filter(user=person).within(*local_span_bounds(day, day + DAY, person.zone))
    end: dt.datetime | None = that_day.aggregate(last=Max("ended_at"))["last"]
    return end


def today_of(user: User) -> dt.date:
    return local_date(timezone.now(), user.zone)


def week_of(user: User, day: dt.date | None = None) -> tuple[dt.date, dt.date]:
    """First and last day of the week that holds `day` (today for the person)."""
    first, end = week_bounds(day or today_of(user), user.week_start)
    return first, end - DAY


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

    @property
    def seconds(self) -> int:
        return sum(self.by_day.values())

    @property
    def today_seconds(self) -> int:
        return self.by_day.get(self.today, 0)

    @property
    def total(self) -> Total:
        return self._with_running(self.seconds)

    @property
    def today_total(self) -> Total:
        """What began today; a timer that began yesterday counts there."""
        return self._with_running(self.today_seconds) if self.runs_since_today else Total(self.today_seconds)

    @property
    def runs_since_today(self) -> bool:
        return self.running is not None and local_date(self.running.started_at, self.zone) == self.today

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


def week_progress(user: User, now: dt.datetime | None = None) -> Week:
    """One statement, whatever the data: the entries that start this week in the person's zone."""
    now = now or timezone.now()
    today = local_date(now, user.zone)
    first, end = week_bounds(today, user.week_start)
    by_day: Counter[dt.date] = Counter()
    by_project: Counter[int | None] = Counter()
    running, elapsed = None, 0
    for entry, seconds in _worked(user, first, end, now):
        by_day[local_date(entry.started_at, user.zone)] += seconds
        by_project[entry.project_id] += seconds
        if entry.seconds is None:
            running, elapsed = entry, seconds
    goal, days = user.weekly_goal_seconds, tuple(user.working_days)
    return Week(first, today, goal, by_day, by_project, days, user.zone, running, elapsed)


def worked_seconds(user: User, first: dt.date, last: dt.date, now: dt.datetime | None = None) -> int:
    """Worked by `user` in entries that start from `first` to `last` in their zone: the sum of the lines as shown."""
    return sum(seconds for _entry, seconds in _worked(user, first, last + DAY, now or timezone.now()))


def _worked(user: User, first: dt.date, end: dt.date, now: dt.datetime) -> Iterator[tuple[TimeEntry, int]]:
    entries = TimeEntry.objects.alive().filter(user=user).within(*local_span_bounds(first, end, user.zone))
    for entry in entries.only("started_at", "seconds", "paused_at", "break_seconds", "project_id"):
        worked = entry.seconds
        yield entry, entry.elapsed_at(now) if worked is None else shown_seconds(worked, user.hours_format)


def suggestions(user: User, text: str, limit: int = 8) -> list[TimeEntry]:
    """Earlier descriptions of `user` that hold `text`, newest first, each once per project and task."""
    recent = TimeEntry.objects.alive().filter(user=user).exclude(description="").order_by("-started_at")
    if text:
        recent = recent.filter(description__icontains=text)
    found: dict[tuple[str, int | None, int | None], TimeEntry] = {}
    rows = recent.select_related("project__client", "task").prefetch_related("tags")[: limit * 12]
    for entry in rows:
        found.setdefault((entry.description.casefold(), entry.project_id, entry.task_id), entry)
        if len(found) == limit:
            break
    return list(found.values())


def pickable_projects(user: User, text: str = "", limit: int = 20) -> QuerySet[Project]:
    """Projects to book on: favourites first, then where one worked last, then by name."""
    favourite = FavouriteProject.objects.filter(project=OuterRef("pk"), user=user)
    projects = Project.objects.visible_to(user).open().select_related("client")
    if text:
        matches = Q(name__icontains=text) | Q(code__istartswith=text) | Q(client__name__icontains=text)
        projects = projects.filter(matches)
    recent = list(
        TimeEntry.objects.alive()
        .filter(user=user, project__isnull=False)
        .order_by("-started_at")
        .values_list("project_id", flat=True)[:50]
    )
    order = [When(pk=pk, then=Value(place)) for place, pk in enumerate(dict.fromkeys(recent))]
    rank = Case(*order, default=Value(99), output_field=IntegerField()) if order else Value(99)
    return projects.annotate(is_favourite=Exists(favourite), rank=rank).order_by("-is_favourite", "rank", "name", "pk")[
        :limit
    ]


def pickable_tasks(user: User, project: Project | None = None, text: str = "", limit: int = 20) -> QuerySet[Task]:
    """Open tasks to book on, one's own first."""
    tasks = Task.objects.visible_to(user).open().select_related("project__client")
    if project is not None:
        tasks = tasks.filter(project=project)
    if text and project is None:
        of_project = Q(project__name__icontains=text) | Q(project__code__istartswith=text)
        tasks = tasks.filter(Q(name__icontains=text) | of_project)
    elif text:
        tasks = tasks.filter(name__icontains=text)
    mine = Case(When(assignee=user, then=Value(0)), default=Value(1), output_field=IntegerField())
    return tasks.annotate(not_mine=mine).order_by("not_mine", "-pk")[:limit]


def open_tasks_of(user: User, limit: int = 6) -> QuerySet[Task]:
    """What is assigned to `user` and open, the first due first, then the newest."""
    tasks = Task.objects.visible_to(user).open().filter(assignee=user).select_related("project__client")
    return tasks.order_by(F("due_at").asc(nulls_last=True), "-pk")[:limit]


def pickable_tags(text: str = "", limit: int = 20) -> QuerySet[Tag]:
    tags = Tag.objects.filter(archived_at=None)
    if text:
        tags = tags.filter(name__icontains=text)
    return tags.order_by("name")[:limit]


def next_colour() -> str:
    """What the fewest open projects have, so that a new one is told apart."""
    used = dict(Project.objects.open().order_by().values_list("color").annotate(Count("pk")))
    return min((name for name, _label in COLOURS), key=lambda name: used.get(name, 0))


def recent_projects(user: User, limit: int = 5) -> list[Project]:
    """Where `user` worked last, of what they still see."""
    latest = (
        TimeEntry.objects.alive()
        .filter(user=user, project__isnull=False, started_at__gte=timezone.now() - dt.timedelta(days=90))
        .values("project")
        .annotate(last=Max("started_at"))
        .order_by("-last")
        .values_list("project", flat=True)[: limit * 2]
    )
    ids = list(latest)
    found = Project.objects.visible_to(user).open().select_related("client").in_bulk(ids)
    return [found[pk] for pk in ids if pk in found][:limit]


def latest_entries(user: User, limit: int = 5) -> QuerySet[TimeEntry]:
    """What `user` finished last."""
    mine = TimeEntry.objects.alive().filter(user=user, ended_at__isnull=False)
    return mine.select_related("project__client", "task").order_by("-started_at", "-pk")[:limit]


def activity_visible_to(user: User) -> QuerySet[Event]:
    """What happened, newest first: one's own deeds; what concerns the people one leads; tasks and projects one sees."""
    events = Event.objects.select_related("actor").order_by("-pk")
    if user.is_administrator:
        return events
    led = list(led_by(user).values_list("user", flat=True))
    seen = Project.objects.visible_to(user).values("pk")
    return events.filter(
        Q(actor=user)
        | Q(person_id__in=[user.pk, *led], subject_type__in=PERSONAL)
        # Named one by one: an index serves what a subject is, not what it is not.
        | Q(project_id__in=seen, subject_type__in=sorted(_shared_subjects()))
    )


def _shared_subjects() -> set[str]:
    return {kind.subject for kind in event_types().values()}.difference(PERSONAL)


def latest_activity(events: QuerySet[Event], limit: int, before: int | None = None) -> list[Event]:
    """The newest of `events`, below the id `before`.

    Looks among the last ones first: a feed that many things are in is then read off the end of the log, however long.
    """
    end = before or (Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1
    recent = list(events.filter(pk__lt=end, pk__gte=end - AMONG_THE_LAST)[:limit])
    return recent if len(recent) == limit else list(events.filter(pk__lt=end)[:limit])


def people_who_see_project(project_id: int) -> QuerySet[User]:
    """Active people to tell that a project or something in it has changed."""
    people = User.objects.filter(is_active=True)
    if Project.objects.filter(pk=project_id, is_public=True).exists():
        return people
    member = ProjectMember.objects.filter(project=project_id, user=OuterRef("pk"))
    return people.filter(Q(role="administrator") | Exists(member))


def people_who_see_time_of(person_id: int) -> QuerySet[User]:
    """Active administrators and the leads of the person's teams, without the person."""
    teams = TeamMember.objects.filter(user=person_id).values("team")
    leads = TeamMember.objects.filter(team__in=teams, is_lead=True).values("user")
    return User.objects.filter(Q(role="administrator") | Q(pk__in=leads), is_active=True).exclude(pk=person_id)
