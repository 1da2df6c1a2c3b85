"""docs/metrics.md, made from the definitions: names that dashboards and alerts rely on."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.metrics import MetricWrapperBase

from timetracker.metrics.definitions import COUNTED
from timetracker.metrics.state import STATE

HEAD = """\
# Metrics

Made by `manage.py metrics_doc`; do not edit by hand. [monitoring.md](monitoring.md) says how to read them.
"""
AS_THINGS_HAPPEN = """\
## Counted as things happen

Of every process; in one scrape they are sums. Counters begin at 0 with a new start.

| name | kind | labels | what |
| --- | --- | --- | --- |"""
AS_THINGS_STAND = """
## Asked of the database

Only with the pages' scrape, and the same from each server of pages: take the `max`, not the `sum`.

| name | labels | what |
| --- | --- | --- |"""
OF_LIBRARIES = """
## Of libraries

`django_db_execute_total`, `django_db_errors_total` and `django_db_query_duration_seconds` are those of
django-prometheus, by database. Where one process does everything there are `process_*` and `python_*` too, of that
process.
"""


def as_markdown() -> str:
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield f"{HEAD}\n{AS_THINGS_HAPPEN}"
    yield from (_about_counted(one) for one in COUNTED)
    yield AS_THINGS_STAND
    yield from (f"| `{one.name}` | {_labels(one.labels)} | {one.documentation} |" for one in STATE)
    yield OF_LIBRARIES


def _about_counted(metric: MetricWrapperBase) -> str:
    (described,) = metric.describe()
    name = f"{described.name}_total" if described.type == "counter" else described.name
    return f"| `{name}` | {described.type} | {_labels(metric._labelnames)} | {described.documentation} |"


def _labels(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)
