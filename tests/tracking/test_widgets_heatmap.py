"""Twelve weeks of days."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client

from accounts.models import User
from tests.tracking.pages import at, text
from tests.tracking.tiles import MOST_STATEMENTS, cost, drawn, read
from tests.work import make_entry, make_project
from tracking.reports import Question, report

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wednesday")]
NAME = "hours-heatmap"
HOUR = 3600


def cells_of(found: dict) -> dict[dt.date, tuple[int, int]]:
    """Seconds and level by day."""
    return {cell.date: (cell.seconds, cell.level) for _day, cells in found["rows"] for cell in cells}


def test_each_day_and_week_is_what_its_report_says(owner: User, olga: Client):
    one, two = make_project(), make_project()
    for day, minutes, project in ((2, 90, one), (2, 47, two), (3, 480, one), (4, 61, None)):
        make_entry(owner, at(day, 1), minutes, project=project)
    make_entry(owner, at(2, 12), 200)
    make_entry(owner, dt.datetime(2026, 1, 14, 9, tzinfo=dt.UTC), 300)
    found = read(owner, NAME)

    cells = cells_of(found)
    assert len(cells) == 84
    for day, (seconds, _level) in cells.items():
        assert seconds == report(owner, Question(day, day, people=(owner.pk,))).shown
    for week in found["columns"]:
        asked = Question(week.first, week.last, ("day", "project"), people=(owner.pk,))
        assert week.seconds == report(owner, asked).shown
    links = [cell.url for _day, row in found["rows"] for cell in row if cell.url]
    links += [week.url for week in found["columns"] if week.url]
    assert len(links) == 4 + 2
    for url in (*links, found["more"], found["average_url"]):
        assert olga.get(url).context["form"].is_valid()
    tuesday = next(cell for _day, row in found["rows"] for cell in row if cell.date == dt.date(2026, 3, 3))
    assert olga.get(tuesday.url).context["report"].shown == tuesday.seconds == 8 * HOUR
    assert olga.get(found["average_url"]).context["report"].shown == found["total"] == 5 * HOUR


def test_levels_go_by_the_share_of_the_goal_or_by_the_longest_day(owner: User):
    for day, hours in ((2, 8), (3, 7), (4, 3)):
        make_entry(owner, at(day, 1), hours * 60)
    make_entry(owner, dt.datetime(2026, 2, 27, 1, tzinfo=dt.UTC), 1)

    def levels(**settings) -> list[int]:
        cells = cells_of(read(owner, NAME, **settings))
        return [cells[dt.date(2026, *day)][1] for day in ((2, 26), (2, 27), (3, 4), (3, 3), (3, 2))]

    assert levels() == [0, 1, 2, 3, 4]  # of 8 hours a day
    owner.weekly_goal_hours = 20
    assert levels() == [0, 1, 3, 4, 4]
    owner.weekly_goal_hours = 0
    assert levels() == [0, 1, 2, 4, 4]  # of three quarters of 8 hours
    owner.weekly_goal_hours, owner.working_days = 40, []
    assert levels() == levels(scope="team")


def test_what_is_usual(owner: User):
    def usual(day: dt.datetime, hours: int) -> dict:
        make_entry(owner, day, hours * 60)
        return read(owner, NAME)

    assert usual(at(2, 1), 3)["this_week"].seconds == 3 * HOUR
    assert "3:00</a>" in drawn(owner, NAME)
    assert "From next week on" in drawn(owner, NAME)
    found = usual(dt.datetime(2026, 2, 24, 9, tzinfo=dt.UTC), 6)
    assert (found["average"], found["weeks"], found["best"]) == (6 * HOUR, 1, "Tuesday")
    assert "So far that is one week. Tuesday was its longest day." in drawn(owner, NAME)
    # The week between, without hours, counts; those before the first one do not.
    found = usual(dt.datetime(2026, 2, 11, 9, tzinfo=dt.UTC), 9)
    assert (found["average"], found["weeks"], found["differs"], found["best"]) == (5 * HOUR, 3, HOUR, "Wednesday")
    assert "Last week had 1:00 more. Most is done on Wednesday." in drawn(owner, NAME)
    usual(dt.datetime(2026, 2, 18, 9, tzinfo=dt.UTC), 9)
    assert "Last week had 2:00 less." in drawn(owner, NAME)
    usual(dt.datetime(2026, 2, 26, 9, tzinfo=dt.UTC), 3)
    assert "Last week was just like that." in drawn(owner, NAME)


def test_a_table_with_few_stops_for_the_keyboard(owner: User):
    for day in range(2, 5):
        make_entry(owner, at(day, 1), 60)
    html = drawn(owner, NAME, "large")
    assert len(re.findall(r"<th scope=\"row\"><abbr", html)) == 7
    assert len(re.findall(r'<th scope="col">', html)) == 12
    assert html.count('class="heat heat-1') == html.count('tabindex="-1" title="') == 3
    assert html.count("heat-today") == 1
    assert 'title="Wed 4 Mar: 1:00"' in html
    assert "<td>3:00</td>" in html  # the week
    assert "<tfoot" not in drawn(owner, NAME, "medium")
    table = html.partition("<table")[2]
    assert len(re.findall(r'<a (?![^>]*tabindex="-1")', table)) == 1
    # Thursday to Sunday of this week are still to come.
    assert html.count('class="heat ') == 84 - 4


@pytest.mark.parametrize(
    ("zone", "week_start", "first", "today"),
    [
        ("Pacific/Kiritimati", 6, dt.date(2025, 12, 14), dt.date(2026, 3, 5)),  # two in the morning of Thursday
        ("America/Los_Angeles", 0, dt.date(2025, 12, 15), dt.date(2026, 3, 4)),
    ],
)
def test_weeks_and_days_of_the_person(owner: User, zone: str, week_start: int, first: dt.date, today: dt.date):
    User.objects.update(time_zone=zone, week_start=week_start)
    owner.refresh_from_db()
    make_entry(owner, at(4, 10, 30), 60)
    found = read(owner, NAME)
    worked = {day: seconds for day, (seconds, _level) in cells_of(found).items() if seconds}
    assert found["columns"][0].first == first
    assert min(cells_of(found)) == first
    assert worked == {dt.date(2026, 3, 5) if week_start else dt.date(2026, 3, 4): HOUR}
    assert report(owner, Question(today, today)).shown == HOUR
    assert drawn(owner, NAME).count("heat-today") == 1


def test_only_what_one_may_see(owner: User, lead: User, teammate: User, outsider: User):
    make_entry(owner, at(3, 1), 60)
    make_entry(outsider, at(3, 1), 120)

    def tuesday(person: User, scope: str) -> int:
        cells = cells_of(read(person, NAME, scope=scope))
        return cells[dt.date(2026, 3, 3)][0] if cells else 0

    assert [tuesday(person, "me") for person in (owner, lead, teammate, outsider)] == [HOUR, 0, 0, 2 * HOUR]
    assert [tuesday(person, "team") for person in (owner, lead, teammate, outsider)] == [HOUR, HOUR, 0, 2 * HOUR]


def test_nothing_yet(owner: User, olga: Client):
    assert "Each day gets a square here" in drawn(owner, NAME)
    make_entry(owner, at(4, 1) - dt.timedelta(weeks=13), 60)
    assert "Each day gets a square here" in drawn(owner, NAME)
    owner.dashboard = [{"name": NAME, "size": "small", "settings": {"scope": "nobody"}}]
    owner.save()
    page = text(olga.get("/dashboard/widgets/"))
    assert "widget-medium" in page  # it has no small size
    assert page.count("<li>") >= 2  # and both are said


@pytest.mark.parametrize("rows", [1, 3])
def test_statements(owner: User, rows: int):
    for day in range(rows):
        for _project in range(rows):
            make_entry(owner, at(4, 1) - dt.timedelta(days=day), 60, project=make_project())
    assert cost(owner, NAME, "large") <= MOST_STATEMENTS - 1
    assert cost(owner, NAME, scope="team") <= MOST_STATEMENTS - 1
