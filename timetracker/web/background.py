"""Work that takes longer than a request may: a management command as a process of its own, which outlives it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings


def run_command(name: str, *arguments: str) -> None:
    """Starts it and does not wait. What it says goes where the server's words go; its outcome it stores itself."""
    subprocess.Popen(  # noqa: S603 - our own commands
        [sys.executable, str(Path(settings.BASE_DIR, "manage.py")), name, *arguments],
        cwd=settings.BASE_DIR,
        # Beside a server that answers people, one core is enough.
        env={"OMP_NUM_THREADS": "1", **os.environ},
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
