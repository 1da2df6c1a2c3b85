"""What is said of times of which only buckets were kept."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Histogram

from timetracker.metrics.histograms import Bucket, histograms, quantile

# A machine may be busy with something else.
patient = settings(deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
MILLISECONDS = st.integers(1, 20_000).map(lambda count: count / 1000)
BOUNDS = st.lists(MILLISECONDS, min_size=1, max_size=12, unique=True).map(sorted)
TIMES = st.lists(MILLISECONDS, min_size=1, max_size=60)
SHARES = st.integers(1, 100).map(lambda count: count / 100)


def buckets_of(times: list[float], bounds: list[float]) -> list[Bucket]:
    return [(bound, float(sum(time <= bound for time in times))) for bound in [*bounds, math.inf]]


@patient
@example(times=[0.845], bounds=[0.02, 0.845], share=1.0)
@given(times=TIMES, bounds=BOUNDS, share=SHARES)
def test_the_estimate_lies_in_the_bucket_of_the_true_one(times: list[float], bounds: list[float], share: float):
    true = sorted(times)[math.ceil(share * len(times)) - 1]
    estimate = quantile(share, buckets_of(times, bounds))
    edges = [0.0, *bounds, math.inf]
    lower, upper = next((low, high) for low, high in itertools.pairwise(edges) if true <= high)
    assert lower <= estimate <= upper
    assert (estimate == math.inf) == (upper == math.inf)


@patient
@given(times=TIMES, bounds=BOUNDS)
def test_it_grows_with_the_share(times: list[float], bounds: list[float]):
    found = [quantile(share, buckets_of(times, bounds)) for share in (0.1, 0.5, 0.95, 1)]
    assert found == sorted(found)


@pytest.mark.parametrize(
    ("share", "buckets", "expected"),
    [
        (0.5, [(1, 10), (math.inf, 10)], 0.5),
        (0.95, [(1, 0), (2, 20), (math.inf, 20)], 1.95),
        (0.5, [(1, 5), (2, 10), (math.inf, 10)], 1),
        (0.9, [(1, 5), (2, 5), (4, 10), (math.inf, 10)], 3.6),
        (0.95, [(1, 5), (math.inf, 10)], math.inf),
        (0.5, [(math.inf, 3)], math.inf),
        (0.5, [(1, 0), (math.inf, 0)], None),
        (0.5, [], None),
    ],
)
def test_as_prometheus_estimates(share: float, buckets: list[Bucket], expected: float | None):
    found = quantile(share, buckets)
    assert found is None if expected is None else found == pytest.approx(expected)


def test_of_what_the_client_counted():
    registry = CollectorRegistry()
    metric = Histogram("seconds", "…", ["view"], buckets=(0.1, 1), registry=registry)
    plain = Histogram("plain", "…", buckets=(0.1, 1), registry=registry)
    for time in (0.05, 0.5, 5):
        metric.labels("a").observe(time)
    metric.labels("b")
    plain.observe(0.5)
    samples = [sample for family in registry.collect() for sample in family.samples]
    found = histograms(samples, "seconds", "view")
    assert found["a"].buckets == [(0.1, 1), (1, 2), (math.inf, 3)]
    assert (found["a"].count, found["a"].mean) == (3, pytest.approx(5.55 / 3))
    assert (found["b"].count, found["b"].mean, found["b"].quantile(0.5)) == (0, None, None)
    assert histograms(samples, "plain")[""].count == 1
    assert histograms(samples, "other") == {}
