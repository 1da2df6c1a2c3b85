"""How much room the database takes, and what in it."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from functools import cache as for_good
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import connection

from timetracker.web.database import database_bytes

SHOWN = 10
KEPT = 600
"""Seconds: SQLite goes through its whole file to say how large its tables are."""
LARGEST_WALK = 2 * 1024**3
"""Bytes of a file up to which it is asked to."""
_KEY = "metrics.largest_tables"
_OF_POSTGRESQL = """
    SELECT relname, pg_total_relation_size(oid) FROM pg_class
    WHERE relkind IN ('r', 'm') AND relnamespace = current_schema()::regnamespace
    ORDER BY 2 DESC, 1 LIMIT %s"""
_OF_SQLITE = """
    SELECT s.tbl_name, SUM(d.pgsize) FROM dbstat('main', 1) AS d JOIN sqlite_master AS s ON s.name = d.name
    GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT %s"""

Table = tuple[str, int]
"""Its name, and the bytes that it and its indexes take."""


def engine() -> str:
    """PostgreSQL 17.2. Asks no statement."""
    return f"{connection.display_name} {'.'.join(map(str, connection.get_database_version()))}"


def free_bytes() -> int:
    return shutil.disk_usage(settings.DATA_DIR).free


def largest_tables() -> list[Table]:
    """With their indexes, as of the last ten minutes. Empty where this SQLite does not know, or its file is large."""
    found = cache.get(_KEY)
    if found is None:
        found = _largest_tables()
        cache.set(_KEY, found, KEPT)
    return found


def _largest_tables() -> list[Table]:
    if connection.vendor != "sqlite":
        return _rows(_OF_POSTGRESQL, SHOWN)
    return _rows(_OF_SQLITE, SHOWN) if has_dbstat() and database_bytes() <= LARGEST_WALK else []


@for_good
def has_dbstat() -> bool:
    """Whether this SQLite has been built with a table of its pages."""
    with closing(sqlite3.connect(":memory:")) as memory:
        try:
            memory.execute("SELECT 1 FROM dbstat")
        except sqlite3.OperationalError:
            return False
    return True


def _rows(statement: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()
