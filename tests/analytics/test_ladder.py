"""How much is said by how much is known; and that whatever is said makes sense, for whatever record."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.choices import Basis, Reason
from analytics.estimates.history import Past
from analytics.estimates.ladder import Estimate, Ladder, Trained
from analytics.estimates.plans import Outcome, Plan
from tests.analytics.generator import outcomes, without_estimate
from tests.analytics.trained import EDGE, assert_in_order, held_open, quickly_trained, record, trained_on_record

DAY = dt.date(2026, 3, 2)
ONE_DAY = dt.timedelta(days=1)
PLAN = Plan(task=99_999, day=DAY, estimate=4.0, project=1, person=1, tags=(1,), title="draw a chart")
RATIOS = (0.5, 0.7, 0.8, 0.9, 1.0, 1.0, 1.1, 1.2, 1.4, 2.0)
TITLES = (
    "", " ", "…", "🧮📈", "Bericht über Größe", "отчёт", "报告导出", "レポート", "تقرير", "דוח", "रिपोर्ट", "รายงาน",
    "báo cáo", "보고서", "αναφορά", "રિપોર્ટ", "ரிப்போர்ட்", "ანგარიში", "հաշվետվություն", "sprawozdanie ąęł",
    "izvještaj š", "zpráva ř", "ገጽ", "ရုပ်", "ລາຍ", "របាយ", "rapport à", "relación ñ", "relatório ç", "skýrsla þ",
    "aruanne õ", "pārskats ķ", "ataskaita ė", "rapor ğı", "тайлан", "есеп", "ریپورٹ", "گزارش", "রিপোর্ট", "ਰਿਪੋਰਟ",
    "రిపోర్ట్", "ರಿಪೋರ್ಟ್", "රිපෝට්", "zwiększ 𝔘𝔫𝔦", "a\u0301\u200d\x00", "x" * 250,
)  # fmt: skip


def finished(count: int, *, ratios=RATIOS, person: int | None = 1, project: int = 1, first: int = 1) -> list[Outcome]:
    """The day before, in this order."""
    plan = replace(PLAN, day=DAY - ONE_DAY, person=person, project=project)
    return [
        Outcome(replace(plan, task=first + number), DAY - ONE_DAY, 4.0 * ratios[number % len(ratios)])
        for number in range(count)
    ]


def said_of(some: list[Outcome], plan: Plan = PLAN, trained: Trained | None = None) -> Estimate:
    return Ladder(Past(some), trained).estimate(plan)


@cache
def open_model() -> Trained:
    """That has learned from `slow`."""
    return held_open(quickly_trained(slow(400), DAY))


# ── The rungs ────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("known", "basis", "provisional"),
    [
        (0, Basis.NONE, False), (29, Basis.NONE, False), (30, Basis.OWN, True), (99, Basis.OWN, True),
        (100, Basis.RATIO, False), (299, Basis.RATIO, False), (300, Basis.MODEL, False),
    ],
)  # fmt: skip
def test_rungs(known, basis, provisional):
    told = said_of(slow(known), trained=open_model())

    assert (told.basis, told.provisional, told.known) == (basis, provisional, known)
    assert told.reason == (Reason.FEW if basis == Basis.NONE else None)


def slow(count: int) -> list[Outcome]:
    """By somebody who takes half as long again as they estimate; one a day, so that each is known to the next."""
    ratios = np.exp(np.random.default_rng(7).normal(0.4, 0.3, 500))
    return spread_over_days(finished(count, ratios=ratios), count)


def test_few_leaves_nothing_but_the_count():
    assert said_of(finished(29)) == Estimate(Basis.NONE, 29, Reason.FEW)


def test_what_is_finished_on_the_day_itself_is_not_known():
    some = finished(30)
    some[-1] = replace(some[-1], finished=DAY)

    assert (said_of(some).known, said_of(some, replace(PLAN, day=DAY + ONE_DAY)).known) == (29, 30)


def test_a_model_says_nothing_of_days_that_it_has_learned_from():
    trained = replace(open_model(), through=DAY)

    assert said_of(slow(400), trained=trained).basis == Basis.RATIO
    assert not said_of(slow(400), trained=trained).model_used


@pytest.mark.parametrize(("points", "basis"), [(True, Basis.MODEL), (False, Basis.RATIO)])
@pytest.mark.parametrize("ranges", [True, False])
def test_a_model_says_what_it_is_allowed_to(points, basis, ranges):
    told = said_of(slow(400), trained=replace(open_model(), points=points, ranges=ranges))

    assert (told.basis, told.model_used) == (basis, points or ranges)


def test_the_range_around_an_estimate_is_made_of_ratios():
    told = said_of(finished(50))

    assert (told.low, told.middle, told.high) == pytest.approx((2.0, 4.0, 8.0))
    assert told.ratio == pytest.approx(1.0)
    assert told.ratio_count == 50


def test_a_point_stays_within_four_times_the_estimate_and_its_range_with_it():
    """Also of a company whose tasks all take six times as long."""
    told = said_of(spread_over_days(finished(90, ratios=(5.5, 6.0, 6.5)), 90))

    assert (told.low, told.middle, told.high) == pytest.approx((16.0, 16.0, 26.0))


# ── Silence ──────────────────────────────────────────────────────────────────
def test_where_all_was_planned_before_the_first_was_finished_ranges_could_not_be_tried():
    """Without estimates, what such tasks take is known only from others."""
    some = [replace(one, plan=without_estimate(one.plan)) for one in finished(40)]

    said = Ladder(Past(some), estimated=False).estimate(replace(PLAN, estimate=None))

    assert (said.reason, said.high, said.confidence) == (Reason.UNTRIED, None, None)


@pytest.mark.parametrize(
    ("estimate", "reason"),
    [(4, None), (16, None), (16.1, Reason.FAR), (1, None), (0.99, Reason.FAR), (10_000, Reason.FAR)],
)
def test_of_estimates_unlike_all_that_were_tried_nothing_is_said(estimate: float, reason: Reason | None):
    """All that are known were estimated at four hours."""
    assert said_of(finished(40), replace(PLAN, estimate=estimate)).reason == reason


@pytest.mark.parametrize(("times", "reason"), [(3.9, None), (4.1, Reason.WIDE)])
def test_a_range_of_more_than_sixteen_times_is_withheld(times, reason):
    told = said_of(spread_over_days(finished(60, ratios=(1 / times, 1 / times, 1, times, times)), 60))

    assert told.reason == reason
    assert (told.confidence is None, told.low is None) == (bool(reason), bool(reason))


@pytest.mark.parametrize(
    ("person", "project", "reason"),
    [(1, 1, None), (9, 1, None), (1, 9, None), (9, 9, Reason.NEW), (None, 9, Reason.NEW), (None, 1, None)],
)
def test_a_new_person_on_a_new_project_is_told_nothing(person, project, reason):
    assert said_of(finished(60), replace(PLAN, person=person, project=project)).reason == reason


def test_somebody_is_not_known_by_tasks_that_nobody_was_to_do():
    assert said_of(finished(60, person=None), replace(PLAN, person=None, project=9)).reason == Reason.NEW


@pytest.mark.parametrize(
    ("then", "reason"),
    [((0.4, 2.5), Reason.DRIFT), ((1.0,), Reason.DRIFT), ((0.7, 0.8, 0.9, 1.1, 1.15, 1.2, 1.25, 1.3, 0.75, 3.0), None)],
)
def test_ranges_are_withheld_that_held_too_seldom_or_too_often(then, reason):
    """Of the last hundred tasks: four in ten, all, and nine in ten."""
    before = spread_over_days(finished(300, ratios=(0.7, 0.8, 0.9, 1.0, 1.0, 1.0, 1.1, 1.2, 1.3, 0.75)), 400)
    after = spread_over_days(finished(100, ratios=then, first=301), 100)

    assert said_of([*before, *after]).reason == reason


def test_less_than_a_hundred_ranges_prove_no_drift():
    before = spread_over_days(finished(60), 400)
    after = spread_over_days(finished(38, ratios=(1.0,), first=61), 38)
    told = said_of([*before, *after])

    assert (told.reason, told.checked < 100) == (None, True)


def spread_over_days(some: list[Outcome], ago: int) -> list[Outcome]:
    days = [DAY - (ago - number) * ONE_DAY for number in range(len(some))]
    return [Outcome(replace(one.plan, day=day), day, one.hours) for one, day in zip(some, days, strict=True)]


def test_without_an_estimate_there_is_a_rough_range_and_no_middle():
    some = spread_over_days(finished(60), 60)
    told = Ladder(Past(some), estimated=False).estimate(without_estimate(PLAN))

    assert (told.basis, told.middle, told.ratio, told.provisional) == (Basis.ROUGH, None, None, True)
    assert told.low < 4 < told.high


@pytest.mark.parametrize("estimated", [True, False])
def test_a_ladder_refuses_what_the_other_one_is_for(estimated):
    plan = without_estimate(PLAN) if estimated else PLAN

    with pytest.raises(ValueError, match="other tasks"):
        Ladder(Past([]), estimated=estimated).estimate(plan)


# ── A person's ratio ─────────────────────────────────────────────────────────
def test_a_persons_ratio_is_used_where_it_has_helped():
    some = outcomes(220, people=2, bias=0.0)
    biased = [replace(one, hours=one.hours * 0.6) if one.plan.person == 1 else one for one in some]
    plan = replace(some[-1].plan, task=9999, day=some[-1].plan.day + 30 * ONE_DAY, estimate=4.0)

    own, other = (said_of(biased, replace(plan, person=person)) for person in (1, 2))

    assert (own.basis, other.basis) == (Basis.RATIO, Basis.RATIO)
    assert own.middle == pytest.approx(4 * 0.63, abs=0.15)
    assert other.middle == pytest.approx(4, abs=0.15)


@pytest.mark.parametrize("seed", range(5))
def test_a_persons_ratio_stays_silent_where_nobody_is_biased(seed):
    some = outcomes(250, seed=seed, bias=0.0)
    plan = replace(some[-1].plan, task=9999, day=some[-1].plan.day + 30 * ONE_DAY)

    assert said_of(some, plan).basis in (Basis.OWN, Basis.NONE)


# ── Whatever the record ──────────────────────────────────────────────────────
HOURS = st.sampled_from([0.01, 0.25, 1.0, 4.0, 100.0, 10_000.0])


@dataclass(frozen=True)
class Odd:
    """A record of whoever, with estimates that may be all equal, tiny or huge, and titles of any kind."""

    seed: int
    count: int
    same: float | None
    shift: float
    spread: float

    def outcomes(self) -> list[Outcome]:
        dice = np.random.default_rng(self.seed)
        found = []
        for number in range(self.count):
            estimate = self.same or float(dice.choice([0.01, 0.5, 1, 1, 2, 7, 10_000]))
            day = DAY - dt.timedelta(days=int(dice.integers(1, 200)))
            plan = Plan(
                task=number, day=day, estimate=estimate, project=int(dice.integers(1, 4)),
                person=None if dice.random() < 0.3 else int(dice.integers(1, 4)),
                tags=tuple(range(int(dice.integers(3)))), title=TITLES[number % len(TITLES)],
            )  # fmt: skip
            hours = min(10_000.0, max(1 / 3600, estimate * float(np.exp(dice.normal(self.shift, self.spread)))))
            found.append(Outcome(plan, min(DAY, day + dt.timedelta(days=int(dice.integers(0, 9)))), hours))
        return found


ODD = st.builds(
    Odd,
    seed=st.integers(0, 2**16),
    count=st.sampled_from([1, 9, 30, 60, 130, 330]),
    same=st.one_of(st.none(), HOURS),
    shift=st.sampled_from([0.0, 2.5, -2.5]),
    spread=st.sampled_from([0.0, 0.1, 0.8, 3.0]),
)


@settings(max_examples=60, deadline=None)
@given(odd=ODD, estimate=HOURS, person=st.sampled_from([None, 1, 8]), title=st.sampled_from(TITLES))
def test_whatever_is_said_is_in_order(odd, estimate, person, title):
    some, plan = odd.outcomes(), replace(PLAN, estimate=estimate, person=person, title=title)

    told = said_of(some, plan)

    assert told.known == sum(one.finished < DAY for one in some)
    if told.reason is None:
        assert_in_order(told, estimate)
    else:
        assert (told.low, told.middle, told.high, told.basis) == (None, None, None, Basis.NONE)


@settings(max_examples=25, deadline=None)
@given(odd=ODD, person=st.sampled_from([None, 1, 8]))
def test_rough_ranges_are_in_order(odd, person):
    told = Ladder(Past(odd.outcomes()), estimated=False).estimate(without_estimate(replace(PLAN, person=person)))

    assert told.middle is None
    assert (told.reason is not None) or 0 <= told.low <= told.high <= (told.low + EDGE) * 64.01


def test_many_at_once_are_told_what_each_is_told():
    ladder = Ladder(Past(record()), held_open(trained_on_record()))
    plans = [one.plan for one in record()[430:]]

    assert ladder.estimates(plans) == [ladder.estimate(plan) for plan in plans]


@pytest.mark.parametrize("past", [[], finished(1)])
def test_from_next_to_nothing_nothing_is_said(past):
    assert Ladder(Past(past)).estimates([]) == []
    assert said_of(past).reason == Reason.FEW
