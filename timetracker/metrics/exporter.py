"""A port of their own for processes that serve no pages: worker, beat and the server of sockets."""

from __future__ import annotations

import structlog
from django.conf import settings
from prometheus_client import start_http_server

from timetracker.metrics import processes
from timetracker.metrics.exposition import registry_of

log = structlog.get_logger(__name__)


def start_exporter() -> None:
    """Nothing without METRICS_PORT. One that cannot be had is no reason not to do the work itself.

    Whoever reaches the port may read it, so it is this machine's unless METRICS_BIND says otherwise.
    """
    if not settings.METRICS_PORT:
        return
    if processes.folder() is None:
        log.info("metrics_of_one_process", why="PROMETHEUS_MULTIPROC_DIR is not set")
    try:
        start_http_server(settings.METRICS_PORT, settings.METRICS_BIND, registry_of())
    except OSError as error:
        log.warning("metrics_port_refused", port=settings.METRICS_PORT, reason=str(error))
