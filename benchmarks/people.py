"""Made-up people who log time for half a year, each in their own way, and the errors they make."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from random import Random

from analytics.anomalies.worked import Worked

FIRST, DAYS = dt.date(2025, 9, 1), 180
MOVES = [("Europe/Berlin", "America/New_York"), ("America/Los_Angeles", "Europe/Vienna"), ("Asia/Tokyo", "Europe/Oslo")]
KINDS = ("left on over night", "tenfold", "a.m. and p.m.", "twice")
WORDS = "review call draft fix plan test mail notes offer layout"


@dataclass(frozen=True, slots=True)
class Way:
    """How one kind of person works, before what is drawn for each of them."""

    name: str
    starts: float
    """Hour of the day."""
    hours: float
    entries: tuple[int, int]
    """A day."""
    days: tuple[int, ...] = (0, 1, 2, 3, 4)
    extra: str = ""


WAYS = [
    Way("office", 9, 7.5, (3, 7)),
    Way("night nurse", 21, 9.5, (2, 4), (0, 1, 3, 4, 6)),
    Way("part-timer", 8, 4.5, (2, 4), (0, 2, 3)),
    Way("moves in the middle", 9, 7.5, (3, 7), extra="moves"),
    Way("few long entries", 8.5, 8, (1, 2)),
    Way("many short entries", 9, 7.5, (9, 18)),
    Way("late on Thursdays", 9, 7, (3, 6), extra="thursdays"),
    Way("on call at weekends", 9, 7.5, (3, 6), extra="calls"),
]


@dataclass(slots=True)
class Person:
    way: Way
    random: Random
    zones: list[tuple[dt.date, zoneinfo.ZoneInfo]]
    """From which day on, the first of them from the beginning."""
    grid: int
    """Minutes to which they round what they log; 0 for a timer."""
    early: float
    """Hours by which their day is shifted."""
    late_share: float
    """Days on which they really work late in the evening."""
    absent: float
    works: list[Work] = field(default_factory=list)

    def zone(self, day: dt.date) -> zoneinfo.ZoneInfo:
        return next(zone for since, zone in reversed(self.zones) if since <= day)


@dataclass(frozen=True, slots=True)
class Work:
    project: int
    task: int | None
    words: tuple[str, ...]
    weight: float
    """Its entries are so much longer than others."""
    often: float


def person(way: Way, random: Random) -> Person:
    first, second = random.choice(MOVES)
    zones = [(FIRST, zoneinfo.ZoneInfo(first))]
    if way.extra == "moves":
        zones.append((FIRST + dt.timedelta(days=random.randint(70, 110)), zoneinfo.ZoneInfo(second)))
    return Person(
        way, random, zones,
        grid=random.choice([0, 0, 0, 1, 5, 15, 30]),
        early=random.uniform(-1.5, 1.5),
        late_share=random.choice([0, 0.005, 0.01, 0.03]),
        absent=random.uniform(0.02, 0.15),
        works=[_work(number, random) for number in range(random.randint(3, 15))],
    )  # fmt: skip


def _work(number: int, random: Random) -> Work:
    words = tuple(random.sample(WORDS.split(), random.randint(1, 4)))
    task = None if random.random() < 0.3 else 100 + number
    described = () if random.random() < 0.2 else words
    return Work(number % 4, task, described, random.lognormvariate(0, random.uniform(0.2, 0.9)), random.uniform(0.2, 2))


def history(one: Person) -> list[Worked]:
    """In time order, without errors."""
    found: list[Worked] = []
    for number in range(DAYS):
        day = FIRST + dt.timedelta(days=number)
        for start, minutes, work in _day(one, day):
            begun = dt.datetime.combine(day, dt.time(), one.zone(day)) + dt.timedelta(minutes=start)
            begun = begun.astimezone(dt.UTC)
            if found and begun < found[-1].end:
                begun = found[-1].end
            seconds = minutes * 60 if one.grid else minutes * 60 + one.random.randint(-29, 30)
            seconds = max(60, seconds)
            words = one.random.choice(work.words) if work.words else ""
            pk = len(found)
            found.append(
                Worked(pk, begun, begun + dt.timedelta(seconds=seconds), seconds, work.project, work.task, words)
            )
    return found


def _day(one: Person, day: dt.date) -> Iterator[tuple[int, int, Work]]:
    """Start and length in minutes of the local day, and what it is."""
    random, way = one.random, one.way
    if day.weekday() in way.days and random.random() > one.absent:
        yield from _stretch(one, 60 * (way.starts + one.early + random.gauss(0, 0.4)), way.hours, way.entries)
        if way.extra == "thursdays" and day.weekday() == 3:
            yield from _stretch(one, 60 * random.gauss(19.5, 0.5), 2.5, (1, 2))
        elif random.random() < one.late_share:
            yield from _stretch(one, 60 * (way.starts + one.early + way.hours + random.uniform(2, 5)), 2, (1, 2))
    elif way.extra == "calls" and day.weekday() >= 5 and day.isocalendar().week % 2:
        for start in sorted(random.uniform(0, 1380) for _call in range(random.randint(0, 3))):
            yield from _stretch(one, start, random.uniform(0.2, 1.5), (1, 1))


def _stretch(one: Person, start: float, hours: float, entries: tuple[int, int]) -> Iterator[tuple[int, int, Work]]:
    random = one.random
    works = random.choices(one.works, [work.often for work in one.works], k=random.randint(*entries))
    parts = [work.weight * random.lognormvariate(0, 0.5) for work in works]
    total = hours * 60 * random.uniform(0.8, 1.15)
    for work, part in zip(works, parts, strict=True):
        grid = one.grid or 1
        minutes = max(grid, round(total * part / sum(parts) / grid) * grid)
        yield round(start), minutes, work
        start += minutes + (random.choice([0, 0, 0, 5, 10, 45]))


# ── Errors ───────────────────────────────────────────────────────────────────
def with_errors(right: list[Worked], one: Person, share: float) -> list[tuple[Worked, str]]:
    """In the order in which they are logged, with the error each has; empty for none."""
    random, done = one.random, []
    for at, entry in enumerate(right):
        kind = random.choice(KINDS) if random.random() < share else ""
        wrong = _wrong(kind, entry, right[at + 1] if at + 1 < len(right) else None, one) if kind else None
        if kind == "twice" and wrong:
            done += [(entry, ""), (wrong, kind)]
        else:
            done.append((wrong, kind) if wrong else (entry, ""))
    return sorted(done, key=lambda pair: (pair[0].end, bool(pair[1])))


def _wrong(kind: str, entry: Worked, following: Worked | None, one: Person) -> Worked | None:
    """None where this entry cannot have that error."""
    match kind:
        case "left on over night":
            apart = following and following.start - entry.end
            if not apart or not dt.timedelta(hours=5) < apart < dt.timedelta(hours=30):
                return _overnight(entry, one)
            return _lasting(entry, following.start - entry.start)
        case "tenfold" if entry.seconds <= 8640:
            return _lasting(entry, dt.timedelta(seconds=10 * entry.seconds))
        case "a.m. and p.m.":
            local = entry.start.astimezone(one.zone(entry.start.date()))
            shift = dt.timedelta(hours=12 if local.hour < 12 else -12)
            return replace(entry, start=entry.start + shift, end=entry.end + shift)
        case "twice":
            back_to_back = one.random.random() < 0.5
            start = entry.end if back_to_back else entry.start
            return replace(entry, pk=entry.pk + 100_000, start=start, end=start + (entry.end - entry.start))
    return None


def _overnight(entry: Worked, one: Person) -> Worked:
    """Not the last of its day: the timer was started again for nothing, and stopped in the morning."""
    return _lasting(entry, dt.timedelta(hours=one.random.uniform(10, 16)))


def _lasting(entry: Worked, length: dt.timedelta) -> Worked:
    return replace(entry, end=entry.start + length, seconds=int(length.total_seconds()))
