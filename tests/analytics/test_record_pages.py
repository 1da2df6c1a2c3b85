"""How good were we: every number on the page, who sees what, and what is said where there is little."""

from __future__ import annotations

import datetime as dt
import html
import math
import random
import re

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from analytics.choices import Basis, Reason
from analytics.models import Prediction
from tests.analytics.foresight import DAY, make_done, make_told, say
from tests.conftest import ClientFor
from tests.tracking.pages import HTMX, MOST_STATEMENTS, statements, text
from tests.work import make_entry, make_project, make_task
from timetracker.web.durations import format_duration
from tracking.choices import Review
from tracking.models import Project, Task, TimeEntry
from tracking.services.entries import delete_entry
from tracking.services.tasks import update_task

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wednesday")]
URL = "/insights/estimates/"


def words(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def part(page: str, name: str) -> str:
    """The words of the element with that id, up to the end of its table, paragraph or span."""
    found = re.search(rf'<(\w+)[^>]* id="{name}"[^>]*>(.*?)</\1>', page, re.DOTALL)
    assert found is not None, name
    return words(found[2])


def rows(page: str, name: str) -> list[str]:
    table = re.search(rf'<table[^>]* id="{name}".*?<tbody>(.*?)</tbody>', page, re.DOTALL)
    assert table is not None, name
    return [words(row) for row in table[1].split("</tr>") if words(row)]


def clock(hours: float) -> str:
    return format_duration(round(hours * 3600))


def percent(held: int, count: int) -> str:
    return f"{math.floor(100 * held / count + 0.5)} %" if count else "–"


def wilson(held: int, count: int) -> tuple[str, str]:
    share, z = held / count, 1.959964
    middle = share + z * z / 2 / count
    reach = z * math.sqrt((share * (1 - share) + z * z / 4 / count) / count)
    low, high = ((middle + side * reach) / (1 + z * z / count) for side in (-1, 1))
    return f"{math.floor(100 * low + 0.5)} %", f"{math.floor(100 * high + 0.5)} %"


def make_history(count: int, user: User) -> None:
    """Tasks of all kinds; some opened again, some whose time was changed afterwards."""
    rng, project = random.Random(5), Project.objects.get_or_create(name="Shop", currency="EUR")[0]
    for place in range(count):
        estimate = rng.choice([None, 0.5, 1, 2, 4, 12])
        task = make_done(0, estimate, rng.uniform(1, 300), project=project, name=f"Task {place:03}")
        base = estimate or 3
        entry = make_entry(user, task.completed_at - 2 * DAY, rng.randint(10, 900), task=task)
        make_entry(user, task.completed_at - 2 * DAY, rng.randint(10, 400), task=task)
        basis = rng.choice([Basis.OWN, Basis.RATIO, Basis.MODEL]) if estimate else Basis.ROUGH
        if place % 5 == 0:
            say(task, reason=rng.choice(Reason.values))
        elif place % 7 != 0:
            say(task, base / 2, base * 3, basis=basis, middle_hours=estimate and base * 1.25)
        if place % 11 == 0:
            delete_entry(entry=entry, actor=user)
        if place % 13 == 0:
            update_task(task=Task.objects.get(pk=task.pk), actor=user, status="todo")
    TimeEntry.objects.filter(review=Review.TOO_LONG).update(review="")


def told_naively() -> dict[Task, Prediction | None]:
    found: dict[Task, Prediction | None] = {}
    for task in Task.objects.filter(status="done"):
        before = [one for one in task.predictions.all() if one.made_at <= task.completed_at and one.low_hours]
        found[task] = max(before, key=lambda one: one.made_at, default=None)
    return found


def took(task: Task) -> float:
    return sum(entry.seconds for entry in task.entries.all() if entry.deleted_at is None) / 3600


def test_every_number_is_the_plain_count(olga: Client, owner: User):
    make_history(90, owner)
    found = told_naively()
    ranges = {task: said for task, said in found.items() if said}
    held = {task for task, said in ranges.items() if said.low_hours <= took(task) <= said.high_hours}
    page = text(olga.get(URL))

    assert part(page, "held-share") == percent(len(held), len(ranges))
    assert part(page, "held-count") == f"{len(held)} of {len(ranges)}"
    low, high = wilson(len(held), len(ranges))
    assert f"lies between {low} and {high}." in words(page)
    silent = [task for task, said in found.items() if not said and task.predictions.exists()]
    assert part(page, "silent-count") == str(len(silent))
    assert f"of {len(found)} finished tasks" in words(page)
    for reason in Reason:
        count = sum(task.predictions.get().reason == reason for task in silent)
        assert f"{reason.label} {count}" in words(page)
    assert f"Of these, nobody looked at {len(found) - len(ranges) - len(silent)} " in part(page, "unasked")
    check_tables(page, ranges, held)
    check_errors(page, ranges)


def check_tables(page: str, ranges: dict[Task, Prediction], held: set[Task]) -> None:
    def line(label: str, some: list[Task]) -> str:
        return f"{label} {len(held & {*some})} of {len(some)} {percent(len(held & {*some}), len(some))}"

    def sized(low: float, high: float) -> list[Task]:
        return [task for task, said in ranges.items() if low <= (said.estimate_hours or -1) < high]

    assert rows(page, "sizes") == [
        line("under 1 h", sized(0, 1)), line("1 to 3.5 h", sized(1, 3.5)), line("3.5 to 10 h", sized(3.5, 10)),
        line("10 h and more", sized(10, math.inf)),
        line("without an estimate", [task for task, said in ranges.items() if said.estimate_hours is None]),
    ]  # fmt: skip
    assert rows(page, "bases") == [
        line(basis.label, [task for task, said in ranges.items() if said.basis == basis])
        for basis in (Basis.OWN, Basis.RATIO, Basis.MODEL, Basis.ROUGH)
    ]
    by_month: dict[tuple[int, int], list[Task]] = {}
    for task in ranges:
        by_month.setdefault((task.completed_at.year, task.completed_at.month), []).append(task)
    months = [row.split(" of ") for row in rows(page, "months")]
    assert [(row[0].split()[-1], row[1].split()[0]) for row in months] == [
        (str(len(held & {*some})), str(len(some))) for _month, some in sorted(by_month.items())
    ]
    latest = sorted(ranges, key=lambda task: task.completed_at, reverse=True)[:20]
    for task, row in zip(latest, rows(page, "finished"), strict=True):
        said = ranges[task]
        assert row.startswith(f"{task.name} Shop")
        assert f"{clock(said.low_hours)} – {clock(said.high_hours)} {clock(took(task))}" in row
        missed = "took less" if took(task) < said.low_hours else "took longer"
        assert row.endswith("held" if task in held else missed)
        assert f'href="/tasks/{task.pk}/"' in page


def check_errors(page: str, ranges: dict[Task, Prediction]) -> None:
    both = [(took(task), said.middle_hours, said.estimate_hours) for task, said in ranges.items() if said.middle_hours]
    off = [sum(abs(one[0] - one[place]) for one in both) / len(both) for place in (1, 2)]
    logs = [math.exp(sum(abs(math.log(one[0] / one[place])) for one in both) / len(both)) for place in (1, 2)]
    assert part(page, "error-middle") == clock(off[0])
    for label, hours, factor in zip(("Middle of the range", "Estimate alone"), off, logs, strict=True):
        assert f"{label} {clock(hours)} × {factor:.2f}" in words(page)
    saved = round(100 * (1 - off[0] / off[1]))
    assert saved != 0
    side = f"{saved} % closer" if saved > 0 else f"{-saved} % farther off"
    assert side in part(page, "error-saved")
    assert f"{len(both)} tasks with an estimate" in words(page)


# ── What it says ─────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("took_hours", "sentence"),
    [(5, "came 50 % closer"), (3, "The estimate alone came closer: the middle of the range was 100 % farther off.")],
)
def test_whether_the_middle_was_worth_it(olga: Client, took_hours: float, sentence: str):
    say(make_done(took_hours, 3 if took_hours == 5 else 4), 2, 8, middle_hours=4 if took_hours == 5 else 5)
    assert sentence in part(text(olga.get(URL)), "error-saved")


def test_as_close_as_the_estimate(olga: Client):
    make_told(5)
    assert "as close as the estimate alone" in part(text(olga.get(URL)), "error-saved")


def test_tasks_without_an_estimate_have_no_middle(olga: Client):
    make_told(5, estimate=None)
    assert "so there is no middle to compare with" in words(text(olga.get(URL)))


@pytest.mark.parametrize(
    ("held", "count", "sentence"),
    [
        (24, 30, "As they should"), (15, 30, "Too narrow"), (30, 30, "Wider than needed"),
        (7, 7, "Too few to judge: 7 of 30 finished tasks"),
    ],
)  # fmt: skip
def test_the_verdict(olga: Client, held: int, count: int, sentence: str):
    for place in range(count):
        make_told(3 if place < held else 9)
    page = words(text(olga.get(URL)))
    assert sentence in page
    assert "ranges are withheld" not in page


def test_drift_is_said(olga: Client):
    for place in range(100):
        make_told(3 if place < 69 else 9)
    assert "Of the last 100 ranges 69 held; 70 to 90 should." in words(text(olga.get(URL)))
    Task.objects.filter(tracked_seconds__gt=8 * 3600).order_by("pk").first().delete()
    assert "70 to 90 should" not in words(text(olga.get(URL)))


def test_nothing_yet(olga: Client):
    for _ in range(7):
        make_done(3)
    make_done(3, None)
    page = words(text(olga.get(URL)))
    assert "7 of 30 finished tasks with an estimate and time." in page
    assert "Of these, nobody looked at 8 while they were open." in page
    for _ in range(23):
        make_done(3)
    assert "each open task is told a range on its page." in words(text(olga.get(URL)))
    assert "No range to look back at here" in words(text(olga.get(f"{URL}?months=3")))


def test_what_is_left_out(olga: Client, owner: User):
    make_told(3)
    assert 'id="left-out"' not in text(olga.get(URL))
    make_done(0)
    make_entry(owner, timezone.now() - DAY, 60, task=make_told(1))
    TimeEntry.objects.update(review=Review.STOPPED)
    said = part(text(olga.get(URL)), "left-out")
    assert said.startswith("Left out: 1 finished task with time that runs")
    assert said.endswith("; 1 without time.")


# ── Which tasks ──────────────────────────────────────────────────────────────
def test_months_are_whole_and_of_the_calendar(olga: Client):
    for when in (
        dt.datetime(2025, 3, 31, 12),
        dt.datetime(2025, 4, 1),
        dt.datetime(2025, 12, 31),
        dt.datetime(2026, 1, 1),
    ):
        moment = when.replace(tzinfo=dt.UTC)
        say(make_task(status="done", completed_at=moment, tracked_seconds=9000))
    assert [part(text(olga.get(f"{URL}{query}")), "held-count") for query in ("", "?months=12", "?months=3")] == [
        "4 of 4", "3 of 3", "1 of 1",
    ]  # fmt: skip
    assert part(text(olga.get(f"{URL}?months=99")), "held-count") == "4 of 4"


def test_one_project(olga: Client):
    shop, site = make_project(name="Shop"), make_project(name="Site")
    for project, count in ((shop, 1), (site, 2)):
        for _ in range(count):
            make_told(3, project=project)
    page = text(olga.get(f"{URL}?project={site.pk}"))
    assert part(page, "held-count") == "2 of 2"
    assert f'value="{site.pk}" selected' in page
    assert f'value="{shop.pk}">Shop' in page
    assert part(text(olga.get(f"{URL}?project=x")), "held-count") == "3 of 3"


def test_only_tasks_that_one_sees(client_for: ClientFor, owner: User, teammate: User, outsider: User, manager: User):
    private = make_project(owner, (teammate,), name="Secret works", is_public=False)
    make_told(3, project=private, name="Secret task")
    make_told(9)

    for person, count in ((owner, "1 of 2"), (teammate, "1 of 2"), (outsider, "0 of 1"), (manager, "0 of 1")):
        page = text(client_for(person).get(URL))
        assert part(page, "held-count") == count
        assert ("Secret" in page) == (count == "1 of 2")
    assert client_for(owner).get(f"{URL}?project={private.pk}").status_code == 200
    assert client_for(outsider).get(f"{URL}?project={private.pk}").status_code == 404
    assert client_for(owner).get(f"{URL}?project=999999").status_code == 404


def test_nobody_is_ranked(olga: Client, teammate: User):
    make_told(3, assignee=teammate)
    make_told(9, assignee=teammate)
    assert teammate.display_name not in text(olga.get(URL))


def test_pages_of_the_list(olga: Client):
    for days in range(1, 24):
        make_told(3, days_ago=days)
    page = text(olga.get(URL, headers=HTMX))
    assert page.lstrip().startswith('<div id="record"')
    assert len(rows(page, "finished")) == 20
    assert 'href="?page=2"' in page
    assert len(rows(text(olga.get(f"{URL}?page=2")), "finished")) == 3


def test_statements_at_one_row_and_at_many(olga: Client, owner: User):
    make_history(3, owner)
    few = statements(olga, URL)
    make_history(30, owner)
    assert statements(olga, URL) == few <= MOST_STATEMENTS
    project = Task.objects.first().project_id
    assert statements(olga, f"{URL}?project={project}&months=12") <= MOST_STATEMENTS


def test_the_navigation_leads_here(olga: Client):
    page = text(olga.get(URL))
    assert 'href="/insights/" title="Insights" aria-current="page"' in page
    assert 'aria-current="page"' not in re.findall(r'<a class="nav-item" href="/reports/"[^>]*>', page)[0]
