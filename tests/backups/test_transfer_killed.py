"""export_all and import_all are killed anywhere, or the disk is full: no harm, and the same command again does it."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as the_settings
from django.core.management import CommandError, call_command

from tests.backups.archives import contents, rows
from tests.backups.crashing import EXPORT, IMPORT
from tests.live.tools import database_url, soon
from timetracker.web.locks import only_one
from tracking.models import TimeEntry

pytestmark = pytest.mark.django_db(transaction=True)
KILLED = (-signal.SIGKILL, "")
SECONDS = "4,020 worked seconds."
OLDER = b"the last one"


def ended(command: str, file: Path, point: str) -> tuple[int, str]:
    """How a command of manage.py ended, in a process of its own on the test's database, and its last words."""
    environment = {
        **os.environ, "DATABASE_URL": database_url(), "SECRET_KEY": the_settings.SECRET_KEY,
        "DJANGO_SETTINGS_MODULE": "timetracker.settings",
    }  # fmt: skip
    process = subprocess.run(
        [sys.executable, "-m", "tests.backups.crashing", point, command, str(file)],
        cwd=the_settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return process.returncode, "".join(process.stderr.splitlines()[-1:])


def done(command: str, *arguments: Path) -> str:
    out = io.StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue()


def is_free() -> bool:
    with only_one("export") as free:
        return free


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def same(first: Path, second: Path) -> bool:
    """All tables, to the letter."""
    before, after = contents(first), contents(second)
    return {**before, "meta.json": b""} == {**after, "meta.json": b""}


# ── Export ───────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("point", "older"), [(EXPORT[0], True), (EXPORT[1], False), (EXPORT[2], True)])
def test_a_killed_export_leaves_what_was_there(world: TimeEntry, tmp_path: Path, point: str, older: bool):
    folder = tmp_path / "[a*] folder"
    folder.mkdir()
    file, mine = folder / "all [1].zip", folder / ".all [1].zip.mine"
    mine.write_text("of somebody else")
    if older:
        file.write_bytes(OLDER)
    assert ended("export_all", file, point) == KILLED

    assert file.exists() == older
    assert not older or file.read_bytes() == OLDER
    (rest,) = names(folder) - {file.name, mine.name}
    assert rest.startswith(".all [1].zip.")
    assert soon(is_free), "the server has not seen that the session is gone"

    told = done("export_all", file)

    assert names(folder) == {file.name, mine.name}
    assert contents(file)["tables/tracking.timeentry.jsonl"].count(b"\n") == 3
    assert SECONDS in told


def test_what_a_killed_export_left_is_no_archive(archive: Path, tmp_path: Path):
    before = rows()
    assert ended("export_all", tmp_path / "half.zip", "between tables") == KILLED
    (rest,) = tmp_path.glob(".half.zip.*")

    with pytest.raises(CommandError, match="damaged, cut off"):
        done("import_all", rest)

    assert rows() == before


def test_a_disk_that_fills_up_leaves_what_was_there(world: TimeEntry, tmp_path: Path):
    file = tmp_path / "all.zip"
    file.write_bytes(OLDER)
    code, words = ended("export_all", file, "full")

    assert code == 1
    assert "File too large" in words
    assert names(tmp_path) == {file.name}
    assert file.read_bytes() == OLDER


def test_one_export_at_a_time(world: TimeEntry, tmp_path: Path, run_at_once: Any):
    def second() -> str:
        with pytest.raises(CommandError) as refusal:
            done("export_all", tmp_path / "all.zip")
        return str(refusal.value)

    with only_one("export"):
        assert run_at_once(second) == ["Another export of this instance is being written right now."]
    assert names(tmp_path) == set()


# ── Import ───────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("point", IMPORT)
def test_a_killed_import_leaves_the_fresh_installation(archive: Path, tmp_path: Path, point: str):
    before = rows()
    assert ended("import_all", archive, point) == KILLED
    assert rows() == before

    told = done("import_all", archive)

    assert SECONDS in told
    assert told.splitlines()[:-1] == done("export_all", tmp_path / "again.zip").splitlines()[:-1]
    assert same(archive, tmp_path / "again.zip")
    assert "All totals are right" in done("check_totals")


def test_killed_after_the_commit_all_is_there_and_a_second_import_is_refused(archive: Path, tmp_path: Path):
    assert ended("import_all", archive, "after the commit") == KILLED
    done("export_all", tmp_path / "again.zip")
    assert same(archive, tmp_path / "again.zip")
    before = rows()

    with pytest.raises(CommandError, match="There are people in this database already"):
        done("import_all", archive)

    assert rows() == before
