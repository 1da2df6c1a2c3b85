"""Which version speaks: the one in use, the last good one, or none. Who is removed is forgotten."""

from __future__ import annotations

import datetime as dt
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from analytics import schedules
from analytics.choices import Basis, ModelKind
from analytics.models import Prediction, TrainedModel
from analytics.queries.models import kinds_to_train
from analytics.services import predictor as predictors
from analytics.services import training
from analytics.services.predictor import predictor
from analytics.services.record import record_mark
from analytics.services.training import retrain
from analytics.services.versions import use_model
from tests.analytics.crashing import POINTS
from tests.analytics.learned import TODAY, keep_tasks, make_outcomes, make_version, small_artefact
from tests.events.crashing import crasher_of
from tests.work import make_tag, make_task
from timetracker.events.models import Event
from timetracker.web.errors import Conflict
from timetracker.web.locks import only_one
from tracking.models import Tag, Task

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation")]


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    predictors.forget()
    yield
    predictors.forget()


def speaking() -> int | None:
    return predictor().model_id(estimated=True)


# ── Read ─────────────────────────────────────────────────────────────────────
def test_the_one_in_use_speaks():
    used = make_version(1, in_use=True)
    make_version(2)

    assert speaking() == used.pk
    assert predictor().estimated.trained.spans == {1: (0.1, 1.5)}
    assert predictor().rough.trained is None


@pytest.mark.parametrize(
    "broken",
    [
        {"signature": "0" * 64},
        {"model_data": b"PK\x03\x04"},
        {"spans": []},
        {"spans": {"one": [0.1, 1.5]}},
        {"spans": {"1": [0.1]}},
        {"spans": {"1": [1.5, 0.1]}},
        {"spans": {"1": ["low", "high"]}},
        {"spans": {"1": None}},
        {"codes": []},
        {"codes": {"estimated": False}},
    ],
    ids=str,
)
def test_where_it_cannot_be_read_the_last_good_one_speaks(broken: dict[str, Any]):
    make_version(1)
    good = make_version(2)
    make_version(3, **broken)
    used = make_version(4, in_use=True, **broken)

    assert speaking() == good.pk
    assert TrainedModel.objects.get(in_use=True) == used


def test_bytes_that_were_changed_in_the_database_are_not_read():
    used = make_version(1, in_use=True)
    TrainedModel.objects.update(model_data=bytes(used.model_data)[:-1] + b"!")

    assert speaking() is None
    assert predictor().estimated.trained is None


def test_half_a_model_is_not_read_though_it_is_signed():
    make_version(1, in_use=True, model_data=small_artefact()[: len(small_artefact()) // 2])

    assert speaking() is None


def test_a_model_of_the_other_kind_is_not_read():
    """As it would be if somebody changed the kind, and signed it."""
    rough = make_version(1, kind=ModelKind.ROUGH)
    make_version(1, in_use=True, model_data=rough.model_data, codes=rough.codes)

    assert speaking() is None


# ── Chosen ───────────────────────────────────────────────────────────────────
def test_another_version_is_put_to_use_and_every_process_follows(administrator: User):
    old = make_version(1)
    make_version(2, in_use=True)
    other = make_version(1, kind=ModelKind.ROUGH, in_use=True)
    before = predictor()

    use_model(actor=administrator, model=old)

    assert speaking() == old.pk
    assert predictor() is not before
    assert set(TrainedModel.objects.filter(in_use=True)) == {old, other}
    event = Event.objects.get(type="model_chosen")
    assert (event.actor, event.payload) == (administrator, {"id": old.pk, "kind": "time-estimate", "version": 1})


def test_choosing_what_is_in_use_changes_nothing(administrator: User):
    use_model(actor=administrator, model=make_version(1, in_use=True))

    assert TrainedModel.objects.get().in_use
    assert not Event.objects.exists()


def test_a_forged_version_is_refused(administrator: User):
    used, forged = make_version(1, in_use=True), make_version(2, signature="0" * 64)

    with pytest.raises(Conflict, match="not what was stored") as error:
        use_model(actor=administrator, model=forged)

    assert error.value.code == "forged"
    assert TrainedModel.objects.get(in_use=True) == used


def test_a_version_that_is_gone_is_refused(administrator: User):
    gone = make_version(1)
    TrainedModel.objects.all().delete()

    with pytest.raises(Conflict, match="gone"):
        use_model(actor=administrator, model=gone)


# ── Somebody is removed ──────────────────────────────────────────────────────
def test_who_is_removed_takes_their_predictions_along(owner: User, outsider: User):
    used = make_version(in_use=True)
    task, other = make_task(assignee=outsider), make_task(assignee=owner)
    for one in (task, other):
        Prediction.objects.create(task=one, person=one.assignee, day=TODAY.date(), basis=Basis.OWN, known=40, checked=9)
    mark = record_mark()

    outsider.delete()

    assert Prediction.objects.get().task == other
    assert Task.objects.get(pk=task.pk).assignee is None
    assert record_mark() != mark
    used.refresh_from_db()
    assert (used.outdated, used.in_use) == (True, True)
    assert kinds_to_train(TODAY) == [ModelKind.ESTIMATE]


# ── At night ─────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("count", "kinds"), [(299, []), (300, list(ModelKind))])
def test_the_first_training_waits_for_300_tasks(count: int, kinds: list[ModelKind]):
    keep_tasks(make_outcomes(count))
    today = keep_tasks(make_outcomes(5, finished=TODAY.date()))  # not learned from before tomorrow
    assert len(today) == 5

    assert kinds_to_train(TODAY) == kinds


@pytest.mark.parametrize(
    ("count", "later", "tasks", "due"),
    [
        (330, 0, 330, False),
        (330, 19, 330, False),
        (330, 20, 330, True),
        (330, 20, 2000, False),
        (330, 40, 2000, True),
        (350, 0, 331, False),
        (350, 0, 330, True),
    ],
    ids=["none", "19", "20", "1 of 100", "2 of 100", "19 imported", "20 imported"],
)
def test_the_next_training_waits_for_new_tasks(count: int, later: int, tasks: int, due: bool):
    keep_tasks(make_outcomes(count - later))
    new = dt.timedelta(days=3)
    keep_tasks(make_outcomes(later, finished=TODAY.date() + new / 3))
    make_version(tasks=tasks, through=TODAY.date() - new / 3)

    assert (ModelKind.ESTIMATE in kinds_to_train(TODAY + new)) is due


def test_a_version_that_is_not_used_counts_as_trained():
    """It was worse; it would be so tomorrow."""
    keep_tasks(make_outcomes(330))
    make_version(1, tasks=100, in_use=True)
    make_version(2)

    assert ModelKind.ESTIMATE not in kinds_to_train(TODAY)


def test_other_libraries_call_for_a_training():
    keep_tasks(make_outcomes(330))
    make_version(libraries={"scikit-learn": "0.1"})

    assert ModelKind.ESTIMATE in kinds_to_train(TODAY)


def test_asking_is_cheap(django_assert_num_queries):
    make_version(tasks=1)
    make_version(kind=ModelKind.ROUGH)
    for count in (1, 60):
        keep_tasks(make_outcomes(count))
        with django_assert_num_queries(8):
            kinds_to_train(TODAY)


def test_the_job_starts_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch):
    started: list[tuple[str, ...]] = []
    monkeypatch.setattr(schedules, "run_command", lambda *command: started.append(command))

    schedules.retrain_models(TODAY)
    assert not started

    keep_tasks(make_outcomes(330))
    make_version()
    schedules.retrain_models(TODAY)
    assert started == [("retrain_models", "--kind=rough-estimate")]


# ── Killed ───────────────────────────────────────────────────────────────────
@pytest.fixture(scope="module")
def crasher(django_db_setup, django_db_blocker) -> Iterator[Callable[[str, str, Path], int]]:
    with crasher_of("tests.analytics.crashing") as run:
        yield run


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("learned")
@pytest.mark.parametrize("point", POINTS)
def test_a_retrain_that_is_killed_leaves_the_last_good_model(crasher, tmp_path: Path, point: str):
    keep_tasks(make_outcomes())
    used = make_version(1, in_use=True)

    assert crasher("retrain", point, tmp_path) == -signal.SIGKILL

    assert list(TrainedModel.objects.values_list("pk", "in_use")) == [(used.pk, True)]
    assert speaking() == used.pk
    with only_one("retrain_models") as free:
        assert free
    assert retrain(kind=ModelKind.ESTIMATE, now=TODAY).model.version == 2


@pytest.mark.django_db(transaction=True)
def test_others_write_while_it_learns(monkeypatch: pytest.MonkeyPatch, run_at_once: Callable[..., list[Any]]):
    def second() -> str:
        with pytest.raises(Conflict) as error:
            retrain(kind=ModelKind.ROUGH)
        return error.value.code

    answers: list[Any] = []
    monkeypatch.setattr(training, "train", lambda *_given, **_more: answers.extend(run_at_once(make_tag, second)))

    retrain(kind=ModelKind.ESTIMATE)

    assert set(answers) == {Tag.objects.get(), "busy"}


def test_one_thread_is_enough():
    assert os.environ["OMP_NUM_THREADS"] == "1"
