"""What is asked of the database as a whole."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from django.db import connection


def database_bytes() -> int:
    """Its size; of SQLite, that of the file and its write-ahead log, which takes no statement."""
    if connection.vendor == "sqlite":
        return sum(_size_of(f"{connection.settings_dict['NAME']}{ending}") for ending in ("", "-wal"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def _size_of(name: str) -> int:
    with suppress(FileNotFoundError):
        return Path(name).stat().st_size
    return 0
