from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection

from tests.work import make_project
from timetracker.metrics import storage
from timetracker.web.database import database_bytes

pytestmark = pytest.mark.django_db


def test_the_engine_and_its_version(django_assert_num_queries: Any):
    with django_assert_num_queries(0):
        name, version = storage.engine().split()
    assert name == ("SQLite" if connection.vendor == "sqlite" else "PostgreSQL")
    assert int(version.split(".")[0]) >= 3


def test_the_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    assert database_bytes() > 10_000
    if connection.vendor == "sqlite":
        monkeypatch.setitem(connection.settings_dict, "NAME", tmp_path / "db")
        assert database_bytes() == 0
        (tmp_path / "db").write_bytes(b"x" * 100)
        (tmp_path / "db-wal").write_bytes(b"x" * 50)
        assert database_bytes() == 150


def test_the_largest_tables(organisation: Any, django_assert_num_queries: Any):
    make_project(name="One")
    with django_assert_num_queries(1):
        found = storage.largest_tables()
    sizes = [size for _name, size in found]
    assert len(found) == storage.SHOWN == 10
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] > 0
    assert {name for name, _size in found} <= {*connection.introspection.table_names(), "sqlite_schema"}
    with django_assert_num_queries(0):
        assert storage.largest_tables() == found


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL always knows")
def test_a_sqlite_that_does_not_know_or_is_large(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(storage, "LARGEST_WALK", 10)
    assert storage.largest_tables() == []
    cache.clear()
    monkeypatch.setattr(storage, "LARGEST_WALK", 2**40)
    monkeypatch.setattr(storage, "has_dbstat", lambda: False)
    assert storage.largest_tables() == []


def test_whether_it_knows_is_asked_of_the_library():
    assert storage.has_dbstat.__wrapped__() in {True, False}


def test_the_room_that_is_left(settings: Any, tmp_path: Path):
    settings.DATA_DIR = tmp_path
    assert storage.free_bytes() > 0
