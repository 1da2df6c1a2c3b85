"""The pure core of project health: signals, score, status, and what is said of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.health.facts import Facts, Prospect, StaleTask
from analytics.health.signals import SCALES, Budget, Level, Name, Signal, Why, signals_of
from analytics.health.verdict import Status, health_of
from analytics.health.words import LABELS, advice_of, sentence, url_of, value_words
from analytics.views.plots import chances_of

DAY = dt.timedelta(days=1)
TODAY = dt.date(2026, 3, 4)
DUE, PAST = dt.date(2026, 3, 31), dt.date(2026, 3, 1)
GOOD = Facts(
    tasks=10, open_tasks=5, estimated_tasks=10, estimated_hours=100, done_hours=50, due_tasks=5, begun_tasks=4,
    measured_tasks=8, measured_hours=80, expected_hours=84, people=3, recent_hours=60, largest_share=0.4,
    due_on=DUE, today=TODAY, prospect=Prospect(p50=TODAY, p85=DUE, chance=0.85),
)  # fmt: skip
HALF = Budget(used=0.5)


def one(name: Name, facts: Facts, budget: Budget = HALF) -> Signal:
    return next(signal for signal in signals_of(facts, budget) if signal.name == name)


# ── Signals ──────────────────────────────────────────────────────────────────
def test_a_project_that_does_well():
    health = health_of(GOOD, HALF)
    assert [signal.name for signal in health.known] == list(Name)
    assert {signal.level for signal in health.known} == {Level.OK}
    assert (health.status, health.alarming, health.worst) == (Status.HEALTHY, [], None)
    assert health.score == 96


@pytest.mark.parametrize(
    ("name", "changed", "budget", "level"),
    [
        (Name.BURN, {}, Budget(0.59), Level.OK),
        (Name.BURN, {}, Budget(0.60), Level.WARNING),
        (Name.BURN, {}, Budget(0.75), Level.CRITICAL),
        (Name.BURN, {"done_hours": 95}, Budget(1.0), Level.CRITICAL),
        (Name.BURN, {"done_hours": 100}, Budget(1.0), Level.OK),
        (Name.DEADLINE, {"prospect": Prospect(chance=0.51)}, HALF, Level.OK),
        (Name.DEADLINE, {"prospect": Prospect(chance=0.5)}, HALF, Level.WARNING),
        (Name.DEADLINE, {"prospect": Prospect(chance=0.15)}, HALF, Level.CRITICAL),
        (Name.DEADLINE, {"due_on": TODAY - dt.timedelta(1)}, HALF, Level.CRITICAL),
        (Name.OVERDUE, {"due_tasks": 11, "overdue_tasks": 1}, HALF, Level.OK),
        (Name.OVERDUE, {"due_tasks": 10, "overdue_tasks": 1}, HALF, Level.WARNING),
        (Name.OVERDUE, {"due_tasks": 10, "overdue_tasks": 3}, HALF, Level.CRITICAL),
        (Name.GROWTH, {"expected_hours": 40}, HALF, Level.OK),
        (Name.GROWTH, {"expected_hours": 100}, HALF, Level.WARNING),
        (Name.GROWTH, {"expected_hours": 120}, HALF, Level.CRITICAL),
        (Name.STALE, {"stale_tasks": 1}, HALF, Level.WARNING),
        (Name.STALE, {"stale_tasks": 2}, HALF, Level.CRITICAL),
        (Name.CONCENTRATION, {"largest_share": 0.69}, HALF, Level.OK),
        (Name.CONCENTRATION, {"largest_share": 0.7}, HALF, Level.WARNING),
        (Name.CONCENTRATION, {"largest_share": 0.9}, HALF, Level.CRITICAL),
    ],
)
def test_thresholds(name: Name, changed: dict, budget: Budget, level: Level):
    assert one(name, replace(GOOD, **changed), budget).level == level


@pytest.mark.parametrize(
    ("name", "changed", "budget", "why"),
    [
        (Name.BURN, {}, Budget(), Why.NO_BUDGET),
        (Name.BURN, {}, Budget(secret=True), Why.SECRET_BUDGET),
        (Name.BURN, {"estimated_tasks": 4, "tasks": 4}, HALF, Why.FEW_ESTIMATES),
        (Name.BURN, {"estimated_tasks": 5}, HALF, Why.FEW_ESTIMATES),
        (Name.BURN, {"estimated_hours": 0}, HALF, Why.FEW_ESTIMATES),
        (Name.DEADLINE, {"due_on": None}, HALF, Why.NO_DEADLINE),
        (Name.DEADLINE, {"open_tasks": 0}, HALF, Why.NO_TASKS),
        (Name.DEADLINE, {"prospect": Prospect()}, HALF, Why.NO_FORECAST),
        (Name.OVERDUE, {"due_tasks": 2, "overdue_tasks": 2}, HALF, Why.FEW_DATES),
        (Name.GROWTH, {"measured_tasks": 4}, HALF, Why.FEW_MEASURED),
        (Name.GROWTH, {"measured_hours": 0}, HALF, Why.FEW_MEASURED),
        (Name.STALE, {"begun_tasks": 2, "stale_tasks": 2}, HALF, Why.FEW_BEGUN),
        (Name.CONCENTRATION, {"people": 2, "largest_share": 1}, HALF, Why.FEW_PEOPLE),
        (Name.CONCENTRATION, {"recent_hours": 9}, HALF, Why.FEW_PEOPLE),
    ],
)
def test_what_is_not_known_says_why(name: Name, changed: dict, budget: Budget, why: Why):
    signal = one(name, replace(GOOD, **changed), budget)
    assert (signal.why, signal.value, signal.level) == (why, None, Level.UNKNOWN)
    assert "%" not in sentence(signal).replace(" %", "")
    assert value_words(signal) == "–"


def test_nothing_at_all():
    health = health_of(Facts(today=TODAY), Budget())
    assert (health.score, health.status, health.known) == (None, Status.UNKNOWN, [])


def test_a_closed_project_is_not_judged():
    health = health_of(replace(GOOD, overdue_tasks=5), HALF, closed=True)
    assert {signal.why for signal in health.signals} == {Why.CLOSED}
    assert health.status == Status.UNKNOWN


def test_one_signal_makes_no_score():
    alone = Facts(today=TODAY, due_tasks=4, overdue_tasks=4)
    health = health_of(alone, Budget())
    assert (health.score, health.status) == (None, Status.UNKNOWN)
    assert [signal.name for signal in health.alarming] == [Name.OVERDUE]
    assert health_of(replace(alone, begun_tasks=3), Budget()).status == Status.CRITICAL


def test_the_score_is_the_weighted_mean_of_what_is_known():
    facts = Facts(today=TODAY, due_tasks=10, overdue_tasks=3, begun_tasks=4, stale_tasks=0)
    assert health_of(facts, Budget()).score == round((2 * 100 / 3 + 1 * 100) / 3)


def test_the_worst_comes_first():
    facts = replace(GOOD, overdue_tasks=1, stale_tasks=4, largest_share=0.8)
    assert [signal.name for signal in health_of(facts, HALF).alarming] == [
        Name.STALE, Name.CONCENTRATION, Name.OVERDUE,
    ]  # fmt: skip


@given(st.sampled_from(Name), st.floats(-2, 3), st.floats(-2, 3))
def test_points_fall_as_a_value_gets_worse(name: Name, one_value: float, other: float):
    scale = SCALES[name]
    best_first = sorted((one_value, other), reverse=scale.best > scale.worst)
    better, worse = (scale.points(value) for value in best_first)
    assert 0 <= worse <= better <= 100


@given(st.sampled_from(Name), st.floats(0, 1))
def test_points_and_level_say_the_same(name: Name, value: float):
    scale = SCALES[name]
    points, level = scale.points(value), scale.level(value)
    if level == Level.OK:
        assert points >= 200 / 3 - 1e-6
    else:
        assert points <= (200 / 3 if level == Level.WARNING else 100 / 3) + 1e-6


# ── Words ────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("name", "changed", "budget", "words", "value"),
    [
        (Name.BURN, {}, Budget(0.8), "80 % of the budget is used, 50 % of the estimated work is done.", "+30 %"),
        (Name.BURN, {}, Budget(0.4), "40 % of the budget is used, 50 % of the estimated work is done.", "−10 %"),
        (Name.DEADLINE, {}, HALF, "The chance to be finished by 31 Mar 2026 is 85 %.", "85 %"),
        (Name.DEADLINE, {"due_on": PAST}, HALF, "It was due on 1 Mar 2026, and tasks are open.", "0 %"),
        (Name.OVERDUE, {"overdue_tasks": 1}, HALF, "1 of 5 open tasks with a date is overdue.", "20 %"),
        (Name.OVERDUE, {"overdue_tasks": 2}, HALF, "2 of 5 open tasks with a date are overdue.", "40 %"),
        (Name.GROWTH, {"expected_hours": 100}, HALF, "8 tasks take 25 % more than was estimated.", "+25 %"),
        (Name.GROWTH, {"expected_hours": 60}, HALF, "8 tasks take 25 % less than was estimated.", "−25 %"),
        (
            Name.STALE, {"stale_tasks": 2}, HALF,
            "2 of 4 tasks in progress have had no time and no change for 14 days.", "50 %",
        ),
        (Name.CONCENTRATION, {}, HALF, "Of 3 people, one did 40 % of the work of the last 8 weeks.", "40 %"),
    ],
)  # fmt: skip
def test_sentences(name: Name, changed: dict, budget: Budget, words: str, value: str):
    signal = one(name, replace(GOOD, **changed), budget)
    assert (sentence(signal), value_words(signal)) == (words, value)


def test_advice_follows_from_its_signal():
    advice = advice_of(one(Name.OVERDUE, replace(GOOD, overdue_tasks=3)), 7)
    assert advice.key == "project:7:overdue"
    assert advice.text == (
        "3 of 5 open tasks with a date are overdue. Move their dates, or take them out of the plan."
    )  # fmt: skip
    assert advice.url == "/tasks/?show=overdue&project=7"
    assert advice.rule == "deadline-reminder"


def test_every_signal_has_words_a_place_and_advice():
    for signal in signals_of(GOOD, HALF):
        assert LABELS[signal.name]
        assert url_of(signal, 7).startswith("/")
        assert advice_of(signal, 7).url_label


def test_rules_are_in_the_gallery():
    from analytics.health.words import RULES
    from workflows.gallery import ready_rules

    assert set(RULES.values()) <= {ready.slug for ready in ready_rules()}


# ── The plot ─────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("due", "x"), [(10, 100.0), (20, 100.0), (21, None), (-11, None), (5, 50.0)])
def test_a_deadline_far_off_is_not_on_the_plot(due: int, x: float | None):
    line = [(TODAY + day * DAY, day / 10) for day in (0, 5, 10)]
    plot = chances_of(line, line[1][0], line[2][0], TODAY + due * DAY)
    assert [mark.kind for mark in plot.moments] == ["p50", "p85", "due"]
    assert plot.moments[2].x == x
    assert all(0 <= place <= 100 for segment in plot.segments for place in segment)


# ── Kept ─────────────────────────────────────────────────────────────────────
def test_facts_come_back_from_json_as_they_were():
    line = ((TODAY, 0.1), (DUE, 0.98))
    facts = replace(GOOD, stale=(StaleTask(3, "<b>"),), prospect=replace(GOOD.prospect, line=line))
    for each in (facts, Facts(today=TODAY)):
        assert Facts.from_json(each.as_json()) == each
