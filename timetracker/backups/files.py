"""A file is there under its name once all of it is on the disk, or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from glob import escape
from pathlib import Path
from typing import IO


@contextmanager
def written_whole(path: Path) -> Iterator[IO[bytes]]:
    """Only its owner may read it. A file of this name is replaced. A process that is killed leaves `.NAME.…`."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=_beside(path), delete=False) as file:
        try:
            yield file
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(path)
            _write_names(path.parent)
        finally:
            Path(file.name).unlink(missing_ok=True)


def remove_rests(path: Path) -> None:
    """What processes left that were killed while they wrote it. The caller's lock says that none is at work."""
    for rest in path.parent.glob(f"{escape(_beside(path))}????????"):
        rest.unlink(missing_ok=True)


def _beside(path: Path) -> str:
    return f".{path.name}."


def _write_names(folder: Path) -> None:
    """Power that fails now does not take the new name away."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
