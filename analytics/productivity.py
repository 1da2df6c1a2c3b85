"""How four weeks went, as one number with its parts. Pure: what was worked and what was meant go in, a score comes out.

Moments are whole seconds since 1970, so that days of 23 and of 25 hours need no care but at their borders.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from timetracker.web.times import combine_local, local_date, week_bounds

DAY = dt.timedelta(days=1)
DAYS = 28
"""In a window: today and the days before it. The trend compares it with the window before."""
STRETCH, PAUSE = 25 * 60, 5 * 60
"""Seconds: from here on a stretch counts as focus, and up to here a pause does not end it."""
PARTS = ("focus", "estimates", "balance", "goal")
FEWEST_TASKS, FEWEST_PARTS, FEWEST_SECONDS = 3, 2, 10 * 3600
"""With less there is too little to say."""


class Piece(NamedTuple):
    """Worked without a break on one thing, half-open."""

    start: int
    end: int
    thing: Hashable


class Finished(NamedTuple):
    """A task that is done."""

    at: int
    estimated: int
    tracked: int


@dataclass(frozen=True, slots=True)
class Habits:
    """What somebody means to do, and where their days begin."""

    zone: dt.tzinfo
    working_days: frozenset[int]
    work_starts: dt.time
    work_ends: dt.time
    goal: int
    """Seconds a week; 0 for none."""
    week_start: int = 0
    weights: Mapping[str, int] = field(default_factory=dict)
    """Of the parts of the score, by their names; 1 where none is given."""


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    value: int | None
    """0 to 100; None where there is too little to say."""
    count: int = 0
    """The tasks or the weeks that it rests on."""
    weight: int = 1
    """In the score; with 0 it does not count."""


@dataclass(frozen=True, slots=True)
class Score:
    worked: int
    parts: tuple[Part, ...]

    @property
    def said(self) -> list[Part]:
        """What the score is made of."""
        return [part for part in self.parts if part.value is not None and part.weight]

    @property
    def value(self) -> int | None:
        """The rounded weighted mean of the parts as they are shown. None below 10 worked hours or two parts."""
        said = self.said
        if self.worked < FEWEST_SECONDS or len(said) < FEWEST_PARTS:
            return None
        return _rounded(sum((part.value or 0) * part.weight for part in said), sum(part.weight for part in said))


@dataclass(frozen=True, slots=True)
class Productivity:
    first: dt.date
    last: dt.date
    score: Score
    before: Score

    @property
    def trend(self) -> int | None:
        """Points against the four weeks before. None where either has no score."""
        now, before = self.score.value, self.before.value
        return None if now is None or before is None else now - before


def window_start(zone: dt.tzinfo, now: dt.datetime, *, back: int = 1) -> dt.datetime:
    """Where the window that ends with `now` begins; with `back=2` the one before it. A local midnight."""
    return combine_local(local_date(now, zone) - (back * DAYS - 1) * DAY, dt.time(0), zone)


def productivity(pieces: Iterable[Piece], tasks: Iterable[Finished], habits: Habits, now: dt.datetime) -> Productivity:
    """Of the 28 days up to `now`, today included, beside the 28 before. What is ahead of `now` does not count."""
    ordered, finished = sorted(pieces, key=lambda piece: piece[:2]), list(tasks)
    today = local_date(now, habits.zone)
    began = _date(ordered[0].start, habits.zone) if ordered else today
    middle = window_start(habits.zone, now)

    def between(start: dt.datetime, end: dt.datetime) -> Score:
        first, last = _seconds(start), _seconds(end)
        done = [task for task in finished if first <= task.at < last]
        return _score(_within(ordered, first, last), done, habits, list(_full_weeks(start, end, began, habits)))

    before = between(window_start(habits.zone, now, back=2), middle)
    return Productivity(today - (DAYS - 1) * DAY, today, between(middle, now), before)


def _score(
    pieces: Sequence[Piece], tasks: Sequence[Finished], habits: Habits, weeks: Sequence[tuple[int, int]]
) -> Score:
    worked = sum(end - start for start, end, _thing in pieces)
    by_week = [sum(end - start for start, end, _thing in _within(pieces, *week)) for week in weeks]
    values = {
        "focus": (focus(pieces), 0),
        "estimates": (estimates(tasks), len(tasks)),
        "balance": (balance(pieces, habits), 0),
        "goal": (goal(by_week, habits.goal), len(weeks)),
    }
    return Score(worked, tuple(Part(name, *values[name], habits.weights.get(name, 1)) for name in PARTS))


def focus(pieces: Sequence[Piece]) -> int | None:
    """100 × seconds worked in unbroken stretches of 25 minutes or more ÷ all seconds worked. None without any.

    Pieces (in order) on the same thing are one stretch where the next begins at most 5 minutes after the end of what
    came before, and nothing else begins in between. Pauses, and time that is there twice, make a stretch no longer.
    """
    seconds = [end - start for start, end, _thing in pieces]
    long_ones = (places for places, length in unbroken(pieces) if length >= STRETCH)
    return _percent(sum(seconds[place] for places in long_ones for place in places), sum(seconds))


def estimates(tasks: Sequence[Finished]) -> int | None:
    """100 × the mean over the finished tasks of the smaller ÷ the larger of estimated and tracked. None below three."""
    if len(tasks) < FEWEST_TASKS:
        return None
    closeness = (min(estimated, tracked) / max(estimated, tracked) for _at, estimated, tracked in tasks)
    return int(100 * sum(closeness) / len(tasks) + 0.5)


def balance(pieces: Sequence[Piece], habits: Habits) -> int | None:
    """100 × seconds worked within the own working days and hours ÷ all seconds worked. None without either.

    Hours that end before they begin (22:00 to 6:00) go on into the next day and belong to the day they begin on.
    """
    if not pieces or not habits.working_days:
        return None
    shifts = list(_shifts(_date(pieces[0].start, habits.zone), _date(max(p.end for p in pieces), habits.zone), habits))
    worked = inside = passed = 0
    for start, end, _thing in pieces:
        worked += end - start
        while passed < len(shifts) and shifts[passed][1] <= start:
            passed += 1
        for begin, finish in shifts[passed:]:
            if begin >= end:
                break
            inside += min(end, finish) - max(start, begin)
    return _percent(inside, worked)


def goal(weeks: Sequence[int], wanted: int) -> int | None:
    """100 × the mean over the weeks of worked ÷ goal, at most 1 for each. None without a goal, or without a week."""
    return _percent(sum(min(worked, wanted) for worked in weeks), len(weeks) * wanted)


def unbroken(pieces: Sequence[Piece]) -> Iterator[tuple[range, int]]:
    """The stretches: the places of their pieces, and their length in seconds without pauses. `pieces` are in order."""
    first = length = until = 0
    for place, (start, end, thing) in enumerate(pieces):
        if place and (thing != pieces[place - 1].thing or start - until > PAUSE):
            yield range(first, place), length
            first, length, until = place, 0, 0
        length += max(0, end - max(start, until))
        until = max(until, end)
    if pieces:
        yield range(first, len(pieces)), length


def _shifts(first: dt.date, last: dt.date, habits: Habits) -> Iterator[tuple[int, int]]:
    """The working hours of the days from `first` to `last`, and of the night before, in order and apart."""
    overnight = DAY if habits.work_ends <= habits.work_starts else 0 * DAY
    until = 0
    for day in (first + n * DAY for n in range(-1, (last - first).days + 1)):
        if day.weekday() in habits.working_days:
            # Where the clocks go forward, an end that is not there moves behind the next start.
            start = max(until, _seconds(combine_local(day, habits.work_starts, habits.zone)))
            until = max(until, _seconds(combine_local(day + overnight, habits.work_ends, habits.zone)))
            if start < until:
                yield start, until


def _full_weeks(start: dt.datetime, end: dt.datetime, began: dt.date, habits: Habits) -> Iterator[tuple[int, int]]:
    """The person's weeks that lie wholly in the window; none that began before their first work."""
    zone = habits.zone
    earliest = max(local_date(start, zone), began)
    first, following = week_bounds(earliest + 6 * DAY, habits.week_start)
    while (close := combine_local(following, dt.time(0), zone)) <= end:
        yield _seconds(combine_local(first, dt.time(0), zone)), _seconds(close)
        first, following = following, following + 7 * DAY


def _within(pieces: Sequence[Piece], start: int, end: int) -> list[Piece]:
    return [
        Piece(max(begin, start), min(finish, end), thing)
        for begin, finish, thing in pieces
        if begin < end and finish > start
    ]


def _percent(part: int, whole: int) -> int | None:
    return _rounded(100 * part, whole) if whole else None


def _rounded(part: int, whole: int) -> int:
    """part ÷ whole, half up."""
    return (2 * part + whole) // (2 * whole)


def _seconds(moment: dt.datetime) -> int:
    return int(moment.timestamp())


def _date(seconds: int, zone: dt.tzinfo) -> dt.date:
    return dt.datetime.fromtimestamp(seconds, zone).date()
