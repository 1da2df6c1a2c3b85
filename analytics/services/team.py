"""The patterns of a team, kept for each of its readers until something changes: each sees the figures of the others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import log
from typing import Any

from accounts.models import Team, User
from analytics.patterns.days import Day, days_of
from analytics.productivity import Finished
from analytics.queries.marks import mark_of_marks, marks_of_people
from analytics.queries.team import TeamPeriod, finished_tasks_of_people, people_of, stretches_of_people, team_period
from analytics.services.kept import already_kept, kept, kept_of_each
from analytics.team.means import FEWEST_DAYS, FEWEST_PEOPLE, Person, grid_of, months_of_group, weeks_of_group

Tasks = Mapping[int, Sequence[Finished]]


@dataclass(frozen=True, slots=True)
class TeamPatterns:
    size: int
    """Active people, the reader among them where they are in it."""
    others: int
    found: dict[str, Any] | None
    """As JSON holds it; None where it is still to be computed. `enough` says whether there are figures: `claims` as
    `Claim`, `weeks` as `WeekMeans`, `grid` shares by weekday and hour, `months` with a factor.
    """

    @property
    def has_people(self) -> bool:
        return self.others >= FEWEST_PEOPLE


def team_patterns_of(team: Team, reader: User, now: dt.datetime, *, wait: bool = True) -> TeamPatterns:
    """Of everybody in it but the reader. Six statements where it is kept; where it is not, it is computed, which takes
    seconds with much data, unless told not to `wait`.
    """
    everybody = people_of(team)
    people = [person for person in everybody if person != reader]
    size, others = len(everybody), len(people)
    if others < FEWEST_PEOPLE:
        return TeamPatterns(size, others, {"enough": False})
    period = team_period(people, now, reader.week_start)
    if len(period.windows) < FEWEST_PEOPLE:
        return TeamPatterns(size, others, {"enough": False})
    # Others finish and estimate a person's tasks, too, and a project may be closed to them.
    tasks = finished_tasks_of_people(period)
    people = [person for person in people if person.pk in period.windows]
    marks = marks_of_people(
        period.last,
        {person.pk: (person.time_zone, period.windows[person.pk], tasks.get(person.pk)) for person in people},
    )
    key, mark = f"team:{team.pk}:{reader.pk}", mark_of_marks(marks)
    if not wait:
        return TeamPatterns(size, others, already_kept(key, mark))
    return TeamPatterns(size, others, kept(key, mark, lambda: compute(people, period, tasks, marks)))


def compute(people: Sequence[User], period: TeamPeriod, tasks: Tasks, marks: Mapping[int, str]) -> dict[str, Any]:
    """The days of each person are kept by themselves: what one of them changes costs the work of one."""
    from analytics.team.asked import ask_group  # noqa: PLC0415 - numpy: not before it is needed

    days = _days_of_each(people, period, marks)
    group = [_person(person, period, days[person.pk], tasks.get(person.pk, ())) for person in people]
    group = [person for person in group if len(person.days) >= FEWEST_DAYS]
    if len(group) < FEWEST_PEOPLE:
        return {"enough": False}
    weeks, months = weeks_of_group(group), months_of_group(group, period.first, period.last)
    return {
        "enough": True,
        "first": period.first.isoformat(),
        "last": period.last.isoformat(),
        "claims": [asdict(claim) for claim in ask_group(group, weeks)],
        "weeks": [{**asdict(week), "first": week.first.isoformat()} for week in weeks],
        "grid": grid_of(group),
        "months": [{"month": month.isoformat(), "factor": factor} for month, factor in months],
    }


def _days_of_each(people: Sequence[User], period: TeamPeriod, marks: Mapping[int, str]) -> dict[int, list[Day]]:
    by_key = {f"team-days:{person.pk}": person for person in people}

    def read(missing: set[str]) -> dict[str, Any]:
        stretches = stretches_of_people({by_key[key].pk: period.windows[by_key[key].pk] for key in missing})
        days = {key: days_of(stretches.get(by_key[key].pk, ()), by_key[key].zone) for key in missing}
        return {key: [{**asdict(day), "date": day.date.isoformat()} for day in days[key]] for key in missing}

    found = kept_of_each({key: marks[person.pk] for key, person in by_key.items()}, read)
    return {
        person.pk: [Day(**{**day, "date": dt.date.fromisoformat(day["date"])}) for day in found[key]]
        for key, person in by_key.items()
    }


def _person(person: User, period: TeamPeriod, days: Sequence[Day], tasks: Sequence[Finished]) -> Person:
    from analytics.patterns.asked import weeks_of  # noqa: PLC0415 - numpy: not before it is needed

    errors = [
        (dt.datetime.fromtimestamp(task.at, person.zone).date(), abs(log(task.tracked / task.estimated)))
        for task in tasks
    ]
    return Person(days, weeks_of(days, period.first, period.weeks), errors)
