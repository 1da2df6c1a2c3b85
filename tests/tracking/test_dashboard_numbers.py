"""Every number on the board is the one of the report that it leads to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction
from django.http import QueryDict
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from accounts.models import User
from tests.tracking.boards import keep
from tests.tracking.pages import HTMX, NOON, at, text
from tests.work import make_entry, make_project
from timetracker.web.durations import format_duration
from timetracker.web.widgets import Asked, Place, Range, Scope, Size, get_widget
from tracking.forms.reports import ReportForm
from tracking.queries import worked_seconds
from tracking.reports import Question, Report, report
from tracking.services.entries import create_entry
from tracking.services.timer import start_timer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wednesday")]
ZONES = ("UTC", "Europe/Berlin", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Australia/Lord_Howe")
FIVE_WEEKS = 35 * 86400
entries = st.lists(
    st.tuples(st.integers(1, FIVE_WEEKS), st.integers(1, 30 * 3600), st.integers(0, 3)), min_size=1, max_size=8
)
"""Seconds before now, how long, which project (none for 0)."""


@contextmanager
def forgotten() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def read(person: User, name: str, size: Size | None = None, **chosen: Any) -> dict[str, Any]:
    widget = get_widget(name)
    place = Place(widget, size or widget.size, widget.fit(chosen))
    return dict(widget.read(Asked(person, NOON.astimezone(person.zone)), place))


def behind(person: User, url: str) -> Report:
    """The report that a link leads to, as its page reads the address."""
    path, _mark, query = url.partition("?")
    form = ReportForm(QueryDict(query), user=person)
    assert path == "/reports/"
    assert form.is_valid(), form.errors
    return report(person, form.question())


def check_chart(person: User, **chosen: Any) -> None:
    found = read(person, "time-chart", **chosen)
    chart, whole = found["chart"], behind(person, found["more"])
    assert found["more_label"] == format_duration(whole.shown, person.hours_format)
    assert sum(day["seconds"] for day in chart["days"]) == whole.shown
    assert sum(each["seconds"] for each in chart["series"]) == whole.shown
    for place, each in enumerate(chart["series"]):
        assert each["seconds"] == sum(day["cells"][place] for day in chart["days"])
        if each["url"]:
            assert each["seconds"] == behind(person, each["url"]).shown
    assert [day["seconds"] for day in chart["days"]] == [sum(day["cells"]) for day in chart["days"]]
    empty = [day for day in chart["days"] if not day["seconds"]][:2]  # more of them add nothing to the sum above
    for day in [*(day for day in chart["days"] if day["seconds"]), *empty]:
        assert day["seconds"] == behind(person, day["url"]).shown
    assert [each["seconds"] for each in chart["data"]["series"]] == [
        [day["cells"][place] for day in chart["days"]] for place in range(len(chart["series"]))
    ]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    entries, st.sampled_from(ZONES), st.sampled_from(["clock", "decimal"]), st.integers(0, 6),
    st.sampled_from(Range.values), st.sampled_from(Scope.values), st.booleans(),
)  # fmt: skip
@example([(3600, 40, 1), (90_000, 40, 1)], "UTC", "clock", 0, Range.THIS_WEEK, Scope.ME, False)  # 0:01 is not 0:02
def test_they_say_the_same(owner: User, worked, zone, hours_format, week_start, of_range, scope, of_one):
    with forgotten():
        owner.time_zone, owner.hours_format, owner.week_start = zone, hours_format, week_start
        owner.save()
        projects = [None, make_project(), make_project(), make_project()]
        for before, length, which in worked:
            begin = NOON - dt.timedelta(seconds=before)
            end = min(begin + dt.timedelta(seconds=length), NOON)
            create_entry(user=owner, started_at=begin, ended_at=end, project=projects[which])
        stats = read(owner, "quick-stats")
        week, mine = stats["week"], (owner.pk,)
        assert week.today_total.seconds == behind(owner, stats["today_url"]).shown
        assert week.total.seconds == week.seconds == behind(owner, stats["week_url"]).shown
        assert week.seconds == report(owner, Question(week.first, week.last, people=mine)).shown
        assert week.seconds == worked_seconds(owner, week.first, week.last)
        goal = read(owner, "week-goal")
        assert goal["week"].seconds == behind(owner, goal["week_url"]).shown
        for size in (Size.SMALL, Size.LARGE):
            for work, total, url in read(owner, "recent-projects", size)["projects"]:
                alone = Question(week.first, week.last, people=mine, projects=(work.project.pk,))
                assert total.seconds == behind(owner, url).shown == report(owner, alone).shown
        check_chart(owner, range=of_range, scope=scope, project=projects[1].pk if of_one else None)


def test_everybody_is_who_one_may_see(lead: User, owner: User, outsider: User):
    for person, hours in ((lead, 1), (owner, 2), (outsider, 4)):
        make_entry(person, at(3, 9), hours * 60, project=make_project())
    assert read(lead, "time-chart", scope="team")["more_label"] == "3:00"
    assert read(lead, "time-chart")["more_label"] == "1:00"
    assert read(owner, "time-chart", scope="team")["more_label"] == "2:00"
    check_chart(lead, scope="team")


def test_a_timer_stands_on_top(olga: Client, owner: User):
    """The report has what is finished; the clock on the page adds what runs to it."""
    project = make_project()
    make_entry(owner, at(3, 9), 45, project=project)
    make_entry(owner, at(4, 9), 30, project=project)
    start_timer(user=owner, project=project, started_at=NOON - dt.timedelta(hours=1))
    stats = read(owner, "quick-stats")
    assert stats["week"].total.finished == behind(owner, stats["week_url"]).shown == 75 * 60
    assert stats["week"].today_total.finished == behind(owner, stats["today_url"]).shown == 30 * 60
    ((_work, total, url),) = read(owner, "recent-projects")["projects"]
    assert total.finished == behind(owner, url).shown == 75 * 60
    assert total.seconds == 135 * 60
    keep(owner, "recent-projects")
    page = text(olga.get("/dashboard/widgets/recent-projects/", headers=HTMX))
    assert f'data-clock-break="{-75 * 60}"' in page
    assert "2:15" in page


@pytest.mark.parametrize("name", ["quick-stats", "week-goal", "time-chart", "recent-projects"])
def test_without_a_goal_and_without_entries(olga: Client, owner: User, name: str):
    User.objects.update(weekly_goal_hours=0)
    keep(owner, name)
    assert "This could not be shown." not in text(olga.get(f"/dashboard/widgets/{name}/", headers=HTMX))


def test_many_projects_are_few_colours_and_lose_nothing(owner: User):
    for number in range(12):
        project = make_project(name=f"Project {number:02} with a name that goes on and on")
        make_entry(owner, at(2 + number % 3, 8), 60 - number, project=project)
    found = read(owner, "time-chart")["chart"]
    assert len(found["series"]) == 8
    assert [each["label"][:10] for each in found["series"][:2]] == ["Project 00", "Project 01"]
    rest = found["series"][-1]
    assert (rest["label"], rest["seconds"]) == ("5 others", sum(60 - number for number in range(7, 12)) * 60)
    assert sum(each["seconds"] for each in found["series"]) == sum(day["seconds"] for day in found["days"])
    for day in found["days"]:
        assert sum(day["cells"]) == day["seconds"]
