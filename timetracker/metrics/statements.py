"""SQL statements, in the metrics of django-prometheus, whose names dashboards know.

Its database backends are not used: on SQLite they make a class for every cursor, which costs a page more than all other
figures together. A wrapper of Django's own sees the same.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.db import Error, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django_prometheus.db import errors_total, execute_total, query_duration_seconds


def watch(connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    """Receives `connection_created`, which also comes where a connection was opened anew."""
    if _timed not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, _timed)  # innermost: others' work is not the database's


def watch_open() -> None:
    for connection in connections.all(initialized_only=True):
        watch(connection)


def unwatch() -> None:
    for connection in connections.all(initialized_only=True):
        if _timed in connection.execute_wrappers:
            connection.execute_wrappers.remove(_timed)


def _timed(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    connection = context["connection"]
    alias, vendor = connection.alias, connection.vendor
    began = time.perf_counter()
    try:
        return execute(sql, params, many, context)
    except Error as error:
        errors_total.labels(alias, vendor, type(error).__name__).inc()
        raise
    finally:
        execute_total.labels(alias, vendor).inc()
        query_duration_seconds.labels(alias, vendor).observe(time.perf_counter() - began)
