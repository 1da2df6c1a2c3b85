"""What is found by the index is what a look at every description finds, whatever has been written and how."""

from __future__ import annotations

import contextlib
import datetime as dt
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from accounts.models import User
from tests.tracking.toggl import toggl_file
from tests.work import MONDAY, make_entry
from tracking.imports.toggl import read_toggl
from tracking.models import Batch, TimeEntry
from tracking.queries import described_by, search, suggestions
from tracking.services import search_index
from tracking.services.entries import delete_entry, update_entry
from tracking.services.import_plan import plan_import
from tracking.services.imports import store_import
from tracking.services.search_index import keep_search_index
from tracking.services.undo import undo_batch

pytestmark = pytest.mark.django_db
only_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's index is ours to keep")
only_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="of PostgreSQL")

letters = st.sampled_from("abAB\"'*-^:(){}+%_\\ .äÄßſKİıΣσςΑ語🙂\n\ufffe\ufeff")
hostile = st.text(letters | st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)


def rows_of(user: User, *descriptions: str) -> list[TimeEntry]:
    return TimeEntry.objects.bulk_create(
        TimeEntry(user=user, description=text, started_at=MONDAY, ended_at=MONDAY, seconds=0) for text in descriptions
    )


def found(text: str) -> set[str]:
    return set(described_by(TimeEntry.objects.all(), text).values_list("description", flat=True))


def assert_whole() -> None:
    """Each trigram of each row that is there, the trash included, and nothing else."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("CREATE VIRTUAL TABLE temp.held USING fts5vocab('main', 'tracking_entry_words', 'instance')")
        cursor.execute("SELECT doc, term FROM temp.held")
        held = set(cursor.fetchall())
        cursor.execute("DROP TABLE temp.held")
    texts = TimeEntry.objects.values_list("pk", "description")
    assert held == {(pk, text.lower()[at : at + 3]) for pk, text in texts for at in range(len(text.lower()) - 2)}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(["AND NOT OR NEAR", 'say "it"', "ÄÖÜ", "ΟΔΟΣ ΟΔΟΣΑ", "Kelvin", "İstanbul"], "and")
@example(['say "it"', "it*", "-it"], 'y "it"')
@example(["ÄÖÜ", "äöü"], "äÖü")
@example(["ΟΔΟΣ ΟΔΟΣΑ"], "οδος")
@example(["".join(map(chr, range(97, 330)))], "".join(map(chr, range(97, 297))))
@given(st.lists(hostile, max_size=4), hostile)
def test_the_index_finds_what_a_scan_finds(owner: User, descriptions: list[str], text: str):
    TimeEntry.objects.all().delete()
    rows_of(owner, *descriptions)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    for wanted in (text, *(part[1:6] for part in descriptions), *(part.swapcase()[:4] for part in descriptions)):
        scanned = TimeEntry.objects.filter(description__icontains=wanted)
        assert found(wanted) == set(scanned.values_list("description", flat=True))


def test_letters_of_every_case(owner: User):
    rows_of(owner, "Änderung am Vertrag", "ändern", "Andern")
    assert found("änd") == found("ÄND") == {"Änderung am Vertrag", "ändern"}


def test_a_nul_is_as_if_it_were_not_there(owner: User):
    rows_of(owner, "Review")
    assert found("re\0view") == {"Review"}


@only_sqlite
def test_what_stands_behind_a_nul_is_in_the_index_too(owner: User):
    row = rows_of(owner, "one\0zwölf")[0]
    assert found("zwölf") == {row.description}


def test_many_are_found_without_the_index(owner: User, monkeypatch):
    texts = {f"Review {number}" for number in range(4)}
    rows_of(owner, *texts)
    for few in (2, 3, 4):
        monkeypatch.setattr(search, "FEW", few)
        assert found("review") == texts


def test_one_statement_more_on_sqlite_and_no_second(owner: User):
    rows_of(owner, "Review")
    asked = 1 if connection.vendor == "sqlite" else 0
    for text, statements in (("revi", 1 + asked), ("zzz", 1), ("re", 1)):
        with CaptureQueriesContext(connection) as queries:
            found(text)
        assert len(queries) == statements, text


# ── It keeps up ──────────────────────────────────────────────────────────────
def test_with_what_services_write(owner: User):
    entry = make_entry(owner, description="Grid of the website")
    assert found("grid") == {"Grid of the website"}
    update_entry(entry=entry, actor=owner, description="Map of the website")
    batch = Batch.objects.latest("pk")
    assert (found("grid"), found("map")) == (set(), {"Map of the website"})
    undo_batch(batch=batch, actor=owner)
    assert (found("grid"), found("map of")) == ({"Grid of the website"}, set())
    delete_entry(entry=TimeEntry.objects.get(), actor=owner)
    assert found("grid") == {"Grid of the website"}  # for the trash; who lists the others leaves it out
    assert [entry.description for entry in suggestions(owner, "grid")] == []
    assert_whole()


def test_with_many_at_once(owner: User):
    rows = rows_of(owner, *(f"Ticket {number}" for number in range(120)))
    TimeEntry.objects.filter(pk__gt=rows[99].pk).update(description="Ärger")
    for row in rows[:50]:
        row.description = "Same for all"
    TimeEntry.objects.bulk_update(rows[:50], ["description"])
    TimeEntry.objects.filter(pk__in=[row.pk for row in rows[50:60]]).delete()
    counts = [TimeEntry.objects.filter(description__icontains=word).count() for word in ("ticket", "ärger", "same")]
    assert counts == [described_by(TimeEntry.objects.all(), word).count() for word in ("ticket", "ärger", "same")]
    assert counts == [40, 20, 50]
    assert_whole()


def test_with_an_import_and_its_undo(administrator: User, owner: User, tmp_path: Path):
    lines = [{"Email": owner.email, "Description": f"Überblick {number}", "Start date": f"2026-01-{number:02}",
              "End date": f"2026-01-{number:02}"} for number in range(1, 9)]  # fmt: skip
    plan = plan_import(read_toggl(toggl_file(tmp_path, *lines)), zone=dt.UTC, actor=administrator)
    batch = store_import(plan=plan, actor=administrator)
    alive = TimeEntry.objects.alive()
    assert described_by(alive, "überblick").count() == 8
    undo_batch(batch=batch, actor=administrator)
    assert described_by(alive, "überblick").count() == 0
    assert_whole()


@pytest.mark.django_db(transaction=True)
def test_with_a_flush(owner: User):
    rows_of(owner, "Review")
    call_command("flush", interactive=False, verbosity=0)
    assert found("review") == set()
    assert_whole()


# ── It is there, or done without ─────────────────────────────────────────────
@only_sqlite
@pytest.mark.django_db(transaction=True)
def test_a_table_made_anew_is_indexed_anew(owner: User):
    """SQLite's way to change a column, which takes the triggers along."""
    gone = rows_of(owner, "Review", "Gone")[1]
    with connection.schema_editor() as editor:
        editor._remake_table(TimeEntry)
    TimeEntry.objects.filter(pk=gone.pk).delete()
    rows_of(owner, "Written without triggers")
    assert found("without") == set()
    call_command("migrate", verbosity=0)
    assert found("without") == {"Written without triggers"}
    rows_of(owner, "Nothing without them")
    assert found("without") == {"Written without triggers", "Nothing without them"}
    assert_whole()


@only_sqlite
def test_what_is_whole_is_left_alone(owner: User):
    rows_of(owner, "Review")
    with CaptureQueriesContext(connection) as queries:
        keep_search_index(using="default")
    assert not [query for query in queries if query["sql"].split()[0] not in {"SELECT", "SAVEPOINT", "RELEASE"}]


@only_sqlite
def test_sqlite_without_trigrams(owner: User, monkeypatch, caplog):
    rows_of(owner, "Before")
    for module in (search, search_index):
        monkeypatch.setattr(module, "has_trigrams", lambda: False)
    keep_search_index(using="default")
    assert "has no trigrams" in caplog.text
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'")
        assert cursor.fetchone() == (0,)
    rows_of(owner, "Before and after")
    assert found("before") == {"Before", "Before and after"}
    monkeypatch.undo()
    keep_search_index(using="default")
    assert found("before") == {"Before", "Before and after"}
    assert_whole()


@only_postgresql
def test_postgresql_without_the_right_to_its_extension(owner: User, caplog):
    rows_of(owner, "Review")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks to come gets no index
        cursor.execute("DROP EXTENSION pg_trgm CASCADE")
        cursor.execute("CREATE ROLE without_rights")
        cursor.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO without_rights")
        cursor.execute("SET ROLE without_rights")
        keep_search_index(using="default")
        cursor.execute("RESET ROLE")
        assert "CREATE EXTENSION pg_trgm" in caplog.text
        assert found("revi") == {"Review"}
        keep_search_index(using="default")
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'tracking_entry_words'")
        assert "gin (upper(description) gin_trgm_ops)" in cursor.fetchone()[0]


@only_postgresql
@pytest.mark.django_db(transaction=True)
def test_postgresql_makes_it_beside_writers_and_anew_where_it_was_not_finished(owner: User, caplog):
    rows_of(owner, "Review")
    writer = connections["default"].copy()
    with connection.cursor() as cursor, contextlib.closing(writer):
        cursor.execute("DROP INDEX tracking_entry_words")
        writer.set_autocommit(False)
        with writer.cursor() as writing:
            writing.execute("UPDATE tracking_timeentry SET version = version")
        cursor.execute("SET lock_timeout = '100ms'")
        keep_search_index(using="default")
        assert "lock timeout" in caplog.text
        assert is_valid() == (False,)
        with writer.cursor() as writing:
            writing.execute("SET lock_timeout = '100ms'")
            writing.execute("UPDATE tracking_timeentry SET version = version")
        writer.commit()

        keep_search_index(using="default")

        assert is_valid() == (True,)
        cursor.execute("RESET lock_timeout")
    assert found("revi") == {"Review"}


def is_valid() -> tuple[bool] | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('tracking_entry_words')")
        return cursor.fetchone()


@only_postgresql
def test_postgresql_goes_by_its_index(owner: User):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = TimeEntry.objects.filter(description__icontains="review").order_by().explain()
    assert "tracking_entry_words" in plan
