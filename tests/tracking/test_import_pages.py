"""Time imported by page: a file, its preview, who is who, the run, its end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.models import User
from tests.conftest import ClientFor
from tests.tracking.pages import text
from tests.tracking.toggl import toggl_file
from tests.work import make_client, make_entry, make_project
from timetracker.web.errors import Conflict
from tracking.choices import BatchKind, ImportState
from tracking.models import Batch, TimeEntry, TimeImport
from tracking.models.time_import import SILENT
from tracking.services import time_imports
from tracking.services.time_imports import forget_imports

pytestmark = pytest.mark.django_db
Bring = Callable[..., TimeImport]


@pytest.fixture(autouse=True)
def _media(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def started(monkeypatch) -> list[tuple[str, ...]]:
    """The commands that would run in processes of their own."""
    commands: list[tuple[str, ...]] = []
    for module in ("tracking.services.time_imports", "tracking.views.undo"):
        monkeypatch.setattr(f"{module}.run_command", lambda *command: commands.append(command))
    return commands


@pytest.fixture
def ada(client_for: ClientFor, administrator: User) -> Client:
    return client_for(administrator)


@pytest.fixture
def bring(tmp_path: Path, ada: Client, owner: User) -> Bring:
    def brought(*lines: dict[str, str], browser: Client = ada, zone: str = "UTC") -> TimeImport:
        path = toggl_file(tmp_path, *({"Email": owner.email, **line} for line in lines))
        with path.open("rb") as file:
            answer = browser.post("/import/", {"format": "toggl", "zone": zone, "file": file})
        found = TimeImport.objects.latest("pk")
        assert (answer.status_code, answer["Location"]) == (302, f"/import/{found.pk}/")
        return found

    return brought


def page_of(browser: Client, brought: TimeImport) -> str:
    answer = browser.get(f"/import/{brought.pk}/")
    assert answer.status_code == 200
    return text(answer)


def run_started(commands: list[tuple[str, ...]]) -> None:
    while commands:
        call_command(*commands.pop())


def test_from_a_file_to_entries_and_back(
    ada: Client, owner: User, bring: Bring, started, django_capture_on_commit_callbacks
):
    brought = bring({}, {"Start date": "x"}, {"Email": "who@toggl.example"})
    page = page_of(ada, brought)
    assert "1 entry to store" in page
    assert '<a class="link" href="#who">1</a>' in page
    assert "Site (Acme)" in page
    assert "“x 09:00:00” is no date and time" in page
    assert not TimeEntry.objects.exists()

    with django_capture_on_commit_callbacks(execute=True):
        ada.post(f"/import/{brought.pk}/begin/")
        ada.post(f"/import/{brought.pk}/begin/")  # a double click
    assert started == [("run_import", str(brought.pk))]
    assert "Waiting for its turn" in page_of(ada, brought)
    TimeImport.objects.update(state=ImportState.RUNNING)
    assert "Reading the file" in page_of(ada, brought)
    TimeImport.objects.update(state=ImportState.WAITING)
    run_started(started)
    brought.refresh_from_db()
    assert (brought.state, brought.done, brought.total) == (ImportState.DONE, 1, 1)
    assert not Path(brought.file.storage.path(brought.file.name)).exists()
    assert "Olga Owner" in page_of(ada, brought)
    assert TimeEntry.objects.get().user == owner
    assert "1 entry" in text(ada.get("/import/"))

    ada.post(f"/changes/{brought.batch_id}/undo/")
    assert not TimeEntry.objects.alive().exists()
    assert "Undone" in page_of(ada, brought)


def test_who_is_who(ada: Client, owner: User, bring: Bring):
    brought = bring({"Email": "old@toggl.example"}, {"Email": "gone@toggl.example"})
    page = page_of(ada, brought)
    assert "0 entries to store" in page
    assert "gone@toggl.example" in page
    # In order of their addresses: gone, then old.
    ada.post(f"/import/{brought.pk}/people/", {"person-0": "out", "person-1": str(owner.pk)})
    brought.refresh_from_db()
    assert brought.people == {"gone@toggl.example": None, "old@toggl.example": owner.pk}
    assert "1 entry to store" in page_of(ada, brought)
    answer = ada.post(f"/import/{brought.pk}/people/", {"person-0": "999999"})
    assert answer.status_code == 409


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"file": None}, "This field is required"),
        ({"zone": "Europe/Berlinn"}, "not a time zone we know"),
        ({"format": "other"}, "Select a valid choice"),
        ({"content": b"\x89PNG"}, "no text in UTF-8"),
        ({"content": b"a,b\n1,2\n"}, "not the header of such a file"),
    ],
)
def test_what_is_refused_at_once(ada: Client, tmp_path: Path, given: dict, words: str):
    path = tmp_path / "file.csv"
    path.write_bytes(given.pop("content", b"x"))
    with path.open("rb") as file:
        data = {"format": "toggl", "zone": "UTC", "file": file, **given}
        answer = ada.post("/import/", {name: value for name, value in data.items() if value is not None})
    assert answer.status_code == 422
    assert words in text(answer)
    assert not TimeImport.objects.exists()
    assert not list((tmp_path / "media").rglob("*.csv"))


def test_too_large(ada: Client, tmp_path: Path, settings):
    settings.LARGEST_UPLOADS = {"/import/": 10}
    with toggl_file(tmp_path, {}).open("rb") as file:
        answer = ada.post("/import/", {"format": "toggl", "zone": "UTC", "file": file})
    assert "more than 25 MB" in text(answer)


def test_thrown_away(ada: Client, bring: Bring, tmp_path: Path):
    brought = bring({})
    assert list((tmp_path / "media").rglob("*.csv"))
    assert ada.post(f"/import/{brought.pk}/discard/").status_code == 302
    assert not TimeImport.objects.exists()
    assert not list((tmp_path / "media").rglob("*.csv"))


def test_it_failed_and_is_begun_again(
    ada: Client, bring: Bring, started, monkeypatch, django_capture_on_commit_callbacks
):
    brought = bring({})

    def fail(**_options: object) -> None:
        raise Conflict("Closed meanwhile.")

    with monkeypatch.context() as patched, django_capture_on_commit_callbacks(execute=True):
        patched.setattr(time_imports, "store_import", fail)
        ada.post(f"/import/{brought.pk}/begin/")
        time_imports.run(brought=brought)
    started.clear()
    page = page_of(ada, brought)
    assert "Closed meanwhile." in page
    assert "1 entry to store" in page
    with django_capture_on_commit_callbacks(execute=True):
        ada.post(f"/import/{brought.pk}/begin/")
    run_started(started)
    assert TimeEntry.objects.count() == 1


def test_it_broke_off_and_goes_on(ada: Client, bring: Bring, started, django_capture_on_commit_callbacks):
    brought = bring({})
    silent_since = timezone.now() - 2 * SILENT
    TimeImport.objects.update(state=ImportState.RUNNING, heard_at=silent_since, total=9, done=3)
    assert "The import was broken off" in page_of(ada, brought)
    with django_capture_on_commit_callbacks(execute=True):
        ada.post(f"/import/{brought.pk}/begin/")
    run_started(started)
    assert TimeEntry.objects.count() == 1


def test_nobody_takes_it(ada: Client, bring: Bring, started, django_capture_on_commit_callbacks):
    brought = bring({})
    with django_capture_on_commit_callbacks(execute=True):
        ada.post(f"/import/{brought.pk}/begin/")
    assert "Nobody has begun with the import yet" not in page_of(ada, brought)
    TimeImport.objects.update(heard_at=timezone.now() - 2 * SILENT)
    assert "Nobody has begun with the import yet" in page_of(ada, brought)
    with django_capture_on_commit_callbacks(execute=True):
        ada.post(f"/import/{brought.pk}/begin/")
    # Both are in the queue when somebody comes who takes them.
    assert len(started) == 2
    run_started(started)
    assert TimeEntry.objects.count() == 1
    brought.refresh_from_db()
    assert (brought.state, brought.error) == (ImportState.DONE, "")


@pytest.mark.parametrize("state", [ImportState.READY, ImportState.RUNNING, ImportState.DONE, ImportState.FAILED])
def test_only_what_waits_is_run(bring: Bring, state: ImportState):
    brought = bring({})
    TimeImport.objects.update(state=state)
    time_imports.run(brought=brought)
    brought.refresh_from_db()
    assert (brought.state, brought.batch) == (state, None)
    assert not TimeEntry.objects.exists()


def test_what_nobody_expected_is_said_and_logged(bring: Bring, monkeypatch):
    brought = bring({})

    def fail(**_options: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(time_imports, "store_import", fail)
    TimeImport.objects.update(state=ImportState.WAITING)
    with pytest.raises(ZeroDivisionError):
        time_imports.run(brought=brought)
    brought.refresh_from_db()
    assert (brought.state, brought.error) == (
        ImportState.FAILED, "Something went wrong here. The server's log says what.",
    )  # fmt: skip


def test_the_file_is_gone(ada: Client, bring: Bring):
    brought = bring({})
    brought.file.delete(save=False)
    assert "The file is no longer there" in page_of(ada, brought)


def test_others_see_nothing_of_it(bring: Bring, client_for: ClientFor, manager: User, owner: User):
    brought = bring({})
    for person in (manager, owner):
        browser = client_for(person)
        assert browser.get(f"/import/{brought.pk}/").status_code == 404
        for what in ("people", "begin", "discard"):
            assert browser.post(f"/import/{brought.pk}/{what}/").status_code == 404
        assert brought.name not in text(browser.get("/import/"))


def test_anybody_brings_their_own_time(bring: Bring, olga: Client, owner: User, outsider: User):
    make_project(name="Site", client=make_client(name="Acme"))
    page = page_of(olga, bring({}, {"Email": outsider.email}, browser=olga))
    assert "1 entry to store" in page
    assert f"{outsider.email}, 1 line" in page


def test_much_is_undone_in_a_process_of_its_own(ada: Client, administrator: User, bring: Bring, started, monkeypatch):
    brought = bring({}, {"Start time": "12:00:00", "End time": "13:00:00", "Duration": "01:00:00"})
    TimeImport.objects.update(state=ImportState.WAITING)
    time_imports.run(brought=brought)
    monkeypatch.setattr("tracking.views.undo.AT_ONCE", 1)
    batch = Batch.objects.get(kind=BatchKind.IMPORT)
    ada.post(f"/changes/{batch.pk}/undo/")
    assert started == [("undo_change", str(batch.pk), str(administrator.pk))]
    assert TimeEntry.objects.alive().count() == 2
    run_started(started)
    assert not TimeEntry.objects.alive().exists()
    with pytest.raises(CommandError, match="undone already"):
        call_command("undo_change", str(batch.pk), str(administrator.pk))
    with pytest.raises(CommandError, match="no such change"):
        call_command("undo_change", "999999", str(administrator.pk))
    with pytest.raises(CommandError, match="no such import"):
        call_command("run_import", "999999")


def test_old_files_go(bring: Bring, tmp_path: Path):
    brought = bring({})
    forget_imports(timezone.now() + dt.timedelta(hours=23))
    assert TimeImport.objects.filter(pk=brought.pk).exists()
    forget_imports(timezone.now() + dt.timedelta(hours=25))
    assert not TimeImport.objects.exists()
    assert not list((tmp_path / "media").rglob("*.csv"))


def test_statements(ada: Client, bring: Bring, django_assert_max_num_queries):
    for number in range(3):
        brought = bring({"Start date": f"2026-01-{number + 10}", "End date": f"2026-01-{number + 10}"})
        time_imports.run(brought=brought)
    waiting = bring({"Email": "who@toggl.example"}, {})
    with django_assert_max_num_queries(12):
        ada.get("/import/")
    with django_assert_max_num_queries(16):
        ada.get(f"/import/{waiting.pk}/")


def test_the_way_there_has_a_name(client_for: ClientFor, owner: User):
    browser = client_for(owner)
    assert "Import time</a>" in text(browser.get("/"))
    page = text(browser.get("/entries/"))
    assert "Import time</a>" in page
    nav = page.split('aria-label="Main"')[1].split("</nav>")[0]
    assert "/import/" in nav
    make_entry(owner, timezone.now() - dt.timedelta(minutes=5), 1)
    assert "Import time</a>" not in text(browser.get("/entries/"))
