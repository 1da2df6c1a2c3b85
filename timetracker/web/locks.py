"""One process at a time, by a lock that ends with the process that holds it, however it ends."""

from __future__ import annotations

import fcntl
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def only_one(name: str) -> Iterator[bool]:
    """Gives whether nobody else held `name` for this database. Waits for nobody, and holds no transaction.

    On PostgreSQL its session has the lock, whichever machine it comes from; SQLite is on one machine, beside a file.
    """
    with _in_database(name) if connection.vendor == "postgresql" else _in_file(name) as free:
        yield free


@contextmanager
def _in_database(name: str) -> Iterator[bool]:
    number = zlib.crc32(name.encode())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
        (free,) = cursor.fetchone()
    try:
        yield free
    finally:
        if free:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [number])


@contextmanager
def _in_file(name: str) -> Iterator[bool]:
    with open(f"{connection.settings_dict['NAME']}.{name}", "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            free = True
        except BlockingIOError:
            free = False
        yield free
