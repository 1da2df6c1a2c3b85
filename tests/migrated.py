"""A migrated SQLite database, kept from one run to the next: making one takes each worker five seconds.

Used only while all of our own code and the list of packages are the same. `--create-db` asks for a new one, and
PostgreSQL always makes its own.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection

ROOT = settings.BASE_DIR
FOLDER = ROOT / ".pytest_cache" / "migrated"  # not in pytest's own cache: `make test` has one for each step


def key() -> str:
    """Another one whenever what makes the database may have changed: more often than need be, never too seldom."""
    ours = [Path(app.path) for app in apps.get_app_configs() if Path(app.path).parent == ROOT]
    sources = [path for folder in [*ours, ROOT / "timetracker"] for path in folder.rglob("*.py")]
    found = hashlib.sha256(sqlite3.sqlite_version.encode())
    for path in sorted({*sources, *ROOT.glob("requirements/*.txt")}):
        found.update(f"{path} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return found.hexdigest()[:32]


def kept_at(config: pytest.Config) -> Path | None:
    """Nowhere where a database is not a file, and where whoever runs the tests has said which they want."""
    said = any(config.getvalue(option) for option in ("create_db", "reuse_db", "nomigrations"))
    return None if connection.vendor != "sqlite" or said else FOLDER / f"{key()}.sqlite3"


def keep(path: Path) -> None:
    """Whole or not at all: another worker may do the same at this moment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(unfinished)])
    for old in path.parent.glob("*.sqlite3"):
        if old != path:
            old.unlink(missing_ok=True)
    unfinished.replace(path)


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_blocker: Any,
) -> Iterator[None]:
    """pytest-django's own, or a copy of what it made before."""
    kept = kept_at(request.config)
    if kept is not None and kept.exists():
        yield from copied(kept, django_db_blocker)
    else:
        request.getfixturevalue("django_db_setup")
        if kept is not None:
            with django_db_blocker.unblock():
                keep(kept)
        yield


def copied(kept: Path, blocker: Any) -> Iterator[None]:
    """As Django's `create_test_db`, without the work."""
    before, name = connection.settings_dict["NAME"], connection.settings_dict["TEST"]["NAME"]
    files = [Path(f"{name}{end}") for end in ("", "-wal", "-shm")]
    for file in files:
        file.unlink(missing_ok=True)
    files[0].parent.mkdir(parents=True, exist_ok=True)
    files[0].write_bytes(kept.read_bytes())
    with blocker.unblock():
        connection.close()
        settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name
        connection.ensure_connection()
    yield
    with blocker.unblock():
        connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = before
    for file in files:
        file.unlink(missing_ok=True)
