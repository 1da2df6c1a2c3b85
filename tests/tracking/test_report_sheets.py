"""Reports as spreadsheets: the rows of the CSV, each cell of its own kind, and never too many."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from accounts.models import User
from tests.conftest import ClientFor
from tests.tracking.pages import at, text
from tests.work import make_client, make_entry, make_project, make_tag
from tracking import report_sheets, spreadsheets

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wednesday")]
MARCH = "first=2026-03-01&last=2026-03-31"
FORMULAS = ("=HYPERLINK()", "+1", "-1", "@SUM(A1)", "#REF!")


@pytest.fixture
def boss(client_for: ClientFor, administrator: User) -> Client:
    return client_for(administrator)


@pytest.fixture(autouse=True)
def march(owner: User) -> None:
    web = make_project(name="Website", client=make_client(name="=1+1"), rate="33.33")
    yen = make_project(name="Shop", client=make_client(name="Fern"), rate="1000", currency="JPY")
    make_entry(owner, at(2, 9), 20, project=web, tags=[make_tag("ux"), make_tag("dev")])
    make_entry(owner, at(2, 23), 120, project=yen)
    for number, words in enumerate(FORMULAS):
        make_entry(owner, at(4, 8 + number), 30, description=words)


def sheet_of(answer: Any) -> Worksheet:
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == spreadsheets.TYPE
    body = b"".join(answer.streaming_content)
    assert len(body) == int(answer.headers["Content-Length"])
    return load_workbook(io.BytesIO(body)).active


def values(sheet: Worksheet) -> list[list[Any]]:
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def csv_of(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))


def as_csv(value: Any) -> str:
    """As the CSV writes it, for comparing."""
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    return "" if value is None else str(value).removeprefix("'")


@pytest.mark.parametrize("groups", ["group=client&then=project", "group=day", "group=tag&then=month", "group=billable"])
def test_the_lines_are_those_of_the_csv(boss: Client, groups: str):
    plain = csv_of(boss.get(f"/reports/lines.csv?{MARCH}&{groups}"))
    rows = values(sheet_of(boss.get(f"/reports/lines.xlsx?{MARCH}&{groups}")))
    assert len(rows) == len(plain)
    for ours, theirs in zip(rows, plain, strict=True):
        for value, said in zip(ours, theirs, strict=False):
            if isinstance(value, int | float) and not isinstance(value, bool):
                assert Decimal(str(value)) == Decimal(said)
            else:
                assert as_csv(value) == said.removeprefix("'")


def test_each_cell_is_of_its_kind(boss: Client):
    sheet = sheet_of(boss.get(f"/reports/lines.xlsx?{MARCH}&group=day&then=client"))
    assert sheet.freeze_panes == "A2"
    assert [cell.value for cell in sheet[1]] == ["day", "client", "seconds", "hours", "amount_EUR", "amount_JPY"]
    row = {head.value: cell for head, cell in zip(sheet[1], sheet[2], strict=True)}
    found = next(cells for cells in sheet.iter_rows(min_row=2) if cells[1].value == "=1+1")
    day, client, seconds, hours, euros, yen = found
    assert (day.value, day.number_format) == (dt.datetime(2026, 3, 2), "yyyy-mm-dd")
    assert (client.data_type, client.quotePrefix) == ("s", True)
    assert (seconds.value, hours.value, hours.number_format) == (1200, 0.3333, "#,##0.00")
    assert (euros.value, euros.number_format, yen.value) == (11.11, "#,##0.00", None)
    assert row["amount_JPY"].column_letter == "F"
    shop = next(cells for cells in sheet.iter_rows(min_row=2) if cells[1].value == "Fern")
    assert (shop[5].value, shop[5].number_format) == (1000, "#,##0")


def test_every_entry_with_its_times_and_nothing_is_a_formula(boss: Client, owner: User):
    sheet = sheet_of(boss.get(f"/reports/entries.xlsx?{MARCH}"))
    rows = [dict(zip((cell.value for cell in sheet[1]), row, strict=True)) for row in sheet.iter_rows(min_row=2)]
    assert sum(row["duration_seconds"].value for row in rows) == 140 * 60 + len(FORMULAS) * 1800
    assert {row["description"].value for row in rows} >= set(FORMULAS)
    assert {row["description"].data_type for row in rows if row["description"].value} == {"s"}
    late = next(row for row in rows if row["project"].value == "Shop")
    assert (late["start"].value, late["start"].number_format) == (
        at(2, 23).astimezone(owner.zone).replace(tzinfo=None), "yyyy-mm-dd hh:mm:ss",
    )  # fmt: skip


def test_what_no_sheet_may_hold_is_left_out(boss: Client, owner: User):
    make_entry(owner, at(5, 9), 30, description="bell\x07 rings")
    assert "bell rings" in {row[8] for row in values(sheet_of(boss.get(f"/reports/entries.xlsx?{MARCH}")))}


@pytest.mark.parametrize(("kind", "output", "rows"), [("lines", "xlsx", 4), ("entries", "entries_xlsx", 7)])
def test_too_many_are_refused_before_anything_is_written(
    boss: Client, monkeypatch: pytest.MonkeyPatch, kind: str, output: str, rows: int
):
    monkeypatch.setattr(report_sheets, "MOST_ROWS", rows - 1)
    query = f"{MARCH}&group=day&then=client" if kind == "lines" else MARCH
    page = boss.get(f"/reports/{kind}.xlsx?{query}")
    assert (page.status_code, "at most" in text(page)) == (422, True)
    told = boss.get(f"/api/reports/?{query.replace('day&then=', 'day,')}&output={output}")
    assert (told.status_code, told.json()["errors"][0]["field"]) == (400, "output")
    assert boss.get(f"/reports/{kind}.csv?{query}").status_code == 200
    monkeypatch.setattr(report_sheets, "MOST_ROWS", rows)
    sheet_of(boss.get(f"/reports/{kind}.xlsx?{query}"))


def test_over_the_api(boss: Client):
    lines = sheet_of(boss.get(f"/api/reports/?{MARCH}&output=xlsx&group=client"))
    assert lines["A1"].value == "client"
    assert sheet_of(boss.get(f"/api/reports/?{MARCH}&output=entries_xlsx"))["A1"].value == "person"
