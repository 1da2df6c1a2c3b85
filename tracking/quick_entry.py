"""One line that a person types to log time, read into its parts: English and German words alike.

    2h design review @acme-site #ux yesterday
    9-1030 Standup
    2 Std Entwurf @"Website relaunch" gestern $

`@` names a project or task, `#` a tag, `$` makes it billable and `!$` not. Of several durations, days or projects the
first counts. What is nothing else is the description; a backslash makes any word plain: `\\2h`. Pure, and never raises.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from timetracker.web.durations import format_duration, parse_duration
from timetracker.web.times import parse_clock, parse_clock_range

LONGEST_WORD = 40
"""What is longer is no time, and patterns need not look at it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How one or more words were read: `start` and `end` are their place in the line."""

    kind: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class QuickEntry:
    description: str = ""
    work: str = ""
    """The words for a project or task, as typed."""
    tags: tuple[str, ...] = ()
    day: dt.date | None = None
    start: dt.time | None = None
    end: dt.time | None = None
    next_day: bool = False
    """The end is on the day after the start."""
    seconds: int | None = None
    billable: bool | None = None
    readings: tuple[Reading, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    start: int
    end: int

    @property
    def low(self) -> str:
        return self.text.casefold().rstrip(",;")


@dataclass(frozen=True, slots=True)
class _Found:
    kind: str
    words: int
    values: dict[str, Any]


_WORDS = re.compile(r'[@#]"[^"]+"[,;]?|\S+')
_BLOCKS = {"span": {"duration", "span", "start"}, "duration": {"duration", "span"}, "start": {"span", "start"}}


def parse(text: str, *, today: dt.date, leave: Collection[str] = ()) -> QuickEntry:
    """`today` is the person's, for yesterday, Friday and 3 Nov. without a year. `leave`: kinds that are words."""
    words = [_Word(match.group(), match.start(), match.end()) for match in _WORDS.finditer(text)]
    values: dict[str, Any] = {}
    description: list[str] = []
    tags: dict[str, str] = {}
    blocked = set(leave)
    readings: list[Reading] = []
    place = 0
    while place < len(words):
        found = _read(words[place : place + 6], today, blocked)
        if found.kind == "tag":
            tags.setdefault(found.values["tag"].casefold(), found.values["tag"])
        elif found.kind == "description":
            description.append(found.values["word"])
        else:
            values |= found.values
            blocked |= _BLOCKS.get(found.kind, {found.kind})
        first, last = words[place], words[place + found.words - 1]
        readings.append(Reading(found.kind, text[first.start : last.end], first.start, last.end))
        place += found.words
    return QuickEntry(" ".join(description), tags=tuple(tags.values()), readings=tuple(readings), **values)


def _read(words: Sequence[_Word], today: dt.date, blocked: set[str]) -> _Found:
    """What the first of `words` is, with those after it that belong to it."""
    word = words[0].text
    if word.startswith("\\") and len(word) > 1:
        return _Found("description", 1, {"word": word[1:]})
    for kind, reader in _READERS:
        if kind not in blocked and (found := reader(words, today)):
            return found
    return _Found("description", 1, {"word": word})


# ── Signs ────────────────────────────────────────────────────────────────────
_NAME = re.compile(r'"(?P<quoted>[^"]+)"[,;]?|(?P<plain>[^\s"@#]*[^\s"@#.,;:!?])[.,;:!?]*')


def _sign(words: Sequence[_Word], _today: dt.date) -> _Found | None:
    text = words[0].text
    name = _NAME.fullmatch(text[1:]) if text[0] in "@#" else None
    if name is None:
        return None
    value = name["plain"] or name["quoted"].strip()
    if not value or (text[0] == "#" and value.isdecimal()):  # #12 is a ticket
        return None
    return _Found("work", 1, {"work": value}) if text[0] == "@" else _Found("tag", 1, {"tag": value})


def _work(words: Sequence[_Word], today: dt.date) -> _Found | None:
    return _sign(words, today) if words[0].text[0] == "@" else None


def _tag(words: Sequence[_Word], today: dt.date) -> _Found | None:
    return _sign(words, today) if words[0].text[0] == "#" else None


def _billable(words: Sequence[_Word], _today: dt.date) -> _Found | None:
    sign = {"$": True, "!$": False}.get(words[0].text)
    return None if sign is None else _Found("billable", 1, {"billable": sign})


# ── Durations ────────────────────────────────────────────────────────────────
_NUMBER = r"[0-9]{1,4}(?:[.,][0-9]{1,2})?"
_HOURS = r"(?:h|hrs?|hours?|std\.?|stunden?)"
_MINUTES = r"(?:mins?|minutes?|min\.|minuten?)"
_DURATION = re.compile(rf"[0-9]{{1,4}}:[0-9]{{2}}(?::[0-9]{{2}})?|{_NUMBER}{_HOURS}(?:[0-9]{{1,2}}(?:m|{_MINUTES})?)?"
                       rf"|{_NUMBER}(?:m|{_MINUTES})")  # fmt: skip
_SPACED = (
    (4, re.compile(rf"[0-9]{{1,4}} {_HOURS} [0-9]{{1,2}} (?:m|{_MINUTES})")),
    (2, re.compile(rf"{_NUMBER} (?:{_HOURS}|{_MINUTES})")),
    (2, re.compile(rf"[0-9]{{1,4}}{_HOURS} [0-9]{{1,2}}(?:m|{_MINUTES})")),
)


def _duration(words: Sequence[_Word], _today: dt.date) -> _Found | None:
    if not words[0].text[0].isdigit():
        return None
    for count, pattern in (*_SPACED, (1, _DURATION)):
        text = _joined(words, count)
        if text and pattern.fullmatch(text) and (seconds := _seconds(text)):
            return _Found("duration", count, {"seconds": seconds})
    return None


def _seconds(text: str) -> int:
    try:
        return parse_duration(text.replace("min.", "min").replace("std.", "std"))
    except ValueError:
        return 0


def _joined(words: Sequence[_Word], count: int) -> str:
    chosen = words[:count]
    if len(chosen) < count or any(len(word.text) > LONGEST_WORD for word in chosen):
        return ""
    return " ".join(word.low for word in chosen)


# ── Clock times ──────────────────────────────────────────────────────────────
_CLOCK = r"[0-9]{1,2}(?:[:.h]?[0-9]{2}(?::[0-9]{2})?)?(?:[ap]m)?"
_DASH = r"[-–—]"
_SPAN = re.compile(rf"(?:from |von )?(?P<a>{_CLOCK})(?:{_DASH}| (?:{_DASH}|to|bis) )(?P<b>{_CLOCK})h?(?P<uhr> uhr)?")
_START = re.compile(rf"(?:at|um|ab|since|seit) (?P<a>{_CLOCK})(?: uhr)?")


def _span(words: Sequence[_Word], _today: dt.date) -> _Found | None:
    for count in (5, 4, 3, 2, 1):
        match = _SPAN.fullmatch(_joined(words, count))
        if match is None:
            continue
        try:
            span = parse_clock_range(f"{match['a']}-{match['b']}")
        except ValueError:
            continue
        return _Found("span", count, {"start": span.start, "end": span.end, "next_day": span.crosses_midnight})
    return None


def _start(words: Sequence[_Word], _today: dt.date) -> _Found | None:
    for count in (3, 2):
        match = _START.fullmatch(_joined(words, count))
        if match is None:
            continue
        try:
            return _Found("start", count, {"start": parse_clock(match["a"])})
        except ValueError:
            continue
    return None


# ── Days ─────────────────────────────────────────────────────────────────────
_RELATIVE = {
    "today": 0, "heute": 0, "yesterday": -1, "gestern": -1, "vorgestern": -2, "tomorrow": 1, "morgen": 1,
    "übermorgen": 2,
}  # fmt: skip
_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        # Sat, sun, wed and the German ones without their dot are words of their own.
        (
            "monday mon montag mo.",
            "tuesday tue tues dienstag di.",
            "wednesday mittwoch mi.",
            "thursday thu thurs donnerstag do.",
            "friday fri freitag fr.",
            "saturday samstag sonnabend sa.",
            "sunday sonntag so.",
        )
    )
    for name in names.split()
}
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar jänner",
            "february feb februar",
            "march mar märz mär",
            "april apr",
            "may mai",
            "june jun juni",
            "july jul juli",
            "august aug",
            "september sep sept",
            "october oct oktober okt",
            "november nov",
            "december dec dezember dez",
        ),
        start=1,
    )
    for name in names.split()
}
_BEFORE_DAY = {"on", "am", "last", "letzten", "letzte", "letzter"}
_ISO = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})")
_DOTTED = re.compile(r"(?P<day>[0-9]{1,2})\.(?P<month>[0-9]{1,2})\.(?P<year>[0-9]{4}|[0-9]{2})?")
_DAY_NUMBER = re.compile(r"([0-9]{1,2})(?:\.|st|nd|rd|th)?")
_YEAR = re.compile(r"20[0-9]{2}")


def _day(words: Sequence[_Word], today: dt.date) -> _Found | None:
    skipped = 1 if words[0].low in _BEFORE_DAY and len(words) > 1 else 0
    rest = words[skipped:]
    if len(rest[0].text) > LONGEST_WORD:
        return None
    read = _day_word(rest[0].low, today)
    count = 1
    if read is None and len(rest) > 1:
        read, count = _day_and_month(rest, today)
    return None if read is None else _Found("day", skipped + count, {"day": read})


def _day_word(word: str, today: dt.date) -> dt.date | None:
    if word in _RELATIVE:
        return _plus(today, _RELATIVE[word])
    weekday = _WEEKDAYS.get(word, _WEEKDAYS.get(word.rstrip(".")))
    if weekday is not None:
        return _plus(today, -((today.weekday() - weekday - 1) % 7 + 1))  # the last one, never today
    match = _ISO.fullmatch(word) or _DOTTED.fullmatch(word)
    if match is None:
        return None
    year = match["year"]
    return _date(int(year) + (2000 if len(year) == 2 else 0) if year else None, match["month"], match["day"], today)


def _day_and_month(words: Sequence[_Word], today: dt.date) -> tuple[dt.date | None, int]:
    """3 Nov, Nov 3rd, 3. November 2026."""
    first, second = words[0].low, words[1].low.rstrip(".")
    number, month = (first, second) if first[:1].isdigit() else (words[1].low, first.rstrip("."))
    day = _DAY_NUMBER.fullmatch(number)
    if day is None or month not in _MONTHS:
        return None, 0
    has_year = len(words) > 2 and _YEAR.fullmatch(words[2].low) is not None
    year = int(words[2].low) if has_year else None
    return _date(year, _MONTHS[month], day[1], today), 3 if has_year else 2


def _date(year: int | None, month: str | int, day: str, today: dt.date) -> dt.date | None:
    """Without a year the nearest one: what is more than half a year off is of the year before, or the next."""
    try:
        if year is not None:
            return dt.date(year, int(month), int(day)) if 1970 < year < 2999 else None
        nearest = (dt.date(today.year + shift, int(month), int(day)) for shift in (0, -1, 1))
        return min(nearest, key=lambda date: abs((date - today).days))
    except ValueError:
        return None


def _plus(day: dt.date, days: int) -> dt.date | None:
    try:
        return day + dt.timedelta(days=days)
    except OverflowError:
        return None


_READERS: tuple[tuple[str, Callable[[Sequence[_Word], dt.date], _Found | None]], ...] = (
    ("work", _work),
    ("tag", _tag),
    ("billable", _billable),
    ("span", _span),
    ("start", _start),
    ("duration", _duration),
    ("day", _day),
)


# ── Rewritten ────────────────────────────────────────────────────────────────
def without_first(entry: QuickEntry, words: int) -> str:
    """The line of `entry` without the first `words` words of its description."""
    rest: list[str] = []
    for reading in entry.readings:
        if reading.kind == "description" and words:
            words -= 1
        else:
            rest.append(reading.text)
    return " ".join(rest)


# ── And back ─────────────────────────────────────────────────────────────────
def format_quick_entry(entry: QuickEntry) -> str:
    """A line that reads as `entry`. What has a meaning comes first, so that no word before it changes it."""
    parts: list[str] = []
    if entry.start is not None and entry.end is not None:
        parts.append(f"{_clock(entry.start)}-{_clock(entry.end)}")
    elif entry.start is not None:
        parts.append(f"at {_clock(entry.start)}")
    if entry.seconds is not None:
        parts.append(format_duration(entry.seconds, with_seconds=entry.seconds % 60 != 0))
    if entry.day is not None:
        parts.append(entry.day.isoformat())
    if entry.work:
        parts.append("@" + _named(entry.work))
    parts += ["#" + _named(tag) for tag in entry.tags]
    if entry.billable is not None:
        parts.append("$" if entry.billable else "!$")
    return " ".join([*parts, *map(_plain, entry.description.split())])


def _clock(time: dt.time) -> str:
    return f"{time:%H:%M:%S}" if time.second else f"{time:%H:%M}"


def _named(name: str) -> str:
    match = _NAME.fullmatch(name)
    return name if match and match["plain"] == name else f'"{name}"'


def _plain(word: str) -> str:
    """Escaped wherever the word could mean something, alone or beside another."""
    low = word.casefold().rstrip(",;")
    means = low in {"uhr", *_RELATIVE, *_WEEKDAYS} or low.rstrip(".") in {*_WEEKDAYS, *_MONTHS}
    return f"\\{word}" if means or word[0] in "\\@#$!" or any(letter.isdigit() for letter in word) else word
