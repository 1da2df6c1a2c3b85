"""The card of a model: its figures as they were kept, and what is said without one."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from accounts.models import User
from analytics.choices import ModelKind
from analytics.models import TrainedModel
from analytics.views.model_card import EARLIER, OTHER, features_in_words
from tests.analytics.foresight import make_done, make_model, make_told, score
from tests.analytics.test_record_pages import part, rows, words
from tests.conftest import ClientFor
from tests.tracking.pages import MOST_STATEMENTS, statements, text
from tests.work import make_project
from tracking.models import Task

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wednesday")]
URL = "/insights/estimates/model/time-estimate/"
ROUGH = "/insights/estimates/model/rough-estimate/"


def test_what_is_in_use(olga: Client):
    make_model(version=1, in_use=False, accuracy=0.7)
    make_model(version=3, in_use=False, accuracy=0.9)
    make_model(version=2)
    page = text(olga.get(URL))
    said = words(page)

    for sentence in (
        "Version 2", "Trained 3 Mar 2026 12:00", "Tasks 1,200", "Finished 16 Sep 2023 – 3 Mar 2026",
        "Libraries numpy 2.3.4, scikit-learn 1.7.2, skops 0.13.0", "Training 13 s, 240 MB",
    ):  # fmt: skip
        assert sentence in said
    assert rows(page, "versions") == [
        "3 3 Mar 1,200 90 %",
        "2 3 Mar 1,200 82 % in use",
        "1 3 Mar 1,200 70 %",
    ]


def test_its_figures_beside_those_without_it(olga: Client):
    make_model()
    page = text(olga.get(URL))
    said = words(page)

    assert "The later half, which decides 500 tasks" in said
    assert "All of the back-test 1000 tasks" in said
    for sentence in (
        "Mean error in hours 3.89 4.43", "Mean error in hours 4.01 4.43",
        "Mean size of the logarithm of took ÷ told 0.415 0.422", "Share of ranges that held 0.819 0.802",
        "Winkler score of the ranges, lower is better 2.29 2.71", "Median of the range’s end ÷ beginning 3.9 4.0",
    ):  # fmt: skip
        assert sentence in said
    assert rows(page, "card-of-size") == [
        "under 1 h 250 80 % 91 %", "1 to 3.5 h 250 81 % 81 %", "3.5 to 10 h 250 82 % 71 %",
        "10 h and more 250 83 % 61 %",
    ]  # fmt: skip
    assert rows(page, "reliability") == ["Low 10 % 12 %", "Middle 50 % 48 %", "High 90 % 93 %"]
    dots = re.findall(r'<circle class="plot-dot" cx="([\d.]+)%" cy="([\d.]+)%"', page.partition("plot-square")[2])
    assert [(float(x), float(y)) for x, y in dots] == [(10, 88), (50, 52), (90, 7)]
    months = TrainedModel.objects.get().metrics["months"]
    assert len(rows(page, "months")) == len(months) == 12
    held = round(months[0]["coverage"] * months[0]["tasks"])
    assert rows(page, "months")[0].startswith(f"Jan 2025 {held} of 81 {round(100 * held / 81)} %")


@pytest.mark.parametrize(
    ("points", "ranges", "sentences"),
    [
        (True, True, ("Names ranges", "Names the middle of the range", "mean error was 0.88 of the people’s own")),
        (False, True, ("Names ranges", "Names no middle", "So the middle stays with people’s estimates.")),
        (False, False, ("Names no ranges", "ranges rest on earlier tasks alone", "scored 0.85 of those")),
    ],
)
def test_what_it_may_say_and_why(olga: Client, points: bool, ranges: bool, sentences: tuple[str, ...]):
    make_model(points=points, ranges=ranges)
    page = words(text(olga.get(URL)))
    for sentence in (*sentences, "and 0.983 in logarithms (at most 1.01)", "(at most 0.97 may be)"):
        assert sentence in page


def test_a_rough_one_names_no_figure(olga: Client):
    make_model(ModelKind.ROUGH, points=False)
    page = words(text(olga.get(ROUGH)))
    assert "Of a task that nobody has estimated no single figure is worth saying." in page
    assert "people’s own in hours" not in page
    assert "No model yet" in words(text(olga.get(URL)))


NOTHING = score(0, mae=None, malr=None, coverage=None, winkler=None, width=None)


@pytest.mark.parametrize("metrics", [{}, {name: {"model": NOTHING, "plain": NOTHING} for name in ("recent", "all")}])
def test_one_that_was_tried_on_nothing(olga: Client, metrics: dict):
    make_model(metrics=metrics, features=[], left_out={}, libraries={}, points=False, ranges=False)
    page = words(text(olga.get(URL)))
    assert "There was too little to try it on." in page
    assert "Mean error in hours" not in page
    assert "Finished tasks it did not learn from None." in page


def test_figures_of_nothing_divide_nothing(olga: Client):
    nothing = score(1, mae=0, malr=0, coverage=0, winkler=None, width=1)
    sizes = [{"from": 0, "to": 1.0, "tasks": 0, "coverage": None, "plain_coverage": None}]
    make_model(metrics={"recent": {"model": nothing, "plain": nothing}, "sizes": sizes})
    page = text(olga.get(URL))
    assert rows(page, "card-of-size") == ["under 1 h 0 – –"]
    assert "mean error was – of the people’s own" in words(page)


def test_what_it_looks_at_in_words():
    names = ["all_ratio", "all_count", "person_project_hours", "estimate", "title_words", "topic_0", "topic_15"]
    found = features_in_words([*names, "person", "whatever"])

    assert [(str(group), count) for group, count, _whose in found] == [
        (str(EARLIER), 3), ("The estimate: its size, and whether it is a whole number of hours", 1),
        ("Words and length of the title", 3), ("Who it is assigned to, who made it, its project and its tags", 1),
        (str(OTHER), 1),
    ]  # fmt: skip
    assert found[0][2] == "everybody, the person in this project"
    assert sum(count for _group, count, _whose in found) == len(names) + 2


def test_what_is_left_out_in_words(olga: Client):
    make_model(left_out={"odd_time": 31, "estimated_after": 4, "no_time": 0, "else": 1})
    page = words(text(olga.get(URL)))
    assert "over-long and not reviewed 31 estimated after they were finished 4 else 1" in page
    assert "without time" not in page.partition("did not learn from")[2].partition("Versions")[0]


# ── In use ───────────────────────────────────────────────────────────────────
def test_ranges_told_lately_are_everybodys(client_for: ClientFor, outsider: User, owner: User):
    project = make_project(owner, is_public=False, name="Secret works")
    for _ in range(30):
        make_told(3, project=project, name="Secret task")
    for _ in range(10):
        make_told(9, project=project)
    make_told(9, estimate=None, project=project)
    browser = client_for(outsider)
    page = text(browser.get(URL))
    assert "Ranges told lately 75 % 30 of 40 As they should" in words(page)
    assert "Secret" not in page
    assert "0 % 0 of 1 Too few to judge: 1 of 30 finished tasks" in words(text(browser.get(ROUGH)))


def test_drift_is_said(olga: Client):
    make_model()
    for place in range(100):
        make_told(3 if place < 69 else 9)
    assert "Of the last 100 ranges 69 held; 70 to 90 should." in words(text(olga.get(URL)))
    Task.objects.filter(tracked_seconds=9 * 3600).first().delete()
    assert "70 to 90 should" not in words(text(olga.get(URL)))


# ── Without one ──────────────────────────────────────────────────────────────
def test_nothing_yet(olga: Client):
    for _ in range(12):
        make_done(3)
    make_done(3, None)
    assert "12 of 300 finished tasks that a model needs. Until then ranges are made without one." in words(
        text(olga.get(URL))
    )
    assert "13 of 300 finished tasks" in words(text(olga.get(ROUGH)))
    assert "To rank or to judge people." in words(text(olga.get(URL)))
    make_model(in_use=False)
    assert "None of the versions is in use." in words(text(olga.get(URL)))


def test_enough_but_not_trained_yet(olga: Client, monkeypatch: pytest.MonkeyPatch):
    make_done(3)
    monkeypatch.setattr("analytics.views.model_card.FEWEST_FOR_MODEL", 1)
    assert "1 finished task to learn from. A model is trained at night." in words(text(olga.get(URL)))


# ── Who ──────────────────────────────────────────────────────────────────────
def test_everybody_here_reads_it_and_nobody_else(client_for: ClientFor, owner: User, outsider: User):
    make_model()
    for person, status in ((owner, 200), (outsider, 200), (None, 302)):
        assert client_for(person).get(URL).status_code == status
    assert client_for(owner).get("/insights/estimates/model/other/").status_code == 404
    assert client_for(owner).post(URL).status_code == 405


def test_it_reads_the_one_artefact_whose_seal_it_looks_at(olga: Client, django_assert_max_num_queries):
    make_model()
    few = statements(olga, URL)
    for version in range(2, 5):
        make_model(version=version, in_use=False)
        make_told(3)
    assert statements(olga, URL) == few <= MOST_STATEMENTS
    with django_assert_max_num_queries(MOST_STATEMENTS) as asked:
        olga.get(URL)
    [sealed] = [one["sql"] for one in asked.captured_queries if "model_data" in one["sql"]]
    assert " LIMIT " in sealed


def test_a_version_that_is_refused_is_called_so(olga: Client):
    make_model()
    assert "refused" not in olga.get(URL).content.decode()

    TrainedModel.objects.update(signature="0" * 64)

    assert "Version in use refused" in olga.get(URL).content.decode()


def test_figures_are_written_as_one_reads_them(olga: Client):
    make_model()
    User.objects.update(language="de")
    page = words(text(olga.get(URL)))
    assert "3,89 4,43" in page
    assert 'cx="10.0%"' in text(olga.get(URL))
    assert part(text(olga.get(URL)), "reliability")
