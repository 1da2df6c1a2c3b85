"""What the command prints; that it does no harm where there is little to learn from, or somebody else at it."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from analytics.choices import ModelKind
from analytics.models import TrainedModel
from analytics.services import training as services
from tests.analytics.learned import SCORE, TODAY, keep_tasks, make_outcomes, make_version
from tests.analytics.test_training import held_elsewhere
from tests.work import make_entry, make_task
from tracking.choices import Review, TaskStatus
from tracking.models import TimeEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_models", "organisation")]


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str], time_machine_today: None):
    def run(*arguments: str) -> list[str]:
        call_command("retrain_models", *arguments)
        return [line.strip() for line in capsys.readouterr().out.splitlines()]

    return run


@pytest.fixture
def time_machine_today():
    import time_machine

    with time_machine.travel(TODAY, tick=True):
        yield


def test_too_few_tasks(said):
    keep_tasks(make_outcomes(12))

    assert "12 of 300 finished tasks." in said("--kind", "time-estimate")
    assert not TrainedModel.objects.exists()


def test_all_kinds_without_kind(said):
    lines = said()

    assert [line for line in lines if "estimate:" in line] == [
        "time-estimate: Time a task will take, from its estimate",
        "rough-estimate: Time a task will take, without an estimate",
    ]
    assert lines.count("0 of 300 finished tasks.") == 2


def test_a_kind_that_there_is_not():
    with pytest.raises(CommandError, match="invalid choice"):
        call_command("retrain_models", "--kind", "shoe-size")


def test_what_is_left_out_is_counted(said, owner):
    keep_tasks(make_outcomes(12))
    task = make_task(assignee=owner, status=TaskStatus.DONE, completed_at=TODAY, created_at=TODAY)
    make_task(task.project, status=TaskStatus.DONE, completed_at=TODAY)
    make_entry(owner, task=task)
    TimeEntry.objects.update(review=Review.STOPPED)

    lines = said("--kind", "rough-estimate")

    assert "Left out: 1 with time that may not be what the work took." in lines
    assert "Left out: 1 without time." in lines


def test_new_beside_old(said):
    keep_tasks(make_outcomes())
    older = {"recent": {"model": SCORE | {"mae": 1.5, "malr": 2.0, "winkler": 9.0}, "plain": SCORE | {"winkler": 3.0}}}
    make_version(7, in_use=True, metrics=older)

    lines = said("--kind", "time-estimate")
    new = TrainedModel.objects.get(version=8)
    score, plain = new.metrics["recent"]["model"], new.metrics["recent"]["plain"]

    assert "330 finished tasks, 2025-09-18 to 2026-03-01." in lines
    assert ["in", "use:", "7", "÷", "plain", "new", "÷", "plain", "plain"] in [line.split() for line in lines]
    assert row(lines, "tasks") == ["300", f"{score['tasks']}"]
    ratio = f"{score['mae'] / plain['mae']:.3f}"
    assert row(lines, "mean error, hours") == ["1.500", "0.750", f"{score['mae']:.3f}", ratio, f"{plain['mae']:.3f}"]
    assert row(lines, "Winkler score")[:2] == ["9.000", "3.000"]
    assert row(lines, "may name ranges") == ["yes", "yes" if new.ranges else "no"]
    assert "Version 8 is in use from now on." in lines


@pytest.mark.parametrize(("fields", "refused"), [({}, False), ({"signature": "0" * 64}, True)])
def test_one_in_use_that_is_refused_is_called_so(said, fields: dict[str, str], refused: bool):
    keep_tasks(make_outcomes())
    make_version(7, in_use=True, **fields)

    lines = said("--kind", "time-estimate", "--dry-run")

    assert ("Version 7 is in use and refused: it is not what was stored here." in lines) is refused


def row(lines: list[str], label: str) -> list[str]:
    return next(line for line in lines if line.startswith(label)).removeprefix(label).split()


def test_a_worse_one_is_not_used(said, monkeypatch):
    keep_tasks(make_outcomes())
    make_version(7, in_use=True)
    monkeypatch.setattr(services, "is_worse", lambda new, old: True)

    assert "Version 8 is stored and not used: it is worse." in said("--kind", "time-estimate")
    assert TrainedModel.objects.get(in_use=True).version == 7


def test_a_dry_run_stores_nothing(said):
    keep_tasks(make_outcomes())

    assert "The new one would be used. Nothing was stored." in said("--kind", "time-estimate", "--dry-run")
    assert not TrainedModel.objects.exists()


def test_tasks_without_estimates_make_a_rough_model_only(said):
    keep_tasks(make_outcomes(estimate=None))

    lines = said()

    assert "0 of 300 finished tasks." in lines
    assert "Plain: what such tasks usually take." in lines
    assert TrainedModel.objects.get().kind == ModelKind.ROUGH


def test_the_second_of_two_ends_at_once(said):
    keep_tasks(make_outcomes())

    with held_elsewhere(services.LOCK):
        assert said() == ["Models are being trained already."]
    assert not TrainedModel.objects.exists()
