"""Rows of an archive go into their table."""

from __future__ import annotations

from typing import Any, TypeAlias

from django.db import connection, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Value

AnyModel = type[models.Model]
AnyField: TypeAlias = "models.Field[Any, Any]"
Row = dict[str, Any]
KEPT = (bool, int, str)
"""Types that every field writes as they are."""


def store(model: AnyModel, fields: list[AnyField], rows: list[Row]) -> None:
    """PostgreSQL takes rows faster as COPY than as INSERT."""
    if connection.vendor != "postgresql":
        model._base_manager.bulk_create([model(**row) for row in rows])
        return
    database = connections[connection.alias]  # itself: `connection` looks it up for each value
    quote = database.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in fields)
    with (
        database.wrap_database_errors,
        database.cursor() as cursor,
        cursor.copy(f"COPY {quote(model._meta.db_table)} ({names}) FROM STDIN") as table,
    ):
        for row in rows:
            table.write_row([_for_copy(field, row[field.attname], database) for field in fields])


def _for_copy(field: AnyField, value: Any, database: BaseDatabaseWrapper) -> Any:
    if value is None:
        return None
    if isinstance(field, models.JSONField):
        plain = value.value if isinstance(value, Value) else value
        return database.ops.adapt_json_value(plain, field.encoder)
    return value if type(value) in KEPT else field.get_db_prep_save(value, database)
