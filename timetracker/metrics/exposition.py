"""What a scrape gets: the figures of all processes of this machine, and with the pages' also the state of things."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from prometheus_client.samples import Sample

from timetracker.metrics import processes


class Counted(Collector):
    """Of this process, or of all that write into one folder."""

    def collect(self) -> Iterable[Metric]:
        here = processes.folder()
        if here is None:
            return REGISTRY.collect()
        processes.forget_dead()
        return MultiProcessCollector(None, path=str(here)).collect()


def counted_samples(*families: str) -> list[Sample]:
    """Of these metrics, as a scrape would give them."""
    return [sample for family in Counted().collect() if family.name in families for sample in family.samples]


def scrape(*more: Collector) -> bytes:
    return generate_latest(registry_of(*more))


def scrape_as(accept: str, *more: Collector) -> tuple[bytes, str]:
    """In the form that whoever asks understands, and its content type."""
    encode, content_type = choose_encoder(accept)
    return encode(registry_of(*more)), content_type


def registry_of(*more: Collector) -> CollectorRegistry:
    registry = CollectorRegistry()
    for collector in (Counted(), *more):
        registry.register(collector)
    return registry
