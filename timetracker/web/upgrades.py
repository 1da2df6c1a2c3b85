"""No server runs on tables of another version: it would fail later, in the middle of somebody's work."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import structlog
from django.db import DatabaseError, connection, connections
from django.db.migrations.executor import MigrationExecutor

log = structlog.get_logger(__name__)


def pending_migrations() -> list[str]:
    executor = MigrationExecutor(connection)
    return [str(migration) for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]


def not_started(pending: list[str]) -> str:
    missing = ", ".join(pending)
    return f"Not started: these migrations are missing: {missing}. Run manage.py upgrade, which keeps a copy first."


def stop_unless_migrated() -> None:
    """SystemExit, for servers that are no command of ours.

    A database that does not answer stops nobody: it may be starting too, and /readyz says so until it is there.
    """
    with ThreadPoolExecutor(1) as thread:  # Django asks nothing where an event loop runs, as some servers' does
        pending = thread.submit(_pending_as_far_as_known).result()
    if pending:
        sys.exit(not_started(pending))


def _pending_as_far_as_known() -> list[str]:
    """Leaves no connection behind: the process may fork."""
    try:
        return pending_migrations()
    except DatabaseError as error:
        log.warning("migrations_unknown", reason=str(error).partition("\n")[0])
        return []
    finally:
        for one in connections.all(initialized_only=True):
            one.close()
            if one.vendor == "postgresql":
                one.close_pool()  # type: ignore[attr-defined]  # only PostgreSQL's has one
