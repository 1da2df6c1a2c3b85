"""Worked time, grouped: the one report behind the page, the API and the files.

It reads the day totals, so it counts as they do: finished entries, split at each person's own midnight. A total is the
sum of the lines as they are shown. Only what carries several of the tags asked for is looked up in the entries: the
totals hold it once for each of them.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, F, Model, QuerySet, Sum, When
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from timetracker.web.durations import shown_seconds
from timetracker.web.money import rounded
from timetracker.web.times import local_span_bounds, week_bounds
from tracking.models import Break, DayTagTotal, DayTotal, Project, ProjectMember, Tag, Task, TimeEntry
from tracking.models.entry import TimeEntryQuerySet
from tracking.services.booking import Span
from tracking.services.day_totals import DAY, Key, worked_by_day

GROUPS = {
    "client": gettext_lazy("Client"),
    "project": gettext_lazy("Project"),
    "task": gettext_lazy("Task"),
    "person": gettext_lazy("Person"),
    "tag": gettext_lazy("Tag"),
    "day": gettext_lazy("Day"),
    "week": gettext_lazy("Week"),
    "month": gettext_lazy("Month"),
    "billable": gettext_lazy("Billable"),
    "billed": gettext_lazy("Billed"),
}
WITHOUT = {
    "client": gettext_lazy("No client"),
    "project": gettext_lazy("No project"),
    "task": gettext_lazy("No task"),
    "tag": gettext_lazy("No tag"),
}
DATES = frozenset({"day", "week", "month"})
COLUMNS = {
    "client": "project_id", "project": "project_id", "task": "task_id", "person": "user_id", "tag": "tag_id",
    "day": "day", "week": "day", "month": "day", "billable": "billable", "billed": "billed",
}  # fmt: skip
"""What the database groups by. Clients, weeks and months are put together from that."""
LONGEST = dt.timedelta(days=366 * 10)
Value = int | str | dt.date | bool | None
Money = dict[str, Decimal]


@dataclass(frozen=True, slots=True)
class Question:
    """`first` and `last` are days of each person's own calendar, both included."""

    first: dt.date
    last: dt.date
    groups: tuple[str, ...] = ("project",)
    people: tuple[int, ...] = ()
    clients: tuple[int, ...] = ()
    projects: tuple[int, ...] = ()
    tasks: tuple[int, ...] = ()
    tags: tuple[int, ...] = ()
    """Any of them."""
    billable: bool | None = None
    billed: bool | None = None

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def by_tag(self) -> bool:
        return bool(self.tags) or "tag" in self.groups

    @property
    def narrowed(self) -> int:
        """By how many filters."""
        wanted = (self.people, self.clients, self.projects, self.tasks, self.tags)
        return sum(map(bool, wanted)) + (self.billable is not None) + (self.billed is not None)


@dataclass(slots=True)
class Line:
    """One group. `seconds` are exact, `shown` what is written, so that a page adds up."""

    values: tuple[Value, ...]
    labels: tuple[str, ...]
    seconds: int
    shown: int
    money: Money = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)


@dataclass(slots=True)
class Report:
    question: Question
    lines: list[Line]
    twice: int = 0
    """Seconds that stand in several lines, because an entry may carry several tags."""
    twice_shown: int = 0
    repeats: Counter[Key] = field(default_factory=Counter)

    @property
    def shown(self) -> int:
        return sum(line.shown for line in self.lines) - self.twice_shown

    @property
    def seconds(self) -> int:
        return sum(line.seconds for line in self.lines) - self.twice

    @property
    def money(self) -> Money:
        return _added(line.money for line in self.lines) if not self.twice else {}

    @property
    def largest(self) -> int:
        return max((line.shown for line in self.lines), default=0)


def report(viewer: User, question: Question) -> Report:
    """What `viewer` may see of it: their own time, that of people they lead, everybody's for an administrator."""
    repeats = repeated(viewer, question)
    sums = _sums(viewer, question, Counter() if "tag" in question.groups else repeats)
    names = _Names(viewer, [key for key, _seconds, _money in sums], question.groups)
    nested: dict[Value, dict[Value, list[Any]]] = defaultdict(lambda: defaultdict(lambda: [0, defaultdict(Decimal)]))
    for key, seconds, money in sums:
        values = [names.fold(group, value) for group, value in zip(question.groups, key, strict=True)]
        cell = nested[values[0]][values[1] if len(values) > 1 else None]
        cell[0] += seconds
        for currency, amount in money.items():
            cell[1][currency] += amount
    lines = [_line(viewer, question, names, first, cells) for first, cells in nested.items()]
    twice = _counted_twice(viewer, question, sum(line.seconds for line in lines), repeats)
    shown = shown_seconds(twice, viewer.hours_format)
    return Report(question, _ordered(lines, question.groups[0]), twice, shown, repeats)


def rows_of(viewer: User, question: Question) -> QuerySet[Any]:
    """The totals that the question is about, seen with the viewer's rights."""
    table = DayTagTotal if question.by_tag else DayTotal
    rows: QuerySet[Any] = table._default_manager.filter(day__gte=question.first, day__lte=question.last)
    rows = _narrowed(rows, viewer, question)
    return rows.filter(tag__in=question.tags) if question.tags else rows


def entries_behind(viewer: User, question: Question) -> TimeEntryQuerySet:
    """The finished entries that may have time in the range, seen with the viewer's rights."""
    first, last = local_span_bounds(question.first - DAY, question.last + 2 * DAY, dt.UTC)
    touching = TimeEntry.objects.alive().filter(started_at__lt=last, ended_at__gt=first)
    entries: TimeEntryQuerySet = _narrowed(touching, viewer, question)  # type: ignore[assignment]  # as it came
    return entries.filter(pk__in=_carrying(question.tags).values("timeentry")) if question.tags else entries


def _carrying(tags: tuple[int, ...]) -> QuerySet[Any]:
    return TimeEntry.tags.through._default_manager.filter(tag__in=tags)


def _narrowed(rows: QuerySet[Any], viewer: User, question: Question) -> QuerySet[Any]:
    """What the question leaves of day totals or of entries, but for their tags."""
    if not viewer.is_administrator:
        rows = rows.filter(user__in=User.objects.with_time_visible_to(viewer).values("pk"))
    for column, wanted in (("user", question.people), ("project", question.projects), ("task", question.tasks)):
        if wanted:
            rows = rows.filter(**{f"{column}__in": wanted})
    if question.clients:
        rows = rows.filter(project__in=Project.objects.visible_to(viewer).filter(client__in=question.clients))
    if question.billable is not None:
        rows = rows.filter(billable=question.billable)
    if question.billed is None:
        return rows
    if rows.model is TimeEntry:
        return rows.filter(billed_at__isnull=not question.billed)
    return rows.filter(billed=question.billed)


def repeated(viewer: User, question: Question) -> Counter[Key]:
    """What the totals by tag hold too often: time that carries several of the tags asked for."""
    repeats: Counter[Key] = Counter()
    if len(question.tags) < 2:
        return repeats
    several = _carrying(question.tags).values("timeentry").annotate(tags=Count("pk")).filter(tags__gt=1)
    entries = entries_behind(viewer, question).filter(pk__in=several.values("timeentry")).order_by()
    columns = ("project", "task", "billable", "rate", "currency", "billed_at")
    rows = list(entries.values_list("pk", "user", "started_at", "ended_at", *columns))
    times = dict(several.values_list("timeentry", "tags"))
    zones = {person.pk: person.zone for person in User.objects.filter(pk__in={row[1] for row in rows})}
    breaks: dict[int, list[Span]] = defaultdict(list)
    spans = Break.objects.filter(entry__in=entries.values("pk")).order_by("started_at")
    for pk, start, end in spans.values_list("entry", "started_at", "ended_at"):
        breaks[pk].append((start, end))
    for pk, user, start, end, project, task, billable, rate, currency, billed_at in rows:
        for day, seconds in worked_by_day(start, end, breaks.get(pk, ()), zones[user]).items():
            if question.first <= day <= question.last:
                known = rate if billable else None
                key = Key(user, day, project, task, billable, known, currency, billed_at is not None)
                repeats[key] += seconds * (times.get(pk, 1) - 1)
    return repeats


def _sums(viewer: User, question: Question, repeats: Counter[Key]) -> list[tuple[tuple[Value, ...], int, Money]]:
    """By what the database can group, with money where it may be seen."""
    columns = [COLUMNS[group] for group in question.groups]
    rows = rows_of(viewer, question).order_by()
    asked = list(dict.fromkeys(columns))  # a client and a project are found in the same column
    place = [asked.index(column) for column in columns]
    may_know = F("rate") if viewer.is_administrator else Case(When(project__in=_managed(viewer), then="rate"))
    counted = rows.annotate(known=may_know).values_list(*asked, "known", "currency").annotate(sum=Sum("seconds"))
    sums: list[tuple[tuple[Value, ...], int, Money]] = [
        (tuple(key[number] for number in place), seconds, _money(rate, currency, seconds))
        for *key, rate, currency, seconds in counted
    ]
    managed = set(_managed(viewer).values_list("project", flat=True)) if repeats else set()
    for one, seconds in repeats.items():
        rate = one.rate if viewer.is_administrator or one.project in managed else None
        values = tuple(getattr(one, column.removesuffix("_id")) for column in columns)
        sums.append((values, -seconds, _money(rate, one.currency, -seconds)))
    return sums


def _money(rate: Decimal | None, currency: str, seconds: int) -> Money:
    return {} if rate is None else {currency: rate * seconds / 3600}


def _managed(viewer: User) -> QuerySet[ProjectMember, Any]:
    """Whose rates one who is no administrator may know."""
    return ProjectMember.objects.filter(user=viewer, is_manager=True).values("project")


def _line(viewer: User, question: Question, names: _Names, first: Value, cells: dict[Value, list[Any]]) -> Line:
    inner = question.groups[1:]
    lines = []
    for value, (seconds, money) in cells.items():
        shown = shown_seconds(seconds, viewer.hours_format)
        values, labels = ((value,), (names.label(inner[0], value),)) if inner else ((first,), ())
        lines.append(Line(values, labels, seconds, shown, _rounded(money)))
    whole = Line(
        (first,),
        (names.label(question.groups[0], first),),
        sum(line.seconds for line in lines),
        sum(line.shown for line in lines),
        _added(line.money for line in lines),
    )
    if inner:
        whole.lines = _ordered(lines, inner[0])
    return whole


def _ordered(lines: list[Line], group: str) -> list[Line]:
    if group in DATES:
        return sorted(lines, key=lambda line: str(line.values[0]))
    return sorted(lines, key=lambda line: (-line.seconds, line.labels))


def _counted_twice(viewer: User, question: Question, every: int, repeats: Counter[Key]) -> int:
    if "tag" not in question.groups or question.tags:
        return repeats.total() if "tag" in question.groups else 0
    once = rows_of(viewer, replace(question, groups=("person",))).aggregate(total=Sum("seconds"))["total"] or 0
    return every - int(once)


def _rounded(money: Money) -> Money:
    return {currency: rounded(amount, currency) for currency, amount in money.items()}


def _added(amounts: Any) -> Money:
    total: Money = defaultdict(Decimal)
    for money in amounts:
        for currency, amount in money.items():
            total[currency] += amount
    return dict(total)


class _Names:
    """What the values of groups are called, each kind read once."""

    def __init__(self, viewer: User, keys: list[tuple[Value, ...]], groups: tuple[str, ...]) -> None:
        self.viewer = viewer
        self.clients: dict[int, int | None] = {}
        self.names: dict[tuple[str, Value], str] = {}
        models: dict[str, type[Model]] = {"project": Project, "task": Task, "person": User, "tag": Tag}
        for place, group in enumerate(groups):
            wanted: list[Any] = list({key[place] for key in keys} - {None})
            if group == "client":
                # Whose project it is, only those know who see the project.
                seen = Project.objects.visible_to(viewer).filter(pk__in=wanted)
                for pk, client, name in seen.values_list("pk", "client", "client__name"):
                    self.clients[pk] = client
                    self.names["client", client] = name
            elif group in models:
                found = models[group]._default_manager.in_bulk(wanted)
                self.names |= {(group, pk): str(row) for pk, row in found.items()}

    def fold(self, group: str, value: Value) -> Value:
        match group, value:
            case "client", _:
                return self.clients.get(value)  # type: ignore[arg-type]
            case "week", dt.date():
                return week_bounds(value, self.viewer.week_start)[0]
            case "month", dt.date():
                return value.replace(day=1)
        return value

    def label(self, group: str, value: Value) -> str:
        match group, value:
            case "billable", bool():
                return _("Billable") if value else _("Not billable")
            case "billed", bool():
                return _("Billed") if value else _("Not billed")
            case "month", dt.date():
                return date_format(value, "YEAR_MONTH_FORMAT")
            case (("day" | "week"), dt.date()):
                return date_format(value, "SHORT_DATE_FORMAT")
            case _, None:
                return str(WITHOUT[group])
        return self.names.get((group, value), str(value))


def hours_by_date(
    viewer: User, question: Question, repeats: Counter[Key] | None = None
) -> list[tuple[dt.date, int, int]]:
    """For the chart: each day, week or month of the range with its billable and its other seconds, empty ones too.

    Each second once, whatever is grouped by. Who has a report has its `repeats`.
    """
    question = replace(question, groups=("day",))
    days = (question.last - question.first).days + 1
    unit = "day" if days <= 31 else "week" if days <= 186 else "month"
    sums: dict[dt.date, list[int]] = defaultdict(lambda: [0, 0])
    day = question.first
    while day <= question.last:
        sums[_start_of(day, unit, viewer)]
        day += dt.timedelta(days=1)
    rows = rows_of(viewer, question).order_by().values_list("day", "billable").annotate(seconds=Sum("seconds"))
    for day, billable, seconds in rows:
        sums[_start_of(day, unit, viewer)][0 if billable else 1] += seconds
    for key, seconds in (repeated(viewer, question) if repeats is None else repeats).items():
        sums[_start_of(key.day, unit, viewer)][0 if key.billable else 1] -= seconds
    return [(day, billable, other) for day, (billable, other) in sorted(sums.items())]


def _start_of(day: dt.date, unit: str, viewer: User) -> dt.date:
    if unit == "month":
        return day.replace(day=1)
    return week_bounds(day, viewer.week_start)[0] if unit == "week" else day
