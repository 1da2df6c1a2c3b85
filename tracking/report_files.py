"""A report as a file: its lines, or every entry behind it, streamed row by row."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch
from django.http import StreamingHttpResponse

from accounts.models import User
from timetracker.web.money import rounded
from timetracker.web.times import local_date
from tracking.models import Break, Project, Tag, TimeEntry
from tracking.reports import GROUPS, Line, Question, Report, entries_behind
from tracking.services.day_totals import worked_spans

CHUNK = 1000
CENT = Decimal("0.01")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
ENTRY_COLUMNS = (
    "person", "date", "start", "end", "duration_seconds", "client", "project", "task", "description", "tags",
    "billable", "source", "billed", "rate", "amount", "currency",
)  # fmt: skip


class _Echo:
    def write(self, text: str) -> str:
        return text


def cell(value: Any) -> Any:
    """As a spreadsheet may open it: text that would be a formula is quoted."""
    if isinstance(value, dt.date):
        return value.isoformat()
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def csv_answer(rows: Iterable[Iterable[Any]], name: str) -> StreamingHttpResponse:
    """Row by row, with a mark at the front by which spreadsheets know UTF-8."""
    writer = csv.writer(_Echo())

    def lines() -> Iterator[str]:
        yield "\ufeff"
        batch: list[str] = []
        for row in rows:
            batch.append(writer.writerow([cell(value) for value in row]))
            if len(batch) == CHUNK:
                yield "".join(batch)
                batch.clear()
        yield "".join(batch)

    answer = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def report_rows(report: Report) -> Iterator[list[Any]]:
    """One row for each innermost line; hours with four places, so that they add up."""
    groups = report.question.groups
    currencies = sorted({currency for line in report.lines for currency in line.money})
    yield [*groups, "seconds", "hours", *(f"amount_{currency}" for currency in currencies)]
    for line in report.lines:
        for inner in line.lines or [line]:
            labels = [_plain(group, one) for group, one in zip(groups, _path(line, inner), strict=True)]
            money = [inner.money.get(currency) for currency in currencies]
            yield [*labels, inner.seconds, _hours(inner.seconds), *money]
    if report.twice:
        yield ["several tags", *[""] * (len(groups) - 1), -report.twice, _hours(-report.twice)]


def report_size(report: Report) -> int:
    """How many rows that will be, without the head."""
    return sum(len(line.lines) or 1 for line in report.lines) + bool(report.twice)


def _hours(seconds: int) -> Decimal:
    return (Decimal(seconds) / 3600).quantize(Decimal("0.0001"))


def _path(line: Line, inner: Line) -> list[tuple[Any, str]]:
    outer = (line.values[0], line.labels[0])
    return [outer] if inner is line else [outer, (inner.values[0], inner.labels[0])]


def _plain(group: str, pair: tuple[Any, str]) -> dt.date | str:
    value, label = pair
    return value if isinstance(value, dt.date) else label if group in GROUPS else str(value)


def entry_rows(viewer: User, question: Question) -> Iterator[list[Any]]:
    """Every entry behind the report, a row for each local day of its person: the sum is the report's."""
    yield list(ENTRY_COLUMNS)
    seen: dict[int, str | None] = dict(Project.objects.visible_to(viewer).values_list("pk", "client__name"))
    entries = (
        entries_behind(viewer, question)
        .with_money_for(viewer)
        .select_related("user", "project", "task")
        .prefetch_related(Prefetch("tags", Tag.objects.order_by("name")), Prefetch("breaks", Break.objects.all()))
        .order_by("started_at", "pk")
    )
    for entry in entries.iterator(chunk_size=CHUNK):
        yield from _rows_of_entry(entry, question, seen)


def _money(entry: Any, seconds: float) -> tuple[Decimal | str, Decimal | str, str]:
    """Rate, amount and currency where the viewer may know them. An entry that is not billable earns nothing."""
    if entry.rate_shown is None or not entry.billable:
        return "", "", ""
    amount = entry.rate_shown * int(seconds) / 3600
    return entry.rate_shown.quantize(CENT), rounded(amount, entry.currency), entry.currency


def _rows_of_entry(entry: TimeEntry, question: Question, seen: dict[int, str | None]) -> Iterator[list[Any]]:
    zone = entry.user.zone
    assert entry.ended_at is not None
    breaks = [(one.started_at, one.ended_at) for one in entry.breaks.all()] if entry.break_seconds else []
    for start, end in worked_spans(entry.started_at, entry.ended_at, breaks, zone):
        day = local_date(start, zone)
        if not question.first <= day <= question.last:
            continue
        yield [
            str(entry.user), day, start.astimezone(zone), end.astimezone(zone),
            int((end - start).total_seconds()), seen.get(entry.project_id or 0) or "",
            entry.project.name if entry.project else "", entry.task.name if entry.task else "", entry.description,
            ", ".join(tag.name for tag in entry.tags.all()), "yes" if entry.billable else "no", entry.source,
            "yes" if entry.billed else "no", *_money(entry, (end - start).total_seconds()),
        ]  # fmt: skip
