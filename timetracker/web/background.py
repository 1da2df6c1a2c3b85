"""Work that takes longer than a request may: a management command as a process of its own.

With Redis the worker of the queue `long` starts it: a restart of the pages does not end it, its memory is not counted
as theirs, and no delivery waits for it. Elsewhere whoever asks starts it (docs/adr/018).
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import structlog
from django.conf import settings

from timetracker.events import wake

log = structlog.get_logger(__name__)

LONG = "long"
"""The queue. Its worker takes nothing else, and nobody else takes it."""
LONG_TASK = "timetracker.web.tasks.run_long"
DAY = dt.timedelta(days=1)
LOOK = 0.5
"""Seconds between two looks at a command that runs: so soon it hears that its worker is to end."""
GRACE = 10.0
"""Seconds that a command has to end in when it is told to. Its worker has more: `stop_grace_period`."""

stopping = threading.Event()
"""Set when the worker is told to end."""


def run_command(name: str, *arguments: str, within: dt.timedelta = DAY) -> None:
    """Starts it and does not wait. What it says goes where the server's words go; its outcome it stores itself.

    It begins once or not at all: not where nobody has taken it `within` that time, and not again where it was killed.
    Where the broker does not answer, it may have heard all the same, and the command runs twice: each bears that.
    """
    if settings.EVENTS_DISPATCH == "celery":
        if wake.send(LONG_TASK, [name, *arguments], queue=LONG, expires=within.total_seconds()):
            return
        log.warning("long_work_here", command=name, reason="the broker does not answer")
    _start(name, *arguments)


def run_and_wait(name: str, *arguments: str) -> None:
    """For the worker: until the command has ended, or has been told to because the worker is to end."""
    began = time.monotonic()
    child = _start(name, *arguments)
    while child.poll() is None:
        if stopping.wait(LOOK):
            _end(child)
    seconds = round(time.monotonic() - began, 1)
    if child.returncode:
        log.warning("long_work_failed", command=name, status=child.returncode, seconds=seconds, told=stopping.is_set())
    else:
        log.info("long_work_done", command=name, seconds=seconds)


def _start(name: str, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own commands
        [sys.executable, str(Path(settings.BASE_DIR, "manage.py")), name, *arguments],
        cwd=settings.BASE_DIR,
        # Beside a server that answers people, one core is enough.
        env={"OMP_NUM_THREADS": "1", **os.environ},
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )


def _end(child: subprocess.Popen[bytes]) -> None:
    """With whatever it has started: it leads a session of its own."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):  # it ended by itself
            os.killpg(child.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(GRACE)
            return
