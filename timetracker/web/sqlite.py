"""SQLite knows upper and lower case of ASCII only; here it knows everybody's, as PostgreSQL does.

Unique indexes over `lower()` are made with this function too: a database file is for this program to write in.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import cache, lru_cache
from typing import Any

from django.db.models import Field
from django.db.models.lookups import IContains, IExact, IStartsWith, Lookup


def teach_letters(connection: Any, **_kwargs: Any) -> None:
    """For the signal `connection_created`."""
    if connection.vendor == "sqlite":
        create = connection.connection.create_function
        create("lower", 1, _lower, deterministic=True)
        create("upper", 1, _upper, deterministic=True)
        create("like_any_case", 2, _like, deterministic=True)
        create("search_letters", 1, search_letters, deterministic=True)


def search_letters(text: str) -> str:
    """What an index of trigrams holds of a text, and is asked for. A NUL would end the text for it."""
    return text.lower().replace("\0", " ")


@cache
def has_trigrams() -> bool:
    """Whether this SQLite has been built with FTS5, and is new enough for its trigrams."""
    with closing(sqlite3.connect(":memory:")) as memory:
        try:
            memory.execute("CREATE VIRTUAL TABLE words USING fts5(word, tokenize='trigram')")
        except sqlite3.OperationalError:
            return False
    return True


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _upper(value: Any) -> Any:
    return value.upper() if isinstance(value, str) else value


class _AnyCase(Lookup):
    """By our function where there are letters that SQLite's LIKE does not know, which takes seven times as long."""

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        if not isinstance(self.rhs, str) or self.rhs.isascii():
            return super().as_sql(compiler, connection)
        value, value_params = self.process_lhs(compiler, connection)
        pattern, pattern_params = self.process_rhs(compiler, connection)
        return f"like_any_case({pattern}, {value})", [*pattern_params, *value_params]


@Field.register_lookup
class AnyCaseContains(_AnyCase, IContains):
    pass


@Field.register_lookup
class AnyCaseStartsWith(_AnyCase, IStartsWith):
    pass


@Field.register_lookup
class AnyCaseExact(_AnyCase, IExact):
    pass


def _like(pattern: str, value: Any) -> bool | None:
    return None if value is None else _matcher(pattern)(str(value).lower())


@lru_cache(maxsize=256)
def _matcher(pattern: str) -> Callable[[str], bool]:
    """LIKE with a backslash to escape, as Django writes it."""
    parts = re.findall(r"\\.|.", pattern.lower(), re.DOTALL)
    signs = {"%": ".*", "_": "."}
    wanted = re.compile("".join(signs.get(part) or re.escape(part[-1]) for part in parts), re.DOTALL)
    return lambda value: wanted.fullmatch(value) is not None
