"""What a training leaves behind, when the new model is used, and what there is to say of odd pasts."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from analytics.choices import ModelKind
from analytics.estimates.history import Past
from analytics.estimates.training import Training, train
from analytics.models import TrainedModel
from analytics.services import training as services
from analytics.services import versions
from analytics.services.cards import card
from analytics.services.training import TOLERANCE, is_worse, retrain
from analytics.services.versions import KEPT_VERSIONS, read
from tests.analytics.learned import SCORE, TODAY, keep_tasks, make_outcomes, make_version, quick_training
from tests.conftest import ClientFor
from timetracker.web.errors import Conflict
from timetracker.web.locks import only_one

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_models", "organisation")]

TITLES = [
    "Überprüfung", "проверка", "έλεγχος", "検査 する", "검사", "检查", "فحص", "בדיקה", "जाँच", "ตรวจสอบ", "🙂",
    "İİ", "a\u0301", "ﬁ", "\u200b", "x" * 250, "%s {0} \\ '\"", "<b>", "🇩🇪",
]  # fmt: skip


def learn(**fixed: Any) -> Training:
    found = train(Past(make_outcomes(**fixed)), TODAY.date())
    assert found is not None
    return found


def retrained(**options: Any) -> services.Retrained:
    return retrain(kind=ModelKind.ESTIMATE, now=TODAY, **options)


# ── The card ─────────────────────────────────────────────────────────────────
def test_the_card_of_a_training():
    training = quick_training()
    told = card(training, seconds=3.14159)
    model, plain = training.back_test.scores(training.back_test.recent)

    assert told["recent"]["model"]["winkler"] == round(model.winkler, 4)
    assert told["recent"]["plain"]["mae"] == round(plain.mae, 4)
    assert told["all"]["model"]["tasks"] == len(training.back_test) == sum(one["tasks"] for one in told["sizes"])
    assert [(one["from"], one["to"]) for one in told["sizes"]] == [(0, 1), (1, 3.5), (3.5, 10), (10, None)]
    assert sum(one["tasks"] for one in told["months"]) == told["all"]["model"]["tasks"]
    assert (told["months"][0]["month"], told["months"][-1]["month"], len(told["months"])) == ("2025-10", "2026-03", 6)
    assert (told["first_told"], told["last_told"]) == ("2025-10-26", "2026-03-01")
    assert [one["stated"] for one in told["reliability"]] == [0.1, 0.5, 0.9]
    low, _middle, high = (one["observed"] for one in told["reliability"])
    assert low < 0.35 < 0.75 < high
    assert told["seconds"] == 3.1
    assert 50 < told["peak_mb"] < 2000


def test_inside_a_range_is_what_the_scores_call_inside():
    told = card(quick_training(), seconds=1)

    counted = sum(one["tasks"] * one["coverage"] for one in told["sizes"] if one["tasks"])
    assert round(counted) == round(told["all"]["model"]["tasks"] * told["all"]["model"]["coverage"])


# ── Odd pasts ────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("count", [0, 1, 299])
def test_too_few_tasks(count: int):
    keep_tasks(make_outcomes(count))

    result = retrained()

    assert (result.tasks, result.model, result.kept) == (count, None, False)
    assert not TrainedModel.objects.exists()


@pytest.mark.parametrize(
    "fixed",
    [
        {"estimate": 2.0},
        {"hours": 2.0, "estimate": 2.0},
        {"hours": 10_000.0},
        {"hours": 0.01},
        {"title": ""},
        {"title": "the same words for one and all of them"},
        {"finished": TODAY.date() - dt.timedelta(days=1)},
    ],
    ids=["one estimate", "always right", "10,000 hours", "0.01 hours", "no titles", "one title", "one day"],
)
def test_tasks_that_are_all_alike(fixed: dict[str, Any]):
    keep_tasks(make_outcomes(**fixed))

    stored = TrainedModel.objects.get(pk=retrained().model.pk)

    assert json.dumps(stored.metrics, allow_nan=False)
    assert stored.in_use
    assert read(stored).through == TODAY.date() - dt.timedelta(days=1)


def test_what_never_misses_needs_no_model():
    keep_tasks(make_outcomes(hours=2.0, estimate=2.0))

    model = retrained().model

    assert (model.points, model.ranges) == (False, False)
    assert services.ratio(model.metrics, "winkler") is None


def test_nothing_to_hold_it_against():
    training = learn(finished=TODAY.date() - dt.timedelta(days=1))

    told = card(training, seconds=1)

    assert not len(training.back_test)
    assert (told["recent"]["model"]["tasks"], told["recent"]["model"]["mae"], told["first_told"]) == (0, None, None)
    assert (told["months"], told["reliability"]) == ([], [])
    assert (training.trained.points, training.trained.ranges) == (False, False)


def test_the_card_of_what_was_held_against_nothing_is_a_page(client_for: ClientFor, owner: User):
    make_version(in_use=True, metrics=card(learn(finished=TODAY.date() - dt.timedelta(days=1)), seconds=1))

    assert client_for(owner).get("/insights/estimates/model/time-estimate/").status_code == 200


def test_one_task_of_ten_thousand_hours():
    outcomes = make_outcomes()
    huge = [type(one)(one.plan, one.finished, 10_000.0) if place == 200 else one for place, one in enumerate(outcomes)]

    model, plain = train(Past(huge), TODAY.date()).back_test.scores()

    assert model.mae < 2 * plain.mae
    assert model.winkler < 2 * plain.winkler


def test_titles_in_many_scripts():
    outcomes = make_outcomes()
    tasks = keep_tasks(outcomes)
    for place, task in enumerate(tasks):
        task.name = f"{TITLES[place % len(TITLES)]} {place % 7}"[:250]
    type(tasks[0]).objects.bulk_update(tasks, ["name"])

    stored = TrainedModel.objects.get(pk=retrained().model.pk)

    assert read(stored).model.encoder.estimated


# ── Which is used ────────────────────────────────────────────────────────────
def with_scores(*, malr: float = 0.9, winkler: float = 0.9, **fields: Any) -> TrainedModel:
    """Of 1 that a plain range has."""
    model, plain = SCORE | {"malr": malr, "winkler": winkler}, SCORE | {"malr": 1.0, "winkler": 1.0}
    return make_version(fields.pop("version", 1), metrics={"recent": {"model": model, "plain": plain}}, **fields)


NEARLY, MORE = 0.9 + TOLERANCE - 0.001, 0.9 + TOLERANCE + 0.001


@pytest.mark.parametrize(
    ("new", "old", "worse"),
    [
        ({}, {}, False),
        ({"winkler": 0.5, "malr": 0.5}, {}, False),
        ({"winkler": NEARLY, "malr": NEARLY}, {}, False),
        ({"winkler": MORE}, {}, True),
        ({"malr": MORE}, {}, True),
        ({"malr": MORE}, {"points": False}, False),
        ({"winkler": MORE}, {"points": False}, True),
        ({"winkler": MORE, "malr": 0.5}, {}, True),
        ({"winkler": None}, {}, True),
        ({}, {"winkler": None, "malr": None}, False),
        ({"winkler": 2.0}, {"outdated": True}, False),
        ({"winkler": 2.0}, {"through": TODAY.date() - dt.timedelta(days=91)}, True),
        ({"winkler": 2.0}, {"through": TODAY.date() - dt.timedelta(days=92)}, False),
        ({"winkler": 2.0}, {"signature": "0" * 64}, False),
    ],
)
def test_when_a_new_one_is_worse(new: dict[str, Any], old: dict[str, Any], worse: bool):
    assert is_worse(with_scores(version=2, **new), with_scores(**old)) is worse


def test_scores_are_compared_beside_the_same_tasks():
    """Tasks that are harder to tell are no fault of a model."""
    hard = {"recent": {"model": SCORE | {"winkler": 4.0, "malr": 1.0}, "plain": SCORE | {"winkler": 5.0, "malr": 1.2}}}

    assert not is_worse(make_version(2, metrics=hard), make_version())


@pytest.mark.usefixtures("learned")
def test_the_better_one_is_used():
    make_version()

    result = retrained()

    assert result.kept
    assert list(TrainedModel.objects.values_list("version", "in_use")) == [(2, True), (1, False)]


@pytest.mark.usefixtures("learned")
def test_a_worse_one_is_kept_to_be_looked_at(monkeypatch: pytest.MonkeyPatch):
    old = make_version(in_use=True)
    monkeypatch.setattr(services, "is_worse", lambda new, before: True)

    result = retrained()

    assert (result.worse, result.kept, result.before) == (True, False, old)
    assert list(TrainedModel.objects.values_list("version", "in_use")) == [(2, False), (1, True)]


@pytest.mark.usefixtures("learned")
def test_what_somebody_chose_meanwhile_stays(monkeypatch: pytest.MonkeyPatch):
    make_version(in_use=True)
    chosen = make_version(2)
    monkeypatch.setattr(services, "is_worse", lambda new, before: bool(switch_to(chosen)))

    result = retrained()

    assert (result.worse, result.kept) == (False, False)
    assert TrainedModel.objects.get(in_use=True) == chosen


def switch_to(model: TrainedModel) -> None:
    TrainedModel.objects.filter(in_use=True).update(in_use=False)
    TrainedModel.objects.filter(pk=model.pk).update(in_use=True)


@pytest.mark.usefixtures("learned")
def test_a_dry_run_stores_nothing():
    make_version(in_use=True, outdated=True)

    result = retrained(dry_run=True)

    assert (result.kept, result.new["all"]["model"]["tasks"]) == (True, 254)
    assert TrainedModel.objects.get().in_use


@pytest.mark.usefixtures("learned")
def test_the_last_ten_are_kept_and_the_one_in_use(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(services, "is_worse", lambda new, before: True)
    make_version(1, in_use=True)
    for number in range(2, KEPT_VERSIONS + 4):
        make_version(number)
    make_version(1, kind=ModelKind.ROUGH)

    retrained()

    kept = TrainedModel.objects.filter(kind=ModelKind.ESTIMATE).order_by("version").values_list("version", flat=True)
    assert list(kept) == [1, *range(5, 15)]
    assert TrainedModel.objects.filter(kind=ModelKind.ROUGH).exists()


def test_what_is_stored_is_what_was_learned():
    keep_tasks(make_outcomes())

    stored = TrainedModel.objects.get(pk=retrained().model.pk)

    again = read(stored)
    assert (stored.tasks, stored.first_day, stored.through) == (330, dt.date(2025, 9, 18), dt.date(2026, 3, 1))
    assert (again.points, again.ranges, len(again.spans)) == (stored.points, stored.ranges, 264)
    assert set(stored.libraries) == {"scikit-learn", "skops", "numpy"}
    assert stored.features[:2] == ["all_ratio", "all_mean"]
    assert stored.accuracy == pytest.approx(stored.metrics["recent"]["model"]["coverage"], abs=1e-4)


# ── Somebody is removed ──────────────────────────────────────────────────────
@pytest.mark.usefixtures("learned")
def test_models_that_learned_from_somebody_who_was_removed_go(outsider: User, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(services, "_can_be_read", pytest.fail)
    make_version(1, in_use=True)
    make_version(2)
    make_version(1, kind=ModelKind.ROUGH)
    outsider.delete()

    retrained()

    kept = TrainedModel.objects.values_list("kind", "version", "outdated")
    assert set(kept) == {(ModelKind.ESTIMATE, 3, False), (ModelKind.ROUGH, 1, True)}


def test_they_go_where_too_few_tasks_are_left(outsider: User):
    make_version(in_use=True)
    outsider.delete()

    retrained()

    assert not TrainedModel.objects.exists()


def test_who_is_removed_while_it_learns_is_forgotten_next_time(
    monkeypatch: pytest.MonkeyPatch, owner: User, outsider: User
):
    keep_tasks(make_outcomes(), outsider)
    found = quick_training()
    monkeypatch.setattr(services, "train", lambda *_given, **_more: outsider.delete() and found)

    assert retrained().model.outdated


# ── Twice at once, and half-way ──────────────────────────────────────────────
@contextmanager
def held_elsewhere(name: str) -> Iterator[None]:
    """By another connection: PostgreSQL gives a lock twice to the same."""
    taken, over = threading.Event(), threading.Event()

    def hold() -> None:
        with only_one(name) as free:
            assert free
            taken.set()
            over.wait(60)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert taken.wait(60)
    try:
        yield
    finally:
        over.set()
        thread.join()


@pytest.mark.usefixtures("learned")
def test_the_second_of_two_is_told():
    with held_elsewhere(services.LOCK), pytest.raises(Conflict, match="already") as error:
        retrained()

    assert error.value.code == "busy"
    assert not TrainedModel.objects.exists()
    assert retrained().kept


@pytest.mark.usefixtures("learned")
@pytest.mark.parametrize("step", ["_switch_to", "forget_outdated"])
def test_a_retrain_that_fails_half_way_changes_nothing(monkeypatch: pytest.MonkeyPatch, step: str):
    make_version(in_use=True)
    monkeypatch.setattr(services, "is_worse", lambda new, before: False)
    done: Callable[..., object] = getattr(versions, step)
    monkeypatch.setattr(versions, step, lambda *given, **more: done(*given, **more) or 1 / 0)

    with pytest.raises(ZeroDivisionError):
        retrained()

    assert list(TrainedModel.objects.values_list("version", "in_use")) == [(1, True)]
    with only_one(services.LOCK) as free:
        assert free
