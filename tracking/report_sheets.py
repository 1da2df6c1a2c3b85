"""The file of a report that somebody asks for."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import FileResponse, StreamingHttpResponse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from accounts.models import User
from timetracker.web.usage import used
from tracking.report_files import csv_answer, entry_rows, report_rows, report_size
from tracking.reports import Question, entries_behind, report

MOST_ROWS = 20_000
"""All of it is written before the first byte goes out: 20,000 entries take 7 s of a busy core, and little memory."""


def file_of(
    viewer: User, question: Question, kind: str, output: str, name: str
) -> FileResponse | StreamingHttpResponse:
    """The `lines` of a report or the `entries` behind it, as `csv` or `xlsx`. Raises ValidationError for too many."""
    lines = report(viewer, question) if kind == "lines" else None
    rows = report_rows(lines) if lines else entry_rows(viewer, question)
    if output != "csv":
        check_size(report_size(lines) if lines else entries_behind(viewer, question).count())
    used("data_exported", what=kind, format=output)
    if output == "csv":
        return csv_answer(rows, name)
    from tracking.spreadsheets import xlsx_answer  # noqa: PLC0415 - openpyxl brings numpy: not before it is needed

    return xlsx_answer(rows, name)


def check_size(rows: int) -> None:
    if rows > MOST_ROWS:
        most, found = (number_format(number, force_grouping=True) for number in (MOST_ROWS, rows))
        text = _(
            "A spreadsheet takes at most %(most)s rows, and this would have %(found)s. Take the CSV, or filter more."
        )
        raise ValidationError({"output": text % {"most": most, "found": found}})
