"""`manage.py import_time`, as an administrator at a terminal uses it."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from tests.tracking.toggl import toggl_file
from tracking.models import TimeEntry

pytestmark = pytest.mark.django_db


def run(path: Path, *options: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("import_time", "toggl", str(path), *options, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


@pytest.fixture
def file(tmp_path: Path, owner: User) -> Path:
    return toggl_file(tmp_path, {"Email": owner.email}, {"Email": owner.email, "Start date": "x"})


def test_a_dry_run_tells_all_and_stores_nothing(file: Path, administrator: User, owner: User):
    out, err = run(file, "--dry-run", "--zone", "Europe/Berlin")
    assert "From 2026-01-05 to 2026-01-05, times in Europe/Berlin:" in out
    assert f"         1         1:30  {owner}" in out
    assert "         1              projects to make" in out
    assert out.endswith("A dry run: nothing was stored.\n")
    assert err == "Line 3: “x 09:00:00” is no date and time such as 2026-03-31 09:15:00.\n"
    assert not TimeEntry.objects.exists()


def test_refused_lines_have_to_be_accepted(file: Path, administrator: User):
    with pytest.raises(CommandError, match="Nothing was stored"):
        run(file)
    assert not TimeEntry.objects.exists()
    out, _err = run(file, "--skip-refused")
    assert "         1         1:30  Stored" in out
    out, _err = run(file, "--skip-refused")
    assert "         1         1:30  Imported already" in out
    assert out.endswith("Nothing new.\n")
    assert TimeEntry.objects.count() == 1


def test_people_are_named(tmp_path: Path, administrator: User, owner: User, outsider: User):
    file = toggl_file(tmp_path, {"Email": "old@toggl.example"}, {"Email": "gone@toggl.example"})
    with pytest.raises(CommandError):
        run(file)
    _out, err = run(file, "--dry-run")
    assert "Nobody here is old@toggl.example (1 lines). Say who that is: --person old@toggl.example=HERE" in err
    out, _err = run(file, "--person", "old@toggl.example=", "--person", "gone@toggl.example=", "--dry-run")
    assert "         2              Left out" in out
    run(file, "--person", "old@toggl.example=olga", "--person", f"gone@toggl.example={outsider.email}")
    assert set(TimeEntry.objects.values_list("user", flat=True)) == {owner.pk, outsider.pk}


def test_somebody_else_imports(file: Path, administrator: User, owner: User, outsider: User):
    _out, err = run(file, "--dry-run", "--as", "otto")
    assert f"Nobody here is {owner.email} (1 lines)." in err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--zone", "Europe/Berlinn"], "“Europe/Berlinn” is not a time zone we know."),
        (["--as", "nobody"], "There is nobody here called nobody."),
        (["--person", "somebody"], "is not of the form THEIRS=HERE"),
        (["--person", "a@b.example=nobody"], "There is nobody here called nobody."),
    ],
)
def test_wrong_options(file: Path, administrator: User, options: list[str], words: str):
    with pytest.raises(CommandError, match=words):
        run(file, *options)


def test_no_such_file_no_table_and_nobody_here(tmp_path: Path, db: None, request: pytest.FixtureRequest):
    with pytest.raises(CommandError, match="Nobody is here yet"):
        run(tmp_path / "missing.csv")
    request.getfixturevalue("administrator")
    with pytest.raises(CommandError, match="No such file"):
        run(tmp_path / "missing.csv")
    (tmp_path / "picture.csv").write_bytes(b"\x89PNG\r\n")
    with pytest.raises(CommandError, match="no text in UTF-8"):
        run(tmp_path / "picture.csv")
