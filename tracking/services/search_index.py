"""The index that searches of descriptions go by. It is no model's: each database has a kind of its own.

It is looked after whenever migrations have run, because SQLite loses a table's triggers when a migration makes the
table anew, and because the extension or module it needs may be missing today and there tomorrow.
"""

from __future__ import annotations

import logging
from contextlib import nullcontext
from typing import Any

from django.db import DatabaseError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder

from timetracker.web.sqlite import has_trigrams

logger = logging.getLogger(__name__)

MIGRATION = ("tracking", "0006_search_index")
TRIGGERS = {
    "tracking_entry_words_insert": """
CREATE TRIGGER tracking_entry_words_insert AFTER INSERT ON tracking_timeentry BEGIN
    INSERT INTO tracking_entry_words (rowid, words) VALUES (new.id, search_letters(new.description));
END
""",
    "tracking_entry_words_update": """
CREATE TRIGGER tracking_entry_words_update AFTER UPDATE OF description ON tracking_timeentry
WHEN new.description IS NOT old.description BEGIN
    INSERT INTO tracking_entry_words (tracking_entry_words, rowid, words)
    VALUES ('delete', old.id, search_letters(old.description));
    INSERT INTO tracking_entry_words (rowid, words) VALUES (new.id, search_letters(new.description));
END
""",
    "tracking_entry_words_delete": """
CREATE TRIGGER tracking_entry_words_delete AFTER DELETE ON tracking_timeentry BEGIN
    INSERT INTO tracking_entry_words (tracking_entry_words, rowid, words)
    VALUES ('delete', old.id, search_letters(old.description));
END
""",
}
SQLITE = {
    # Small letters and which rows hold them, no places and no texts: whoever searches looks at the rows once more.
    "tracking_entry_words": """
CREATE VIRTUAL TABLE tracking_entry_words
USING fts5(words, content='', columnsize=0, detail=none, tokenize='trigram case_sensitive 1')
""",
    **TRIGGERS,
}
FILL = """
INSERT INTO tracking_entry_words (rowid, words) SELECT id, search_letters(description) FROM tracking_timeentry
"""
POSTGRESQL = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "DROP INDEX {beside} IF EXISTS tracking_entry_words",
    # As Django writes `icontains`.
    "CREATE INDEX {beside} tracking_entry_words ON tracking_timeentry USING gin (UPPER(description) gin_trgm_ops)",
)


def keep_search_index(*, using: str, **_kwargs: Any) -> None:
    """For the signal `post_migrate`."""
    connection = connections[using]
    if MIGRATION not in MigrationRecorder(connection).applied_migrations():
        return
    if connection.vendor == "sqlite":
        _keep_on_sqlite(connection)
    elif connection.vendor == "postgresql":
        _keep_on_postgresql(connection)


def drop_search_index(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("DROP INDEX IF EXISTS tracking_entry_words")
            return
        for name in TRIGGERS:
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        if has_trigrams():
            cursor.execute("DROP TABLE IF EXISTS tracking_entry_words")


def _keep_on_sqlite(connection: BaseDatabaseWrapper) -> None:
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE name LIKE 'tracking_entry_words%%'")
        there = dict(cursor.fetchall())
        if has_trigrams() and all(there.get(name) == sql.strip() for name, sql in SQLITE.items()):
            return
        # Without the module no entry could be written with the triggers, either.
        drop_search_index(connection)
        if has_trigrams():
            for statement in (*SQLITE.values(), FILL):
                cursor.execute(statement)
        else:
            logger.warning("This SQLite has no trigrams (FTS5, 3.34): a search over everybody reads every entry.")


def _keep_on_postgresql(connection: BaseDatabaseWrapper) -> None:
    """Beside writers: a million entries take half a minute. One that was not finished is no index, and made anew."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('tracking_entry_words')")
        if cursor.fetchone() == (True,):
            return
        inside = connection.in_atomic_block  # where PostgreSQL makes no index beside writers
        try:
            with transaction.atomic(using=connection.alias) if inside else nullcontext():
                for statement in POSTGRESQL:
                    cursor.execute(statement.format(beside="" if inside else "CONCURRENTLY"))
        except DatabaseError as error:
            logger.warning(
                "A search over everybody reads every entry, because its index could not be made: %s"
                " Run CREATE EXTENSION pg_trgm in this database as its owner or a superuser, then manage.py migrate.",
                error,
            )
