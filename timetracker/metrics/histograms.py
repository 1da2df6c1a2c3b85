"""What can be said of times of which only the buckets were kept. Pure."""

from __future__ import annotations

import dataclasses
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

from prometheus_client.samples import Sample

Bucket = tuple[float, float]
"""Up to how many seconds, and how many took at most so long. The last one has no end: math.inf."""


@dataclasses.dataclass(frozen=True, slots=True)
class Histogram:
    buckets: Sequence[Bucket]
    seconds: float
    """In all."""

    @property
    def count(self) -> int:
        return int(self.buckets[-1][1]) if self.buckets else 0

    @property
    def mean(self) -> float | None:
        return self.seconds / self.count if self.count else None

    def quantile(self, share: float) -> float | None:
        return quantile(share, self.buckets)


def quantile(share: float, buckets: Sequence[Bucket]) -> float | None:
    """As Prometheus's histogram_quantile estimates it: within a bucket, times are taken to lie evenly.

    None where nothing was measured. math.inf where it lies beyond the last bound, of which no more is known;
    Prometheus gives that bound instead.
    """
    total = buckets[-1][1] if buckets else 0
    if not total:
        return None
    rank = share * total
    lower, below = 0.0, 0.0
    for upper, at_most in buckets:
        if at_most >= rank and at_most > below:
            if upper == math.inf:
                return upper
            return min(upper, lower + (upper - lower) * (rank - below) / (at_most - below))  # not beyond it by rounding
        lower, below = upper, at_most
    return math.inf


def histograms(samples: Iterable[Sample], name: str, label: str | None = None) -> dict[str, Histogram]:
    """Of the samples of one metric, by the value of a label; by "" where it has none."""
    buckets: dict[str, list[Bucket]] = defaultdict(list)
    seconds: dict[str, float] = defaultdict(float)
    for sample in samples:
        key = sample.labels[label] if label and label in sample.labels else ""
        if sample.name == f"{name}_bucket":
            buckets[key].append((float(sample.labels["le"]), sample.value))
        elif sample.name == f"{name}_sum":
            seconds[key] += sample.value
    return {key: Histogram(sorted(found), seconds[key]) for key, found in buckets.items()}
