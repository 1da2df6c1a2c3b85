"""gunicorn's settings: two processes of four threads, and figures that are right with several of them.

GUNICORN_CMD_ARGS changes numbers and address; a machine with more cores has use for more workers.
"""

import os
from typing import Any

from timetracker.metrics import processes
from timetracker.web.logging import for_gunicorn

bind = "0.0.0.0:8000"
workers = 2
worker_class = "gthread"
threads = 4
# Seconds. A proxy's idle connection ends on its side first; ours would cut off what it is just sending.
keepalive = 75
logconfig_dict = for_gunicorn(os.environ.get("LOG_LEVEL") or "INFO")


def on_starting(server: Any) -> None:
    """What the processes of the last start left would be counted a second time."""
    processes.sweep()


def post_worker_init(worker: Any) -> None:
    """It says from now on that it is there."""
    # Need Django, which each worker has set up by now, and this file's own process never does.
    from timetracker.metrics.choices import ProcessKind  # noqa: PLC0415
    from timetracker.metrics.reporter import start_reports  # noqa: PLC0415

    start_reports(ProcessKind.PAGES)


def child_exit(server: Any, worker: Any) -> None:
    """Its counters stay; what it said of itself does not."""
    processes.forget_dead()
