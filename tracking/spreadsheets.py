"""A report as a spreadsheet: the rows of its CSV, with numbers as numbers and days as days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from decimal import Decimal
from tempfile import SpooledTemporaryFile
from typing import Any

from django.http import FileResponse
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils import get_column_letter

from timetracker.web.money import decimals
from tracking.report_files import FORMULA

IN_MEMORY = 1 << 20
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def xlsx_answer(rows: Iterable[list[Any]], name: str) -> FileResponse:
    """Written to a file before it is sent: a spreadsheet has no beginning that could go ahead."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Report"))
    sheet.freeze_panes = "A2"
    for number in range(1, 17):
        sheet.column_dimensions[get_column_letter(number)].width = 18
    for row in _cells(sheet, iter(rows)):
        sheet.append(row)
    file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the answer closes it
    book.save(file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=TYPE)


def _cells(sheet: Any, rows: Iterator[list[Any]]) -> Iterator[list[Any]]:
    head = next(rows)
    yield [_cell(sheet, name) for name in head]
    shown = [_shown(name) for name in head]
    for row in rows:
        yield [_cell(sheet, value, form) for value, form in zip(row, shown, strict=False)]


def _shown(column: str) -> str:
    if not column.startswith("amount_"):
        return "#,##0.00" if column in {"hours", "rate", "amount"} else "0"
    places = decimals(column.removeprefix("amount_"))
    return "#,##0" + ("." + "0" * places if places else "")


def _cell(sheet: Any, value: Any, shown: str = "0") -> Any:
    match value:
        case str():
            value = ILLEGAL_CHARACTERS_RE.sub("", value)
            if not value.startswith((*FORMULA, "#")):
                return value
            cell = WriteOnlyCell(sheet, value)
            cell.data_type, cell.quotePrefix = "s", True  # text, also when somebody edits it there
            return cell
        case dt.datetime():
            value, shown = value.replace(tzinfo=None), "yyyy-mm-dd hh:mm:ss"
        case dt.date():
            shown = "yyyy-mm-dd"
        case Decimal() | int():
            pass
        case _:
            return value
    cell = WriteOnlyCell(sheet, value)
    cell.number_format = shown
    return cell
