"""A process whose children begin to retrain and kill themselves. See `tests.events.crashing`."""

from __future__ import annotations

import sys

from tests.events.crashing import die, fork_for_each_line

POINTS = ["while it learns", "before it stores", "between old and new", "before the commit"]


def retrain_and_die(_what: str, point: str, _path: str) -> None:
    from analytics.choices import ModelKind
    from analytics.services import training, versions
    from tests.analytics.learned import TODAY, quick_training

    def now(*_given: object, **_more: object) -> None:
        die()

    training.train = lambda *_given, **_more: quick_training()
    training.is_worse = lambda new, old: False
    match point:
        case "while it learns":
            training.train = now  # type: ignore[assignment]
        case "before it stores":
            training.store = now  # type: ignore[assignment]
        case "between old and new":
            versions._switch_to = lambda model: now(versions.TrainedModel.objects.update(in_use=False))
        case _:
            versions.forget_outdated = now
    training.retrain(kind=ModelKind.ESTIMATE, now=TODAY)


def prepare() -> None:
    from tests.analytics.learned import quick_training

    quick_training()


if __name__ == "__main__":
    fork_for_each_line(sys.argv[1], retrain_and_die, prepare)
