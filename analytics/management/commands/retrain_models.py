from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from analytics.choices import FEWEST_FOR_MODEL, ModelKind
from analytics.models import TrainedModel
from analytics.services.training import Retrained, ratio, retrain
from analytics.services.versions import is_genuine
from timetracker.web.errors import Conflict

FIGURES = {
    "mae": "mean error, hours", "malr": "mean log error", "coverage": "share inside", "winkler": "Winkler score",
    "width": "high ÷ low",
}  # fmt: skip
LEFT_OUT = {
    "odd_time": "with time that may not be what the work took",
    "estimated_after": "estimated when they were finished",
    "no_time": "without time",
}
SPEAKS = {True: "yes", False: "no"}
COLUMNS = "{:<18}{:>10}{:>10}{:>10}{:>10}{:>10}"


class Command(BaseCommand):
    help = (
        "Trains the models that estimate tasks, on everything that had finished before today, and prints new against"
        " old. Each is used unless it is worse. The clock starts this at night where enough is new."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--kind", action="append", choices=ModelKind.values, help="Only this; may be repeated.")
        parser.add_argument("--dry-run", action="store_true", help="Train and print, and store nothing.")

    def handle(self, *, kind: list[str] | None, dry_run: bool, **_options: Any) -> None:
        for name in kind or ModelKind.values:
            try:
                result = retrain(kind=ModelKind(name), dry_run=dry_run)
            except Conflict as busy:
                self.stdout.write(busy.message)
                return
            for line in _said(result, dry_run=dry_run):
                self.stdout.write(line)


def _said(result: Retrained, *, dry_run: bool) -> Iterator[str]:
    yield f"{result.kind}: {result.kind.label}"
    if result.model is None:
        yield f"  {result.tasks} of {FEWEST_FOR_MODEL} finished tasks."
    else:
        yield f"  {result.tasks} finished tasks, {result.model.first_day} to {result.model.through}."
    for name, count in result.left_out.items():
        if count:
            yield f"  Left out: {count} {LEFT_OUT.get(name, name)}."
    if result.model is not None:
        yield from (f"  {line.rstrip()}" for line in _table(result.before, result.model))
        if result.before and not is_genuine(result.before):
            yield f"  Version {result.before.version} is in use and refused: it is not what was stored here."
        yield f"  {_decision(result, result.model, dry_run=dry_run)}"
    yield ""


def _table(before: TrainedModel | None, model: TrainedModel) -> Iterator[str]:
    """The later part of each back-test, beside the same tasks without a model."""
    yield COLUMNS.format("", f"in use: {before.version if before else '–'}", "÷ plain", "new", "÷ plain", "plain")
    tasks = [_score(one, "tasks", digits=0) for one in (before, model)]
    yield COLUMNS.format("tasks", tasks[0], "", tasks[1], "", "")
    for name, label in FIGURES.items():
        plain = _number(model.metrics["recent"]["plain"][name])
        pairs = [cell for one in (before, model) for cell in (_score(one, name), _ratio(one, name))]
        yield COLUMNS.format(label, *pairs, plain)
    for label, name in (("may name figures", "points"), ("may name ranges", "ranges")):
        old = SPEAKS[getattr(before, name)] if before else "–"
        yield COLUMNS.format(label, old, "", SPEAKS[getattr(model, name)], "", "")
    yield f"Plain: {'people’s own estimates' if model.codes['estimated'] else 'what such tasks usually take'}."
    yield f"{model.metrics['seconds']} s, {model.metrics['peak_mb']} MB at most."


def _decision(result: Retrained, model: TrainedModel, *, dry_run: bool) -> str:
    if dry_run:
        would = "is worse and would not be used" if result.worse else "would be used"
        return f"The new one {would}. Nothing was stored."
    if model.in_use:
        return f"Version {model.version} is in use from now on."
    because = "it is worse" if result.worse else "another was chosen meanwhile"
    return f"Version {model.version} is stored and not used: {because}."


def _score(model: TrainedModel | None, name: str, digits: int = 3) -> str:
    return _number(model.metrics.get("recent", {}).get("model", {}).get(name) if model else None, digits)


def _ratio(model: TrainedModel | None, name: str) -> str:
    return _number(ratio(model.metrics, name) if model else None)


def _number(value: float | None, digits: int = 3) -> str:
    return "–" if value is None else f"{value:,.{digits}f}"
