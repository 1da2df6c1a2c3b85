"""What is read for achievements: by index and within a year at most, whatever there is besides."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet, Sum

from accounts.holidays import days_off
from accounts.models import Organisation, User
from notifications.achievements import rules
from notifications.achievements.rules import Calendar, Days, Streak
from notifications.choices import AchievementKind
from notifications.models import Achievement, CountedTask, CountedTime
from notifications.queries import settings_of
from timetracker.web import flags
from timetracker.web.times import local_date, week_bounds
from tracking.choices import Source
from tracking.models import TimeEntry

Marks = dict[str, list[str]]
"""Kind to what was earned of it."""


def counted_time(person: User) -> QuerySet[CountedTime]:
    """Of entries that are there and not odd."""
    rows = CountedTime.objects.filter(person=person, seconds__gt=0, entry__deleted_at=None)
    return rows.exclude(entry__review__in=rules.ODD)


def counted_tasks(person: User) -> int:
    return CountedTask.objects.filter(person=person).count()


def takes_part(person: User) -> bool:
    """Achievements are there for everybody, and this person wants them."""
    return flags.is_on("achievements") and settings_of(person).achievements


def earned_by(person: User) -> QuerySet[Achievement]:
    return Achievement.objects.filter(person=person)


def marks_of(person: User) -> Marks:
    marks: Marks = {}
    for kind, mark in earned_by(person).order_by().values_list("kind", "mark"):
        marks.setdefault(kind, []).append(mark)
    return marks


def had_timers_before(person: User, entry_id: int | None = None) -> bool:
    """Whether they used the timer before `entry_id`, or ever: what counts first is then not their first entry."""
    timers = TimeEntry.objects.alive().filter(user=person, source=Source.TIMER)
    return (timers if entry_id is None else timers.filter(pk__lt=entry_id)).exists()


@dataclass(frozen=True, slots=True)
class Look:
    """What counts of a person, seen from one of their days."""

    person: User
    today: dt.date
    calendar: Calendar
    days: Days
    """From the month, the week and the working days that the rules look at."""
    earliest: dt.date

    @classmethod
    def at(cls, person: User, moment: dt.datetime) -> Look:
        """Two statements."""
        today = local_date(moment, person.zone)
        place = Organisation.objects.values_list("holidays", flat=True).first() or ""
        calendar = Calendar(frozenset(person.working_days), days_off(place, today - rules.YEAR, today))
        day = today - rules.DAY
        earliest = min(
            rules.first_of_month(day),
            week_bounds(day, person.week_start)[0],
            calendar.back(today, rules.LONGEST_STREAK + 2),  # one more than that, also while today has none
        )
        return cls(person, today, calendar, _seconds_by_day(person, earliest, today), earliest)

    def streak(self, day: dt.date | None = None) -> Streak:
        """The one that runs on `day`, as far as the days reach: where it is longer than any that can be earned, its
        first day is not known.
        """
        return rules.streak_at(day or self.today, self.days, self.calendar, self.earliest)

    def whole_streak(self) -> Streak:
        """One statement more where it is that long. Nothing is older than a year."""
        found = self.streak()
        if found.length <= rules.LONGEST_STREAK:
            return found
        earliest = self.today - rules.YEAR
        days = _seconds_by_day(self.person, earliest, self.today)
        return rules.streak_at(self.today, days, self.calendar, earliest)

    def reached_month(self, day: dt.date) -> bool:
        return rules.reached_month(self.days, day)

    def reached_goal(self, day: dt.date) -> bool:
        return rules.reached_goal(self.days, day, self.person.week_start, self.person.weekly_goal_seconds)


def _seconds_by_day(person: User, first: dt.date, last: dt.date) -> Days:
    rows = counted_time(person).filter(day__range=(first, last)).order_by()
    return dict(rows.values_list("day").annotate(sum=Sum("seconds")))


def reached(look: Look, marks: Marks, days: Days) -> list[tuple[AchievementKind, str]]:
    """What time on these `days` has brought, of what is not in `marks` yet; without the first entry."""
    found: set[tuple[AchievementKind, str]] = set()
    for day in days:
        month = rules.month_mark(day)
        if look.reached_month(day) and month not in marks.get(AchievementKind.MONTH, ()):
            found.add((AchievementKind.MONTH, month))
        first, _end = week_bounds(day, look.person.week_start)
        if look.reached_goal(day) and rules.is_new_week(first, marks.get(AchievementKind.WEEK_GOAL, ())):
            found.add((AchievementKind.WEEK_GOAL, first.isoformat()))
    streak = look.whole_streak()
    for kind, length in rules.STREAKS.items():
        if streak.last and streak.length >= length and rules.is_new_streak(streak, marks.get(kind, ())):
            found.add((kind, streak.last.isoformat()))
    return sorted(found)


def still_holds(look: Look, one: Achievement) -> bool:
    """Of what was earned a moment ago."""
    match one.kind:
        case AchievementKind.FIRST_ENTRY:
            return counted_time(one.person).exists()
        case AchievementKind.MONTH:
            return look.reached_month(dt.date.fromisoformat(f"{one.mark}-01"))
        case AchievementKind.WEEK_GOAL:
            return look.reached_goal(dt.date.fromisoformat(one.mark))
        case AchievementKind.ESTIMATES:
            return counted_tasks(one.person) >= int(one.mark)
    return look.streak(dt.date.fromisoformat(one.mark)).length >= rules.STREAKS[AchievementKind(one.kind)]


# ── What is to come ──────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Ahead:
    """How far somebody is with what comes next of a kind. Seconds for a month and a week, else a count."""

    kind: AchievementKind
    done: int
    goal: int


def ahead_of(person: User, now: dt.datetime) -> list[Ahead]:
    look, marks = Look.at(person, now), marks_of(person)
    return [
        one
        for one in (
            _first_ahead(person, marks),
            _month_ahead(look, marks),
            _week_ahead(look, marks),
            _streak_ahead(look),
            _estimates_ahead(person, marks),
        )
        if one is not None
    ]


def _first_ahead(person: User, marks: Marks) -> Ahead | None:
    if marks or had_timers_before(person):
        return None
    return Ahead(AchievementKind.FIRST_ENTRY, 0, 1)


def _month_ahead(look: Look, marks: Marks) -> Ahead | None:
    if rules.month_mark(look.today) in marks.get(AchievementKind.MONTH, ()):
        return None
    done = rules.between(look.days, rules.first_of_month(look.today), rules.after_month(look.today))
    return Ahead(AchievementKind.MONTH, min(done, rules.MONTH_SECONDS), rules.MONTH_SECONDS)


def _week_ahead(look: Look, marks: Marks) -> Ahead | None:
    goal, (first, end) = look.person.weekly_goal_seconds, week_bounds(look.today, look.person.week_start)
    if not goal or not rules.is_new_week(first, marks.get(AchievementKind.WEEK_GOAL, ())):
        return None
    return Ahead(AchievementKind.WEEK_GOAL, min(rules.between(look.days, first, end), goal), goal)


def _streak_ahead(look: Look) -> Ahead | None:
    length = look.streak().length
    for kind, goal in rules.STREAKS.items():
        if length < goal and look.calendar.working_days:
            return Ahead(kind, length, goal)
    return None


def _estimates_ahead(person: User, marks: Marks) -> Ahead | None:
    count = counted_tasks(person)
    goal = next(
        (number for number in rules.TASKS if number > count and str(number) not in marks.get("estimates", ())), None
    )
    return None if goal is None else Ahead(AchievementKind.ESTIMATES, count, goal)
