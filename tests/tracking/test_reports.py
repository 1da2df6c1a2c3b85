"""Reports: grouped, split at midnight, the sum of their lines, as a page, over the API and as files."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from tests.conftest import ClientFor
from tests.tracking.pages import HTMX, MOST_STATEMENTS, at, statements, text
from tests.work import make_client, make_entry, make_project, make_tag, make_task
from tracking.forms.reports import span_of
from tracking.models import Batch
from tracking.reports import Question, hours_by_date, report
from tracking.services.corrections import set_billed
from tracking.services.day_totals import wrong_day_totals
from tracking.services.entries import update_entry
from tracking.services.undo import undo_batch

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wednesday")]
FILTER_LISTS = 3
"""Statements over the limit: the form lists what five filters offer, which an answer to them does not."""
MARCH = (dt.date(2026, 3, 1), dt.date(2026, 3, 31))


def lines(viewer: User, *groups: str, **more: Any) -> dict[Any, int]:
    found = report(viewer, Question(*MARCH, groups, **more))
    if len(groups) == 1:
        return {line.labels[0]: line.seconds for line in found.lines}
    return {(line.labels[0], inner.labels[0]): inner.seconds for line in found.lines for inner in line.lines}


def rows_of(answer: Any) -> list[dict[str, str]]:
    body = b"".join(answer.streaming_content).decode()
    assert body.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(body.removeprefix("\ufeff"))))


@pytest.fixture
def week(owner: User, teammate: User) -> None:
    web = make_project(name="Website", client=make_client(name="Northwind"), rate="90")
    shop = make_project(name="Shop", client=make_client(name="Fern"), billable=False)
    ux, dev = make_tag("ux"), make_tag("dev")
    make_entry(owner, at(2, 9), 60, project=web, tags=[ux, dev], task=make_task(web, name="Grid"))
    make_entry(owner, at(2, 11), 30, project=shop, tags=[dev])
    make_entry(owner, at(3, 23), 120, description="=HYPERLINK()")
    make_entry(owner, dt.datetime(2026, 2, 28, 23, tzinfo=dt.UTC), 120, project=web)
    make_entry(teammate, at(2, 9), 60, project=web)


# ── The sums ─────────────────────────────────────────────────────────────────
@pytest.mark.usefixtures("week")
def test_each_group(owner: User):
    assert lines(owner, "project") == {"Website": 7200, "Shop": 1800, "No project": 7200}
    assert lines(owner, "client") == {"Northwind": 7200, "Fern": 1800, "No client": 7200}
    assert lines(owner, "task") == {"Grid": 3600, "No task": 12600}
    assert lines(owner, "person") == {str(owner): 16200}
    assert lines(owner, "billable") == {"Billable": 7200, "Not billable": 9000}
    assert list(lines(owner, "day").values()) == [3600, 5400, 3600, 3600]
    assert lines(owner, "month") == {"March 2026": 16200}
    assert list(lines(owner, "week").values()) == [3600, 12600]
    assert lines(owner, "client", "project")["Northwind", "Website"] == 7200
    assert lines(owner, "project", "client")["Website", "Northwind"] == 7200
    assert lines(owner, "month", "day") != {}


@pytest.mark.usefixtures("week")
def test_tags_say_what_is_counted_twice(owner: User):
    found = report(owner, Question(*MARCH, ("tag",)))
    assert {line.labels[0]: line.seconds for line in found.lines} == {"ux": 3600, "dev": 5400, "No tag": 10800}
    assert (found.twice, found.seconds) == (3600, 16200)
    odd = make_entry(owner, at(4, 9), 1, tags=[make_tag("a"), make_tag("b")])  # 20 s, written 0:00 under each tag
    update_entry(entry=odd, actor=owner, ended_at=odd.started_at + dt.timedelta(seconds=20))
    found = report(owner, Question(*MARCH, ("tag",)))
    assert (found.twice, found.twice_shown) == (3620, 3600)
    assert found.shown == sum(line.shown for line in found.lines) - 3600
    one = report(owner, Question(*MARCH, ("project",), tags=(make_tag("rare").pk,)))
    assert (one.lines, one.seconds) == ([], 0)


@pytest.mark.usefixtures("week")
def test_filters(owner: User):
    web = report(owner, Question(*MARCH, ("project",))).lines
    website = next(line.values[0] for line in web if line.labels[0] == "Website")
    assert lines(owner, "project", projects=(website,)) == {"Website": 7200}
    assert lines(owner, "project", billable=False) == {"Shop": 1800, "No project": 7200}
    assert lines(owner, "project", people=(owner.pk,)) == lines(owner, "project")


def billed_seconds(browser: Client, viewer: User, choice: str) -> set[int]:
    """As the API, the file of entries and the chart count them: one figure, if they agree."""
    asked = f"first=2026-03-01&last=2026-03-31&billed={choice}"
    entries = rows_of(browser.get(f"/reports/entries.csv?{asked}"))
    chart = hours_by_date(viewer, Question(*MARCH, billed=choice == "yes"))
    return {
        browser.get(f"/api/reports/?{asked}").json()["seconds"],
        sum(int(row["duration_seconds"]) for row in entries),
        sum(billable + other for _day, billable, other in chart),
    }


def test_what_is_billed_is_told_apart(olga: Client, owner: User, administrator: User):
    ux, dev = make_tag("ux"), make_tag("dev")
    entry = make_entry(owner, at(2, 9), 60, tags=[ux, dev])
    make_entry(owner, at(2, 11), 30)
    assert [billed_seconds(olga, owner, choice) for choice in ("yes", "no")] == [{0}, {5400}]
    set_billed(entry=entry, actor=administrator)
    assert [billed_seconds(olga, owner, choice) for choice in ("yes", "no")] == [{3600}, {1800}]
    assert lines(owner, "billed", "tag") == {
        ("Billed", "ux"): 3600, ("Billed", "dev"): 3600, ("Not billed", "No tag"): 1800,
    }  # fmt: skip
    assert report(owner, Question(*MARCH, tags=(ux.pk, dev.pk), billed=True)).seconds == 3600
    assert 'value="yes" selected>Billed<' in text(olga.get("/reports/?preset=this-month&billed=yes"))
    undo_batch(batch=Batch.objects.latest("pk"), actor=administrator)
    assert lines(owner, "billed") == {"Not billed": 5400}
    assert not list(wrong_day_totals(owner))


def test_a_long_report_comes_in_pages(olga: Client, owner: User, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tracking.views.reports.A_PAGE", 4)
    for number in range(4):
        make_entry(owner, at(2 + number, 9), 60, description="x")
    asked = "/reports/?preset=this-month&group=person&then=day"
    first, second = (table_of(olga.get(f"{asked}&page={page}")) for page in (1, 2))
    assert [row for row in first if owner.display_name in row] == [f"{owner.display_name} 4:00"]
    assert (first[-1], second[-1]) == ("Total of all pages 4:00",) * 2
    assert len(first[1:-1]) == 4
    assert second[1:-1] == [f"{owner.display_name}, continued", "5 Mar 2026 1:00"]


def table_of(answer: Any) -> list[str]:
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", text(answer).split('<table class="rows">')[1], flags=re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]


def test_totals_are_the_sum_of_the_lines_as_shown(olga: Client, owner: User):
    for number in range(3):
        make_entry(owner, at(2, 8 + number), 20, project=make_project(name=f"P{number}"))
    for number in range(3):  # 20 s each, which are written 0:00
        entry = make_entry(owner, at(3, 8 + number), 1, project=make_project(name=f"Q{number}"))
        update_entry(entry=entry, actor=owner, ended_at=entry.started_at + dt.timedelta(seconds=20))
    found = report(owner, Question(*MARCH, ("project",)))
    assert (found.shown, found.seconds) == (60 * 60, 61 * 60)
    assert sum(line.shown for line in found.lines) == found.shown
    assert "1:00" in text(olga.get("/reports/?preset=this-month"))


def test_money_to_the_cent_for_those_who_may_see_it(owner: User, administrator: User, lead: User):
    project = make_project(manager=owner, rate="33.33", client=make_client(name="Northwind"))
    make_entry(owner, at(2, 9), 20, project=project)
    make_entry(owner, at(2, 10), 20, project=make_project(rate="10"))
    everything, own = (report(viewer, Question(*MARCH, ("project",))).money for viewer in (administrator, owner))
    assert everything == {"EUR": Decimal("11.11") + Decimal("3.33")}
    assert own == {"EUR": Decimal("11.11")}
    assert report(lead, Question(*MARCH, ("project",))).money == {}


def test_thousands_are_told_apart_on_the_page_alone(client_for: ClientFor, owner: User, administrator: User):
    project = make_project(name="Website", rate="1233.07")
    make_entry(owner, at(2, 9), 30 * 60, project=project)
    boss = client_for(administrator)
    page = text(boss.get("/reports/?preset=this-month"))
    assert page.count("€36,992.10") == 3  # summary, line, total
    [line] = rows_of(boss.get("/reports/lines.csv?preset=this-month"))
    assert line["amount_EUR"] == "36992.10"
    assert boss.get("/api/reports/?preset=this-month").json()["amounts"] == {"EUR": "36992.10"}
    User.objects.filter(pk=administrator.pk).update(language="de")
    assert text(boss.get("/reports/?preset=this-month")).count("36.992,10\u00a0€") == 3


def test_a_currency_without_cents_adds_up_too(owner: User, administrator: User):
    for number in range(2):
        make_entry(owner, at(2, 9 + number), 1, project=make_project(name=f"P{number}", rate="625", currency="JPY"))
    found = report(administrator, Question(*MARCH))
    assert [line.money["JPY"] for line in found.lines] == [10, 10]  # 10.42 each
    assert found.money == {"JPY": 20}


def test_who_sees_whose_time(owner: User, teammate: User, lead: User, outsider: User, administrator: User):
    hidden = make_project(name="Plan", members=(owner,), is_public=False, client=make_client(name="Secret client"))
    make_entry(owner, at(2, 9), 60, project=hidden)
    make_entry(teammate, at(2, 9), 60)
    assert sum(lines(administrator, "person").values()) == 7200
    assert str(owner) in lines(lead, "person")
    assert lines(lead, "client").get("Secret client") is None
    assert lines(outsider, "person") == {}


def test_the_chart_has_every_day_of_the_range(owner: User):
    make_entry(owner, at(2, 9), 60, project=make_project())
    days = hours_by_date(owner, Question(*MARCH))
    assert (len(days), days[1]) == (31, (dt.date(2026, 3, 2), 3600, 0))
    year = Question(dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    assert [sum(parts) for _day, *parts in hours_by_date(owner, year)] == [0, 0, 3600, *[0] * 9]


@pytest.mark.parametrize(
    ("preset", "first", "last"),
    [
        ("this-week", "2026-03-02", "2026-03-08"),
        ("last-week", "2026-02-23", "2026-03-01"),
        ("this-month", "2026-03-01", "2026-03-31"),
        ("last-month", "2026-02-01", "2026-02-28"),
        ("this-year", "2026-01-01", "2026-12-31"),
        ("last-year", "2025-01-01", "2025-12-31"),
    ],
)
def test_presets(preset: str, first: str, last: str):
    assert [day.isoformat() for day in span_of(preset, dt.date(2026, 3, 4), 0)] == [first, last]


# ── The page, the files, the API ─────────────────────────────────────────────
@pytest.mark.usefixtures("week")
def test_the_page(olga: Client):
    page = text(olga.get("/reports/?first=2026-03-01&last=2026-03-31&group=client&then=project"))
    for words in ("Northwind", "Website", "4:30", "<svg", "Lines are rounded to the minute"):
        assert words in page
    assert "Counted under several tags" in text(olga.get("/reports/?preset=this-month&group=tag"))
    assert "No time in this range" in text(olga.get("/reports/?preset=last-year"))


@pytest.mark.parametrize(
    "query", ["first=2026-03-02&last=2026-03-01", "group=nonsense", "group=day&then=day", "first=x", "person=999",
              "first=1990-01-01&last=2026-01-01",
              "first=0001-01-01&last=0001-02-28", "first=9999-11-01&last=9999-12-31"]
)  # fmt: skip
def test_nonsense_is_told(olga: Client, query: str):
    assert olga.get(f"/reports/?{query}").status_code == 422
    assert olga.get(f"/reports/lines.csv?{query}").status_code == 422
    assert olga.get(f"/api/reports/?{query.replace('group=day&then=day', 'group=day,day')}").status_code == 400


@pytest.mark.usefixtures("week")
def test_files_add_up_to_the_report(olga: Client, owner: User):
    asked = "first=2026-03-01&last=2026-03-31"
    total = report(owner, Question(*MARCH)).seconds
    by_line = rows_of(olga.get(f"/reports/lines.csv?{asked}&group=client&then=project"))
    assert sum(int(row["seconds"]) for row in by_line) == total
    assert by_line[0].keys() == {"client", "project", "seconds", "hours"}
    by_tag = rows_of(olga.get(f"/reports/lines.csv?{asked}&group=tag"))
    assert sum(int(row["seconds"]) for row in by_tag) == total
    entries = rows_of(olga.get(f"/reports/entries.csv?{asked}"))
    assert sum(int(row["duration_seconds"]) for row in entries) == total
    assert [row["date"] for row in entries] == ["2026-03-01", "2026-03-02", "2026-03-02", "2026-03-03", "2026-03-04"]
    assert entries[-1]["description"] == "'=HYPERLINK()"  # not for a spreadsheet to run
    assert entries[1]["tags"] == "dev, ux"


@pytest.mark.parametrize("knows", [True, False])
def test_the_file_of_entries_says_what_they_earn_to_those_who_may_know(
    client_for: ClientFor, owner: User, administrator: User, knows: bool
):
    project = make_project(manager=owner if knows else None, rate="90")
    billed = make_entry(owner, at(2, 9), 50, project=project)
    make_entry(owner, at(2, 11), 50, project=project, billable=False)
    set_billed(entry=billed, actor=administrator)
    found = rows_of(client_for(owner).get("/reports/entries.csv?first=2026-03-01&last=2026-03-31"))
    said = [[row[name] for name in ("billed", "rate", "amount", "currency")] for row in found]
    assert said == [["yes", "90.00", "75.00", "EUR"] if knows else ["yes", "", "", ""], ["no", "", "", ""]]


@pytest.mark.usefixtures("week")
def test_the_api(olga: Client, owner: User):
    answer = olga.get("/api/reports?first=2026-03-01&last=2026-03-31&group=client,day").json()
    assert (answer["groups"], answer["seconds"]) == (["client", "day"], 16200)
    northwind = next(line for line in answer["lines"] if line["label"] == "Northwind")
    assert [inner["day"] for inner in northwind["lines"]] == ["2026-03-01", "2026-03-02"]
    assert rows_of(olga.get("/api/reports/?preset=this-month&output=csv&group=person"))[0]["person"] == str(owner)
    assert olga.get("/api/reports/?output=pdf").status_code == 400
    assert olga.get("/api/reports/?group=day,week,month").status_code == 400


def test_a_refused_report_still_shows_what_was_asked(olga: Client):
    page = text(olga.get("/reports/?group=day&then=day&billable=no"))
    for chosen in ("By Day", "then Day", "Not billable"):
        assert re.search(rf"selected>{chosen}<", page)


def test_the_ends_of_the_chart_are_those_of_the_range(olga: Client, owner: User):
    make_entry(owner, at(2, 9))
    foot = (
        text(olga.get("/reports/?first=2026-01-01&last=2026-03-31")).split("<figcaption>")[1].split("</figcaption>")[0]
    )
    assert "1 Jan 2026" in foot
    assert "31 Mar 2026" in foot


@pytest.mark.parametrize("rows", [1, 3])
def test_statements(olga: Client, owner: User, rows: int):
    for number in range(rows):
        project = make_project(client=make_client())
        make_entry(owner, at(2, 8 + number), 30, project=project, tags=[make_tag(), make_tag()])
    for groups in ("group=client&then=project", "group=tag&then=person"):
        asked = f"/reports/?preset=this-month&{groups}"
        assert statements(olga, asked, headers=HTMX) <= MOST_STATEMENTS
        assert statements(olga, asked) <= MOST_STATEMENTS + FILTER_LISTS
