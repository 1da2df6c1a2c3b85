"""Models learn, are let speak where they have been closer than people, and nowhere else."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from analytics.artefacts import dump, load
from analytics.choices import FEWEST_FOR_MODEL, Basis
from analytics.estimates.features import Encoder
from analytics.estimates.figures import history_of
from analytics.estimates.history import Past
from analytics.estimates.ladder import Ladder
from analytics.estimates.plans import Outcome
from analytics.estimates.ranges import MOST_OFF
from analytics.estimates.scores import BackTest, allowed
from analytics.estimates.training import train
from analytics.seals import sign
from tests.analytics.generator import outcomes, shuffled
from tests.analytics.trained import assert_in_order, held_open, middle_day, quickly_trained, record, trained_on_record

LATER = dt.date(2030, 1, 1)


# ── The guard ────────────────────────────────────────────────────────────────
def test_where_there_is_something_to_learn_the_model_speaks():
    trained = trained_on_record().trained

    assert (trained.points, trained.ranges) == (True, True)


def test_without_estimates_it_names_ranges_and_no_points():
    """What is urgent takes long, which the usual hours of such tasks do not know."""
    some = [replace(one, hours=one.hours * float(np.exp(1.5 * one.plan.priority))) for one in outcomes(400)]
    trained = quickly_trained(some, estimated=False).trained

    assert (trained.points, trained.ranges) == (False, True)


def test_without_estimates_it_is_silent_where_the_usual_hours_say_as_much():
    trained = trained_on_record(estimated=False).trained

    assert (trained.points, trained.ranges) == (False, False)


def test_what_was_not_said_is_not_taken_for_little():
    """All that is known has a complexity, and what is complex takes long."""
    some = [replace(one, plan=replace(one.plan, complexity=1 + place % 5)) for place, one in enumerate(outcomes(400))]
    some = [replace(one, hours=one.hours * float(np.exp(one.plan.complexity - 3))) for one in some]
    plans = [replace(some[0].plan, task=9999, day=LATER, estimate=None, complexity=each) for each in (1, 5, 0)]

    told = quickly_trained(some, estimated=False).trained.model.predict(
        plans, history_of(Past(some), plans, estimated=False)
    )

    least, most, unsaid = told.middle
    assert least + 0.5 < unsaid < most - 0.5


def test_and_is_closer_on_tasks_it_has_not_seen():
    some = outcomes(700, seed=3, tag_effect=1.4)
    training = quickly_trained(some, some[450].plan.day)
    after = [one for one in some if one.plan.day > training.trained.through]
    told = Ladder(Past(some), training.trained).estimates([one.plan for one in after])
    spoken = [(one, said) for one, said in zip(after, told, strict=True) if said.middle]

    model, human = np.array(
        [(abs(np.log(one.hours / said.middle)), abs(np.log(one.hours / one.plan.estimate))) for one, said in spoken]
    ).mean(axis=0)

    assert {said.basis for _one, said in spoken} == {Basis.MODEL}
    assert model < 0.85 * human


@pytest.mark.parametrize("estimated", [True, False])
def test_on_shuffled_hours_it_is_silent(estimated):
    """Tasks take what others took: there neither estimates nor models say anything."""
    trained = quickly_trained(shuffled(list(record())), estimated=estimated).trained

    assert (trained.points, trained.ranges) == (False, False)


@pytest.mark.parametrize("seed", range(2))
def test_on_shuffled_ratios_it_names_no_points(seed):
    """Tasks take as many times their estimate as others did: there nobody is closer than the estimate."""
    assert not quickly_trained(shuffled(list(record()), seed, ratios=True)).trained.points


def back_test(count: int = 400, **told: float) -> BackTest:
    """Every task took 1 hour. How far off, in log hours, were the model, the people and the usual hours?"""
    zeros, off = np.zeros(count), {"model": 0.1, "plain": 0.2, "level": 1.0, "width": 1.0, **told}
    plans = [outcomes(1)[0].plan] * count
    half = off["width"] / 2
    return BackTest(
        plans=plans, actual=zeros, low=zeros - half, middle=zeros + off["model"], high=zeros + half,
        plain_low=zeros - 0.6, plain=zeros + off["plain"], plain_high=zeros + 0.6, level=zeros + off["level"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("told", "may"),
    [
        ({}, (True, True)),
        ({"plain": 0.1}, (False, True)),  # as close as people are
        ({"model": 0.195}, (False, True)),
        ({"model": 0.194}, (True, True)),
        ({"width": 1.2}, (True, False)),  # no sharper than the range around the estimate
        ({"level": 0.1}, (False, False)),  # the usual hours would have done
    ],
)
def test_what_the_guard_asks(told, may):
    assert allowed(back_test(**told)) == may


def test_the_guard_looks_at_the_later_half_and_at_300_tasks_at_least():
    assert [back_test(count).recent for count in (250, 300, 500, 600, 1000)] == [0, 0, 200, 300, 500]
    assert allowed(back_test(0)) == (False, False)


def test_early_failures_do_not_count():
    told = back_test(700)
    told.middle[:300] += 5

    assert allowed(told)[0]
    assert not told.scores()[0].malr < told.scores()[1].malr


# ── What models are made from ────────────────────────────────────────────────
def test_below_300_tasks_there_is_none():
    some = [replace(one, finished=LATER - dt.timedelta(days=1)) for one in outcomes(FEWEST_FOR_MODEL)]

    assert train(Past(some[:-1]), LATER) is None
    assert train(Past(some), LATER - dt.timedelta(days=1)) is None


def test_what_is_kept_of_a_training():
    training, day = trained_on_record(), middle_day(record(), 400)
    known = [one for one in record() if one.finished < day]

    assert training.tasks == len(known)
    assert training.first == min(one.finished for one in known)
    assert training.trained.through == day - dt.timedelta(days=1)
    assert len(training.back_test) >= 0.7 * len(known)
    assert set(training.trained.spans) <= {one.plan.task for one in known}
    assert {"estimate", "person_ratio", "person_tags_hours", "weekday", "topic_0"} <= set(training.features)


def test_models_are_the_same_each_time():
    again = quickly_trained(list(record()), middle_day(record(), 400))

    assert again.trained.spans == trained_on_record().trained.spans


def test_the_same_is_said_after_a_model_was_kept():
    training = trained_on_record()
    data, facts = dump(training.trained.model), {"codes": training.trained.model.encoder.settings()}
    kept = load(data, sign(data, facts), facts)
    plans = [one.plan for one in record()[400:]]

    before = Ladder(Past(record()), held_open(training))
    after = Ladder(Past(record()), replace(held_open(training), model=kept))

    assert before.estimates(plans) == after.estimates(plans)


@pytest.mark.parametrize("estimated", [True, False])
def test_a_models_ranges_hold(estimated):
    told = trained_on_record(estimated=estimated).back_test
    model, _plain = told.scores()

    assert model.coverage == pytest.approx(0.8, abs=3 * np.sqrt(0.16 / len(told)))


ODD = {
    "all estimates equal": {"estimate": 4.0},
    "huge": {"estimate": 10_000.0},
    "nobody's, without titles": {"person": None, "author": None, "title": ""},
    "one title": {"title": "报告导出 🧮"},
    "all at once": {"day": LATER - dt.timedelta(days=9)},
}


@pytest.mark.parametrize("changed", ODD.values(), ids=ODD)
def test_odd_records_make_models_too(changed):
    some = [odd(one, **changed) for one in outcomes(330)]
    training = quickly_trained(some)
    plan = replace(some[-1].plan, task=9999, day=training.trained.through + dt.timedelta(days=1))

    told = Ladder(Past(some), held_open(training)).estimate(plan)

    assert told.known == 330
    if told.reason is None:
        assert told.model_used
        assert_in_order(told, plan.estimate)


def odd(one: Outcome, **changed) -> Outcome:
    plan = replace(one.plan, **changed)
    return Outcome(plan, max(one.finished, plan.day), min(10_000.0, one.hours / one.plan.estimate * plan.estimate))


def test_no_point_of_a_model_is_beyond_four_times_the_estimate():
    some = [replace(one, hours=one.hours * (20 if one.plan.tags == (1,) else 1)) for one in outcomes(330)]
    training, plans = quickly_trained(some), [one.plan for one in some]

    spans = training.trained.model.predict(plans, history_of(Past(some), plans, estimated=True))

    assert np.abs(spans.middle - np.log([plan.estimate for plan in plans])).max() == pytest.approx(MOST_OFF)
    assert (spans.low <= spans.high).all()


def test_what_is_rare_or_new_has_no_code_of_its_own():
    plans = [one.plan for one in outcomes(330, people=90)]
    encoder = Encoder(estimated=True).fit(plans)
    new = [replace(plans[0], person=12345, tags=(77, 78), title="unheard")]

    rows = encoder.rows(new, history_of(Past([]), new, estimated=True))

    assert len(encoder.codes["person"]) == 60
    assert np.isnan(rows[0, encoder.names.index("person")])
    assert rows.shape == (1, len(encoder.names))


# ── Small teams ──────────────────────────────────────────────────────────────
@pytest.mark.parametrize("known", [10, 30, 100])
def test_a_small_team_is_told_nothing_worse_than_it_says_itself(known):
    """The mean log error over twelve teams is at most 1.02 of that of their own estimates; silent under 30."""
    told, human = [], []
    for seed in range(12):
        some = outcomes(known + 60, seed=seed, people=4, projects=2)
        asked = some[known:]
        for one, said in zip(asked, Ladder(Past(some)).estimates([one.plan for one in asked]), strict=True):
            assert said.known >= 30 or said.middle is None
            told.append(abs(np.log(one.hours / (said.middle or one.plan.estimate))))
            human.append(abs(np.log(one.hours / one.plan.estimate)))

    assert np.mean(told) <= 1.02 * np.mean(human)
