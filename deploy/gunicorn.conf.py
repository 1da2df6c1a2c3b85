"""gunicorn's settings: two processes of four threads, and figures that are right with several of them.

GUNICORN_CMD_ARGS changes numbers and address; a machine with more cores has use for more workers.
"""

import subprocess
import sys
from pathlib import Path
from typing import Any

from timetracker.metrics import processes
from timetracker.web.environment import Environment
from timetracker.web.logging import for_gunicorn

bind = "0.0.0.0:8000"
workers = 2
worker_class = "gthread"
threads = 4
# Seconds. A proxy's idle connection ends on its side first; ours would cut off what it is just sending.
keepalive = 75
logconfig_dict = for_gunicorn(Environment().log_level("LOG_LEVEL", default="INFO"))
STOPPING = {1, 3}
"""What `manage.py upgrade --check` ends with where settings cannot be read, and where migrations are missing."""


def on_starting(server: Any) -> None:
    """Nothing is served with settings that cannot be read, nor on tables of another version: the command says why.

    A process of its own, because what this one opened its workers would share.
    """
    check = [sys.executable, str(Path(processes.__file__).parents[2] / "manage.py"), "upgrade", "--check"]
    if subprocess.run(check, check=False).returncode in STOPPING:  # noqa: S603 - our own command
        sys.exit(1)
    # What the processes of the last start left would be counted a second time.
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
