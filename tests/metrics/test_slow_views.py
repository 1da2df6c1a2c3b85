from __future__ import annotations

import math

import pytest
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.samples import Sample

from timetracker.metrics.definitions import PAGE
from timetracker.metrics.slow_views import SHOWN, Order, slowest, view_times
from timetracker.metrics.templatetags.performance import percent, seconds


def samples_of(times: dict[str, list[float]], errors: dict[str, int] | None = None) -> list[Sample]:
    registry = CollectorRegistry()
    histogram = Histogram("timetracker_request_seconds", "…", ["view"], buckets=PAGE, registry=registry)
    counter = Counter("timetracker_requests_total", "…", ["view", "method", "status"], registry=registry)
    for view, taken in times.items():
        for one in taken:
            histogram.labels(view).observe(one)
            counter.labels(view, "GET", 200).inc()
    for view, count in (errors or {}).items():
        counter.labels(view, "GET", 500).inc(count - 1)
        counter.labels(view, "POST", 503).inc()
        counter.labels(view, "GET", 404).inc()
    return [sample for family in registry.collect() for sample in family.samples]


def test_a_row():
    rows = {row.view: row for row in view_times(samples_of({"a": [0.2, 0.2, 0.2], "b": [0.2]}, {"a": 2}))}
    assert (rows["a"].requests, rows["a"].errors, rows["b"].errors) == (3, 2, 0)
    assert (rows["a"].mean, rows["a"].seconds, rows["a"].share) == (
        pytest.approx(0.2), pytest.approx(0.6), pytest.approx(0.75),
    )  # fmt: skip
    assert rows["a"].p50 == pytest.approx(0.1 + 0.15 / 2)


def test_nothing_measured():
    assert view_times([]) == []


def test_both_orders():
    rows = view_times(samples_of({"often": [0.04] * 100, "slow": [2.0], "endless": [11.0], "quick": [0.01]}))
    assert [row.view for row in slowest(rows, Order.TIME)] == ["endless", "often", "slow", "quick"]
    by_p95 = slowest(rows, Order.P95)
    assert [row.view for row in by_p95] == ["endless", "slow", "often", "quick"]
    assert by_p95[0].p95 == math.inf


def test_fifteen_are_shown():
    rows = view_times(samples_of({f"view-{number}": [number / 10] for number in range(1, 31)}))
    assert len(slowest(rows, Order.TIME)) == SHOWN == 15
    assert slowest(rows, Order.TIME)[0].view == "view-30"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "–"), (0.0004, "0.4 ms"), (0.0123, "12 ms"), (0.9, "900 ms"), (1.44, "1.4 s"), (300, "5 min"),
        (7200, "2 h"), (math.inf, "over 10 s"),
    ],
)  # fmt: skip
def test_times_as_people_read_them(value: float | None, words: str):
    assert seconds(value) == words
    assert seconds(math.inf, 5) == "over 5 s"


def test_shares():
    assert [percent(share) for share in (1, 0.123, 0.0456, 0)] == ["100 %", "12 %", "4.6 %", "0.0 %"]
