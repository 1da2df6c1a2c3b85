"""How often patterns that are there are found, and patterns that are not there are claimed: on generated histories."""

from __future__ import annotations

import datetime as dt
import random
import statistics
import zoneinfo
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from analytics.patterns.asked import ask, weeks_of
from analytics.patterns.claims import Claim
from analytics.patterns.days import DAY, HOUR, Stretch, days_of

ZONE = zoneinfo.ZoneInfo("Europe/Berlin")
FIRST, WEEKS = dt.date(2026, 5, 25), 26
MINUTE = 60


@dataclass(frozen=True)
class Habit:
    """How somebody works; what is planted stands beside it."""

    hours: tuple[int, int] = (8, 18)
    """Local; the end may lie behind midnight (22 to 30)."""
    weekdays: Sequence[int] = (0, 1, 2, 3, 4)
    gap: float = 18
    """Minutes between entries, in the mean."""
    block: tuple[int, int] = (10, 90)
    """Minutes of an entry."""
    weight: Callable[[int], float] = field(default=lambda hour: 1.0)
    """By hour of the clock: how many times shorter gaps are."""
    of_weekday: dict[int, float] = field(default_factory=dict)
    """A weekday's hours, as a factor."""
    block_at: Callable[[int], float] = field(default=lambda hour: 1.0)
    block_in_week: Callable[[int], float] = field(default=lambda week: 1.0)
    meetings: Callable[[int], float] = field(default=lambda week: 0.15)
    """Share of entries by week."""
    error: Callable[[float], float] = field(default=lambda share: 0.5)
    """Standard deviation of log(actual ÷ estimate), by the share of the period that is over."""
    drift: float = 0.0
    """How far the mood of a week goes on into the next (autocorrelation of its hours)."""


def history(habit: Habit, rng: random.Random) -> tuple[list[Stretch], list[float]]:
    made: list[Stretch] = []
    mood = 0.0
    for number in range(7 * WEEKS):
        day, week = FIRST + number * DAY, number // 7
        if number % 7 == 0:
            mood = habit.drift * mood + rng.gauss(0, 0.12)
        if day.weekday() not in habit.weekdays or rng.random() < 0.04:
            continue
        made += _day(habit, day, week, mood, rng)
    tasks = [rng.gauss(0.1, habit.error(place / 99)) for place in range(100)]
    return made, [2.718281828**error for error in tasks]


def _day(habit: Habit, day: dt.date, week: int, mood: float, rng: random.Random) -> list[Stretch]:
    """Gaps and blocks in turn, from about the first hour to about the last."""
    midnight = int(dt.datetime.combine(day, dt.time(0), ZONE).timestamp())
    first, last = (hour + rng.gauss(0, 0.4) for hour in habit.hours)
    last = first + (last - first) * max(0.2, rng.gauss(1, 0.12) + mood) * habit.of_weekday.get(day.weekday(), 1.0)
    at = midnight + first * HOUR - rng.random() * habit.gap * MINUTE
    made: list[Stretch] = []
    while True:
        hour = int((at - midnight) // HOUR) % 24
        at += rng.expovariate(habit.weight(hour)) * habit.gap * MINUTE
        if at >= midnight + last * HOUR:
            return made
        hour = int((at - midnight) // HOUR) % 24
        length = rng.uniform(*habit.block) * MINUTE * habit.block_at(hour) * habit.block_in_week(week)
        made.append(Stretch(int(at), int(at + length), rng.randrange(12), rng.random() < habit.meetings(week)))
        at += length


def claims_of(habit: Habit, seed: int) -> list[Claim]:
    made, ratios = history(habit, random.Random(seed))
    days = days_of(made, ZONE)
    return ask(days, weeks_of(days, FIRST, WEEKS), ratios)


ABSENT = {
    "even days": Habit(),
    "lunch at 12": Habit(weight=lambda hour: 0.2 if hour == 12 else 1.0),
    "nights only": Habit(hours=(22, 30)),
    "few short entries": Habit(block=(5, 20), gap=40),
    "every weekday": Habit(weekdays=range(7)),
    "weeks that go on": Habit(drift=0.6),
    "half days": Habit(hours=(8, 14)),
}
PLANTED: dict[str, tuple[Habit, str, Callable[[Claim], bool]]] = {
    "peak 9 to 12, busy days": (
        Habit(weight=lambda hour: 4.0 if 9 <= hour < 12 else 1.0), "peak", lambda claim: claim.which in {8, 9, 10}
    ),
    "peak 9 to 12, days with gaps": (
        Habit(gap=45, weight=lambda hour: 4.0 if 9 <= hour < 12 else 1.0),
        "peak", lambda claim: claim.which in {8, 9, 10},
    ),
    "peak 9 to 12, many gaps": (
        Habit(gap=90, weight=lambda hour: 6.0 if 9 <= hour < 12 else 1.0),
        "peak", lambda claim: claim.which in {8, 9, 10},
    ),
    "peak 23 to 2, many gaps": (
        Habit(gap=90, hours=(20, 30), weight=lambda hour: 6.0 if hour in {23, 0, 1} else 1.0),
        "peak", lambda claim: claim.which in {22, 23, 0},
    ),
    "Tuesday 30 % longer": (Habit(of_weekday={1: 1.3}), "longest_day", lambda claim: claim.which == 1),
    "Friday 30 % shorter": (Habit(of_weekday={4: 0.7}), "shortest_day", lambda claim: claim.which == 4),
    "mornings without turns": (
        Habit(block=(8, 40), block_at=lambda hour: 2.2 if hour < 12 else 1.0),
        "focus_part", lambda claim: claim.which == 1,
    ),
    "meetings from 5 to 30 %": (
        Habit(meetings=lambda week: 0.05 + 0.25 * week / 25), "meetings_change", lambda claim: claim.level > claim.other
    ),
    "focus falls": (
        Habit(block=(15, 60), block_in_week=lambda week: 1.4 - 0.035 * week),
        "focus_change", lambda claim: claim.level < claim.other,
    ),
    "estimates from factor 2.2 to 1.2": (
        Habit(error=lambda share: 0.8 - 0.62 * share), "estimates_change", lambda claim: claim.level < claim.other
    ),
}  # fmt: skip


def report(histories: int = 200, first: int = 1000) -> list[str]:
    """`first` is the first seed: those below were looked at while thresholds were chosen."""
    lines = [f"{histories} histories of {WEEKS} weeks each.", "", "Nothing planted: something claimed in"]
    for name, habit in ABSENT.items():
        wrong: Counter[str] = Counter()
        for seed in range(first, first + histories):
            wrong.update({claim.name for claim in claims_of(habit, seed) if claim.said} or {"nothing"})
        any_of_them = histories - wrong.pop("nothing", 0)
        lines.append(f"  {name:<34} {any_of_them / histories:6.1%}  {dict(wrong)}")
    lines += ["", "Planted: found in"]
    for name, (habit, wanted, right) in PLANTED.items():
        found = [
            one for seed in range(first, first + histories) for one in claims_of(habit, seed) if one.name == wanted
        ]
        hits = [one for one in found if one.said and right(one)]
        wrong_ones = sum(one.said and not right(one) for one in found)
        true = [one for one in found if right(one)]
        effect = statistics.median(one.level / max(one.other, 1e-9) for one in true) if true else float("nan")
        share, named = len(hits) / histories, wrong_ones / histories
        lines.append(f"  {name:<34} {share:6.1%}  wrong one named {named:5.1%}  × {effect:.2f} the next or the first")
    return lines


if __name__ == "__main__":
    print("\n".join(report()))
