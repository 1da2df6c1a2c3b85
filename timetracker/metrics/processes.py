"""Files of the processes of one machine: each writes its figures into its own, and a scrape adds them up.

Counters of a process that has ended stay, or the sum would fall and look like a new beginning. What a gauge says of the
living goes with the process. No part of Django is needed: gunicorn's own process uses this too.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from prometheus_client.multiprocess import mark_process_dead

_FILE = re.compile(r"(?P<kind>[a-z_]+)_(?P<pid>[0-9]+)\.db")


def folder() -> Path | None:
    """None where one process does everything."""
    name = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    return Path(name) if name else None


def begin() -> None:
    """Before the first figure is counted: one of a dead process that had our number is not ours to go on with."""
    if folder() is not None:
        mark_process_dead(os.getpid())


def forget_dead() -> None:
    """Whoever was killed could not say that its sockets are closed."""
    for _path, pid in _files("gauge_live"):
        if not _is_alive(pid):
            mark_process_dead(pid)


def sweep() -> None:
    """Remove all that dead processes left. When the servers start, and at no other time: it is a new beginning."""
    for path, pid in _files(""):
        if pid == os.getpid() or not _is_alive(pid):
            path.unlink(missing_ok=True)


def _files(kind: str) -> Iterator[tuple[Path, int]]:
    here = folder()
    for path in sorted(here.glob("*.db")) if here is not None else []:
        found = _FILE.fullmatch(path.name)
        if found and found["kind"].startswith(kind):
            yield path, int(found["pid"])


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's
        return True
    return True


os.register_at_fork(after_in_child=begin)
