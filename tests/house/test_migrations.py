"""Migrations that would stop everybody on PostgreSQL while a large table is changed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

ROOMS = ("accounts", "analytics", "backups", "events", "metrics", "notifications", "tracking", "web", "workflows")
UP_TO_THIS_RELEASE = {
    "accounts": 5, "analytics": 7, "backups": 1, "events": 2, "metrics": 1, "notifications": 8, "tracking": 12,
    "web": 1, "workflows": 5,
}  # fmt: skip
"""The last numbers of 0.1.0, before which nobody had a large table."""


def complaints(migration: migrations.Migration) -> Iterator[str]:
    """What takes a lock for as long as a whole table is read or written. Tables that the migration makes are empty."""
    made = {one.name.lower() for one in migration.operations if isinstance(one, migrations.CreateModel)}
    for operation in migration.operations:
        if getattr(operation, "model_name", "").lower() in made:
            continue
        if reason := _why_not(operation):
            yield f"{migration.app_label}.{migration.name}: {operation.describe()}: {reason}"


def _why_not(operation: Operation) -> str:
    if isinstance(operation, migrations.AddIndex) and not isinstance(operation, AddIndexConcurrently):
        return "an index keeps writers out: AddIndexConcurrently, with atomic = False"
    if isinstance(operation, migrations.AddConstraint):
        return "every row is checked: NOT VALID first, VALIDATE in a migration of its own"
    if isinstance(operation, migrations.AddField):
        return _about_new(operation.field)
    if isinstance(operation, migrations.AlterField):
        return "a type that changes writes the table anew: a new field, filled step by step"
    if isinstance(operation, migrations.RunPython | migrations.RunSQL):
        return "rows are changed in the transaction that holds the lock: in steps, with atomic = False"
    return ""


def _about_new(field: models.Field) -> str:
    if field.unique or field.db_index:
        return "its index keeps writers out: add it with AddIndexConcurrently"
    if not field.null and field.db_default is models.NOT_PROVIDED and field.default is models.NOT_PROVIDED:
        return "NOT NULL without a default cannot be added to rows that are there"
    return ""


def later_migrations() -> list[migrations.Migration]:
    return [
        migration
        for (app, name), migration in sorted(MigrationLoader(None).disk_migrations.items())
        if app in ROOMS and int(name[:4]) > UP_TO_THIS_RELEASE[app]
    ]


# Looked at by hand, with a reason; a table of few rows is one.
ALLOWED: dict[str, str] = {
    "metrics.0002_long_work": "one more choice, which the database does not know of",
    "tracking.0013_waiting_imports": "one more choice, which the database does not know of",
}


def test_no_migration_stops_everybody():
    found = [one for migration in later_migrations() for one in complaints(migration)]
    assert [one for one in found if one.partition(":")[0] not in ALLOWED] == []


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        (migrations.AddIndex("entry", models.Index(fields=["a"], name="a")), "AddIndexConcurrently"),
        (AddIndexConcurrently("entry", models.Index(fields=["a"], name="a")), None),
        (migrations.AddField("entry", "a", models.TextField()), "NOT NULL"),
        (migrations.AddField("entry", "a", models.TextField(default="")), None),
        (migrations.AddField("entry", "a", models.TextField(null=True)), None),
        (migrations.AddField("entry", "a", models.IntegerField(null=True, unique=True)), "index"),
        (migrations.AddField("made", "a", models.TextField()), None),
        (migrations.AlterField("entry", "a", models.IntegerField()), "writes the table anew"),
        (migrations.AddConstraint("entry", models.UniqueConstraint(fields=["a"], name="b")), "NOT VALID"),
        (migrations.RunSQL("UPDATE entry SET a = 1"), "in steps"),
        (migrations.RemoveField("entry", "a"), None),
    ],
)
def test_what_it_looks_for(operation: Operation, words: str | None):
    migration = migrations.Migration("0099_more", "tracking")
    migration.operations = [migrations.CreateModel("Made", [("id", models.AutoField(primary_key=True))]), operation]
    found = list(complaints(migration))
    assert [words in one for one in found] == ([True] if words else [])
