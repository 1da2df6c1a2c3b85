"""What is read from a file of another tracker, and what is refused: by line, with a reason."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tracking.toggl import HEADER, toggl_file, toggl_text
from tracking.imports import csv_files
from tracking.imports.rows import Refusal, Row, UnreadableFileError
from tracking.imports.toggl import read_toggl

STRANGE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)


def read(path: Path) -> list[Row | Refusal]:
    return list(read_toggl(path))


def refusal(path: Path) -> str:
    (found,) = read(path)
    assert isinstance(found, Refusal)
    return f"{found.line}: {found.reason}"


def test_a_line(tmp_path: Path):
    assert read(toggl_file(tmp_path, {"Email": "Olga@Kestrel.example", "Task": "Draft"})) == [
        Row(
            line=2, person="olga@kestrel.example", client="Acme", project="Site", task="Draft", description="Design",
            billable=True, start=dt.datetime(2026, 1, 5, 9), end=dt.datetime(2026, 1, 5, 10, 30), seconds=5400,
            tags=("ux", "design"),
        )
    ]  # fmt: skip


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_and_delimiters(tmp_path: Path, encoding: str, delimiter: str):
    path = toggl_file(tmp_path, {"Description": "Größe, «ß»; 日本\tx"}, {}, encoding=encoding, delimiter=delimiter)
    first, second = read(path)
    assert first.description == "Größe, «ß»; 日本\tx"
    assert (second.line, second.tags) == (3, ("ux", "design"))


def test_columns_in_any_order_and_case_and_without_some(tmp_path: Path):
    path = tmp_path / "file.csv"
    path.write_text('"END TIME","end date",Start Time,Start Date,user\n10:00:00,2026-01-05,9:00,2026-01-05,Olga\n')
    assert refusal(path).startswith("2: “2026-01-05 9:00” is no date and time")
    path.write_text('"END TIME","end date",Start Time,Start Date,user\n10:00:00,2026-01-05,09:00,2026-01-05,Olga\n')
    (row,) = read(path)
    assert (row.person, row.project, row.seconds, row.billable, row.tags) == ("Olga", "", None, False, ())


def test_lines_are_numbered_as_an_editor_does(tmp_path: Path):
    path = toggl_file(tmp_path, {"Description": "two\nlines"}, {"Duration": "x"}, {"Start date": "05/01/2026"})
    first, second, third = read(path)
    assert first.line == 2
    assert second == Refusal(4, "“x” is no duration such as 1:30:00.")
    assert third == Refusal(5, "“05/01/2026 09:00:00” is no date and time such as 2026-03-31 09:15:00.")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ({"Email": "", "User": ""}, "It does not say whose time it is."),
        ({"End date": "", "End time": ""}, "The timer was still running."),
        ({"Start date": "2026-02-30"}, "“2026-02-30 09:00:00” is no date"),
        ({"End time": "25:00:00"}, "“2026-01-05 25:00:00” is no date"),
        ({"End time": ""}, "“2026-01-05” is no date"),
        ({"Duration": "-1:00:00"}, "“-1:00:00” is no duration"),
    ],
)
def test_what_is_wrong_with_a_line(tmp_path: Path, line: dict[str, str], reason: str):
    assert reason in refusal(toggl_file(tmp_path, line))


def test_cut_off_in_a_line(tmp_path: Path):
    path = tmp_path / "file.csv"
    path.write_text(toggl_text({}, {})[:-60])
    first, second = read(path)
    assert isinstance(first, Row)
    assert second.line == 3
    assert "Was the file cut off?" in second.reason


def test_cut_off_in_a_quote(tmp_path: Path):
    path = tmp_path / "file.csv"
    path.write_text(toggl_text({}, {"Description": 'a "quoted" word'}).partition("quoted")[0])
    first, second = read(path)
    assert isinstance(first, Row)
    assert second.line == 3
    assert "damaged here" in second.reason


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "begins with: nothing"),
        (b"Date,Client,Hours\n2026-01-05,Acme,2\n", "begins with: Date,Client,Hours"),
        ("|".join(HEADER).encode(), "begins with: User|Email|Client"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "no text in UTF-8 or UTF-16"),
        (toggl_text({}).encode("utf-16-le"), "is not the header"),
        (toggl_text({"Description": "Größe"}).encode("latin-1"), "no text in UTF-8 or UTF-16"),
        (b'"' * 100_000, "is not the header"),
    ],
)
def test_what_is_no_such_file(tmp_path: Path, content: bytes, words: str):
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    with pytest.raises(UnreadableFileError) as error:
        read(path)
    assert words in str(error.value)


def test_too_large(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(csv_files, "LARGEST", 1024**2)
    path = tmp_path / "file.csv"
    with path.open("wb") as file:
        file.truncate(200 * 1024**2)  # takes no room
    with pytest.raises(UnreadableFileError, match="The file has 200 MB; at most 1 MB are read"):
        read(path)


@STRANGE
@given(
    content=st.binary(max_size=300) | st.text(max_size=300).map(lambda text: toggl_text({}).encode() + text.encode())
)
def test_nothing_breaks_it(tmp_path: Path, content: bytes):
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    with suppress(UnreadableFileError):
        assert all(isinstance(found, Row | Refusal) for found in read(path))


@STRANGE
@given(
    description=st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=80).map(str.strip),
    start=st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2090, 1, 1)).map(lambda one: one.replace(microsecond=0)),
    seconds=st.integers(1, 100_000),
)
def test_what_was_written_is_read(tmp_path: Path, description: str, start: dt.datetime, seconds: int):
    end = start + dt.timedelta(seconds=seconds)
    length = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    path = toggl_file(
        tmp_path,
        {
            "Description": description, "Start date": str(start.date()), "Start time": str(start.time()),
            "End date": str(end.date()), "End time": str(end.time()), "Duration": length,
        },
    )  # fmt: skip
    (row,) = read(path)
    assert (row.description, row.start, row.end, row.seconds) == (description, start, end, seconds)
