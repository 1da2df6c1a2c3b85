"""A process on trial: `python -m timetracker.backups.proof ARCHIVE FOLDER`, in an environment of `scratch`.

It loads the archive into the environment's database, which has to be empty, writes everything into a second archive and
compares the two line by line. The last line it says are the figures; what is wrong is its last line of errors.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import django

MASK = (1 << 128) - 1


def prove(archive: Path, folder: Path) -> dict[str, int]:
    # Only now that Django is set up are there models.
    from django.core.management import call_command  # noqa: PLC0415

    from timetracker.backups.transfer import export_all, import_all  # noqa: PLC0415 - as above

    call_command("migrate", interactive=False, verbosity=0)
    manifest = import_all(path=archive, progress=_quietly)
    call_command("check_totals")
    again = folder / "again.zip"
    written = export_all(path=again, progress=_quietly)
    if written.rows != manifest.rows or written.worked_seconds != manifest.worked_seconds:
        raise SystemExit("What arrived has other numbers of rows, or other worked time.")
    if different := differing(archive, again, manifest.rows):
        raise SystemExit(f"Rows did not come back as they were, in {', '.join(different)}.")
    return {"rows": sum(manifest.rows.values()), "worked_seconds": manifest.worked_seconds}


def _quietly(table: str, rows: int) -> None:
    pass


def differing(first: Path, second: Path, tables: dict[str, int]) -> list[str]:
    """Tables whose rows differ. Their order may: databases do not sort texts alike."""
    with zipfile.ZipFile(first) as one, zipfile.ZipFile(second) as other:
        return [table for table in tables if not _alike(one, other, f"tables/{table}.jsonl")]


def _alike(one: zipfile.ZipFile, other: zipfile.ZipFile, name: str) -> bool:
    if (one.getinfo(name).CRC, one.getinfo(name).file_size) == (other.getinfo(name).CRC, other.getinfo(name).file_size):
        return True
    return any(_sum(one, name, line) == _sum(other, name, line) for line in (_as_it_is, _sorted_keys))


def _sum(archive: zipfile.ZipFile, name: str, form: Callable[[bytes], bytes]) -> int:
    """The same for the same lines in any order."""
    total = 0
    with archive.open(name) as file:
        for line in file:
            total += int.from_bytes(hashlib.blake2b(form(line), digest_size=16).digest())
    return total & MASK


def _as_it_is(line: bytes) -> bytes:
    return line


def _sorted_keys(line: bytes) -> bytes:
    """PostgreSQL sorts the keys of JSON in its own way."""
    return json.dumps(json.loads(line), sort_keys=True).encode()


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "timetracker.settings")
    django.setup()
    from django.core.management import CommandError  # noqa: PLC0415 - only now that Django is set up

    from timetracker.backups.transfer import TransferError  # noqa: PLC0415 - as above

    try:
        found = prove(Path(sys.argv[1]), Path(sys.argv[2]))
    except (TransferError, CommandError, OSError) as error:
        raise SystemExit(str(error)) from None
    print(json.dumps(found))  # noqa: T201 - to the process that started this one


if __name__ == "__main__":
    main()
