"""Where the time of this machine's pages goes, by the name of the address."""

from __future__ import annotations

import dataclasses
import enum
from collections import Counter
from collections.abc import Collection, Iterable

from prometheus_client.samples import Sample

from timetracker.metrics.histograms import histograms

SHOWN = 15
SECONDS, REQUESTS = "timetracker_request_seconds", "timetracker_requests_total"


class Order(enum.StrEnum):
    TIME = "time"
    P95 = "p95"


@dataclasses.dataclass(frozen=True, slots=True)
class ViewTimes:
    view: str
    requests: int
    seconds: float
    mean: float | None
    p50: float | None
    p95: float | None
    share: float
    """Of the time of all views, from 0 to 1."""
    errors: int
    """Answers with a 5xx."""


def view_times(samples: Collection[Sample]) -> list[ViewTimes]:
    found = {view: one for view, one in histograms(samples, SECONDS, "view").items() if one.count}
    in_all = sum(one.seconds for one in found.values())
    errors = errors_by_view(samples)
    return [
        ViewTimes(
            view, one.count, one.seconds, one.mean, one.quantile(0.5), one.quantile(0.95),
            one.seconds / in_all if in_all else 0.0, errors[view],
        )
        for view, one in found.items()
    ]  # fmt: skip


def errors_by_view(samples: Iterable[Sample]) -> Counter[str]:
    errors: Counter[str] = Counter()
    for sample in samples:
        if sample.name == REQUESTS and sample.labels["status"].startswith("5"):
            errors[sample.labels["view"]] += int(sample.value)
    return errors


def slowest(times: Iterable[ViewTimes], order: Order) -> list[ViewTimes]:
    """Where they are alike, the one that took more in all comes first."""
    return sorted(times, key=_by_p95 if order == Order.P95 else _by_time)[:SHOWN]


def _by_time(times: ViewTimes) -> tuple[float, str]:
    return -times.seconds, times.view


def _by_p95(times: ViewTimes) -> tuple[float, float, str]:
    return -(times.p95 or 0.0), *_by_time(times)
