"""A whole instance as one archive, to move it to another database and back.

The archive is a ZIP: `meta.json`, and for each table `tables/<app>.<model>.jsonl` with one JSON object a line, in order
of the primary key. Rows come back exactly as they were: nothing is validated, announced or recorded as an event.
In a nullable JSON field, JSON's own null comes back as an empty field, because the ORM reads both as None.
"""

from __future__ import annotations

import datetime as dt
import json
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any, get_origin, get_type_hints

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.management.color import no_style
from django.db import DatabaseError, connection, models, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.models import Max, Sum, Value
from django.utils import timezone

from timetracker.backups.files import written_whole
from timetracker.backups.storing import KEPT, AnyField, AnyModel, Row, store
from timetracker.web.upgrades import pending_migrations
from timetracker.web.version import product_version
from tracking.models import TimeEntry
from tracking.services.totals import refresh_statistics

FORMAT = 1
CHUNK = 2000
META = "meta.json"
LEFT_OUT = frozenset(
    "sessions.session usersessions.usersession notifications.pushdevice notifications.pushsending "
    "backups.backup metrics.processreport".split()
)
"""Who is signed in where, and the devices of each sign-in: everybody signs in again. What is of this machine.

All other tables move, content types and permissions too.
"""
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError)

Progress = Callable[[str, int], None]
"""Called with the name of a table and its rows when it is through."""


class TransferError(Exception):
    """Why an archive was not written or not taken in. Nothing has changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What `meta.json` says. `numbers` are the last primary keys given out, so that none is ever given out again."""

    format: int
    version: str
    created_at: str
    migrations: dict[str, list[str]]
    rows: dict[str, int]
    numbers: dict[str, int]
    worked_seconds: int


KINDS = {name: get_origin(kind) or kind for name, kind in get_type_hints(Manifest).items()}


def export_all(*, path: Path, progress: Progress) -> Manifest:
    """Writes everything as it was at one instant. A file of this name is replaced once the new one is whole."""
    with written_whole(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, _snapshot():
        return _write(archive, progress)


def import_all(*, path: Path, progress: Progress) -> Manifest:
    """Fills the database of a fresh installation; all or nothing. What its migrations made is replaced."""
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _read_manifest(archive)
            with transaction.atomic(durable=True):
                _take_in(archive, manifest, progress)
    except DAMAGED as error:
        raise TransferError(f"{path.name} is damaged, cut off or no archive of export_all: {error}") from error
    finally:
        ContentType.objects.clear_cache()
    return manifest


# ── What moves ───────────────────────────────────────────────────────────────
def moved_models() -> list[AnyModel]:
    """All tables but those left out, each behind the tables it refers to, as far as they do not refer in a circle."""
    wanted = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.label_lower not in LEFT_OUT
    ]
    ordered: list[AnyModel] = []
    seen: set[AnyModel] = set()

    def visit(model: AnyModel) -> None:
        if model in wanted and model not in seen:
            seen.add(model)
            for field in model._meta.local_fields:
                if field.related_model is not None:
                    visit(field.related_model)
            ordered.append(model)

    for model in wanted:
        visit(model)
    return ordered


def _fields(model: AnyModel) -> list[AnyField]:
    return [field for field in model._meta.local_concrete_fields if not field.generated]


def _file_of(label: str) -> str:
    return f"tables/{label}.jsonl"


def _migrations() -> dict[str, list[str]]:
    """The applied ones by app."""
    if pending_migrations():
        raise TransferError("The database waits for migrations. Run `manage.py migrate` first.")
    loader, found = MigrationLoader(connection), dict[str, list[str]]()
    for app, name in sorted(loader.disk_migrations.keys() & loader.applied_migrations.keys()):
        found.setdefault(app, []).append(name)
    return found


def _worked_seconds() -> int:
    return TimeEntry.objects.alive().aggregate(total=Sum("seconds"))["total"] or 0


# ── Writing ──────────────────────────────────────────────────────────────────
@contextmanager
def _snapshot() -> Iterator[None]:
    """One state of everything for as long as this takes, and no writer has to wait for it."""
    with _reading_beside_writers(), transaction.atomic(durable=True):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


@contextmanager
def _reading_beside_writers() -> Iterator[None]:
    """On SQLite our transactions take the write lock at once; in WAL one that only reads needs none."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    mode = connection.transaction_mode  # type: ignore[attr-defined]  # only SQLite's has it, once open
    try:
        connection.transaction_mode = "DEFERRED"  # type: ignore[attr-defined]  # as above
        yield
    finally:
        connection.transaction_mode = mode  # type: ignore[attr-defined]  # as above


def _write(archive: zipfile.ZipFile, progress: Progress) -> Manifest:
    migrations, created_at = _migrations(), timezone.now().astimezone(dt.UTC)
    rows, numbers = {}, {}
    for model in moved_models():
        label = model._meta.label_lower
        rows[label] = _write_table(archive, model)
        progress(label, rows[label])
        if number := _last_number(model):
            numbers[label] = number
    manifest = Manifest(
        format=FORMAT,
        version=product_version(),
        created_at=created_at.isoformat(),
        migrations=migrations,
        rows=rows,
        numbers=numbers,
        worked_seconds=_worked_seconds(),
    )
    archive.writestr(META, json.dumps(asdict(manifest), indent=2))
    return manifest


def _write_table(archive: zipfile.ZipFile, model: AnyModel) -> int:
    count, fields = 0, _fields(model)
    with archive.open(_file_of(model._meta.label_lower), "w", force_zip64=True) as file:
        for row in model._base_manager.order_by("pk").iterator(chunk_size=CHUNK):
            line = json.dumps({field.attname: _plain(field, row) for field in fields})
            file.write(line.encode() + b"\n")
            count += 1
    return count


def _plain(field: AnyField, row: models.Model) -> Any:
    """What JSON keeps exactly, and anything else as the text that the field's `to_python` reads."""
    value = getattr(row, field.attname)
    if value is None or type(value) in KEPT or isinstance(field, models.JSONField):
        return value
    return field.value_to_string(row)


# ── Reading ──────────────────────────────────────────────────────────────────
def _read_manifest(archive: zipfile.ZipFile) -> Manifest:
    try:
        data = json.loads(archive.read(META))
    except (KeyError, ValueError) as error:
        raise TransferError(f"The archive has no readable {META}; was it made by export_all?") from error
    found = data.get("format") if isinstance(data, dict) else None
    if found != FORMAT:
        raise TransferError(f"The archive has format {found!r}; this version reads format {FORMAT}.")
    if {name: type(value) for name, value in data.items()} != KINDS:
        raise TransferError(f"{META} has not what export_all writes: {', '.join(KINDS)}.")
    return Manifest(**data)


def _take_in(archive: zipfile.ZipFile, manifest: Manifest, progress: Progress) -> None:
    tables = moved_models()
    _refuse_other_migrations(manifest)
    _refuse_other_tables(archive, manifest, tables)
    _lock(tables)
    _refuse_people()
    for model in reversed(tables):
        model._base_manager.all()._raw_delete(using=connection.alias)
    with _instants_as_given(tables):
        for model in tables:
            progress(model._meta.label_lower, _read_table(archive, manifest, model))
    _refuse_loose_ends()
    if (seconds := _worked_seconds()) != manifest.worked_seconds:
        raise TransferError(f"{seconds} worked seconds arrived, {META} says {manifest.worked_seconds}.")
    _go_on_counting(manifest, tables)
    refresh_statistics()


def _refuse_other_migrations(manifest: Manifest) -> None:
    here, there = (
        {f"{app}.{name}" for app, names in migrations.items() for name in names}
        for migrations in (_migrations(), manifest.migrations)
    )
    if here != there:
        sides = {"only here": here - there, "only in the archive": there - here}
        found = "; ".join(f"{side}: {', '.join(sorted(names))}" for side, names in sides.items() if names)
        raise TransferError(
            f"The migrations differ ({found}). Bring both installations to the same version, migrate, export again."
        )


def _refuse_other_tables(archive: zipfile.ZipFile, manifest: Manifest, tables: list[AnyModel]) -> None:
    here = {model._meta.label_lower for model in tables}
    files = set(archive.namelist()) - {META}
    unknown = sorted((manifest.rows.keys() - here) | (files - set(map(_file_of, here))))
    missing = sorted((here - manifest.rows.keys()) | (set(map(_file_of, here)) - files))
    if unknown:
        raise TransferError(f"The archive has tables that this version does not know: {', '.join(unknown)}.")
    if missing:
        raise TransferError(f"The archive lacks tables of this version: {', '.join(missing)}.")


def _lock(tables: list[AnyModel]) -> None:
    """Nobody sets the instance up meanwhile. SQLite's transactions are alone by themselves."""
    if connection.vendor == "postgresql":
        names = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in tables)
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {names} IN EXCLUSIVE MODE")


def _refuse_people() -> None:
    if get_user_model()._base_manager.exists():
        raise TransferError(
            "There are people in this database already, and an import replaces everything. Use an empty one: point "
            "DATABASE_URL (or DATA_DIR) to a new database, run `manage.py migrate`, and import before setting up."
        )


@contextmanager
def _instants_as_given(tables: list[AnyModel]) -> Iterator[None]:
    """Fields that note the present instant when they are saved leave what they hold."""
    kept = [
        (field, name)
        for model in tables
        for field in model._meta.local_fields
        for name in ("auto_now", "auto_now_add")
        if getattr(field, name, False)
    ]
    try:
        for field, name in kept:
            setattr(field, name, False)
        yield
    finally:
        for field, name in kept:
            setattr(field, name, True)


def _read_table(archive: zipfile.ZipFile, manifest: Manifest, model: AnyModel) -> int:
    label, count, fields = model._meta.label_lower, 0, _fields(model)
    try:
        with archive.open(_file_of(label)) as file:
            rows = _rows(file, model)
            while chunk := list(islice(rows, CHUNK)):
                store(model, fields, chunk)
                count += len(chunk)
    except ValidationError as error:
        raise TransferError(f"{label}, after row {count}: {' '.join(error.messages)}") from error
    except (AttributeError, DatabaseError, TypeError, ValueError) as error:
        raise TransferError(f"{label}, after row {count}: {error}") from error
    if count != manifest.rows[label]:
        raise TransferError(f"{label} has {count} rows, {META} says {manifest.rows[label]}.")
    return count


def _rows(file: IO[bytes], model: AnyModel) -> Iterator[Row]:
    fields = {field.attname: field for field in _fields(model)}
    for line in file:
        row: Row = json.loads(line)
        if row.keys() != fields.keys():
            names = ", ".join(sorted(row.keys() ^ fields.keys()))
            raise TransferError(f"{model._meta.label_lower}: fields of only one of archive and database: {names}.")
        yield {name: _stored(field, row[name]) for name, field in fields.items()}


def _stored(field: AnyField, value: Any) -> Any:
    if value is not None:
        return field.to_python(value)
    return Value(None, field) if isinstance(field, models.JSONField) and not field.null else None


def _refuse_loose_ends() -> None:
    try:
        connection.check_constraints()
    except DatabaseError as error:
        raise TransferError(f"A row refers to one that is not there: {error}") from error


# ── Numbers ──────────────────────────────────────────────────────────────────
def _last_number(model: AnyModel) -> int:
    """The last primary key that was given out, perhaps to a row that is gone: the log may still tell of it."""
    if model._meta.auto_field is None:
        return 0
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_sequence_last_value(pg_get_serial_sequence(%s, %s)::regclass)", _column(model))
        else:
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [model._meta.db_table])
        found = cursor.fetchone()
    highest = model._base_manager.aggregate(highest=Max("pk"))["highest"]
    return max((found and found[0]) or 0, highest or 0)


def _go_on_counting(manifest: Manifest, tables: list[AnyModel]) -> None:
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), tables):
            cursor.execute(statement)
    for model in tables:
        if model._meta.auto_field is not None and (number := manifest.numbers.get(model._meta.label_lower)):
            _go_on_from(model, number)


def _go_on_from(model: AnyModel, number: int) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [*_column(model), number])
        else:
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [model._meta.db_table])
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [model._meta.db_table, number])


def _column(model: AnyModel) -> list[str]:
    assert model._meta.auto_field is not None
    return [connection.ops.quote_name(model._meta.db_table), str(model._meta.auto_field.column)]
