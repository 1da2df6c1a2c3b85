"""Tables as trackers and spreadsheets write them: UTF-8 or UTF-16, three delimiters, columns in any order."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

from tracking.imports.rows import Refusal, UnreadableFileError

LARGEST = 100 * 1024 * 1024
"""Bytes of one file, about half a million lines: more is brought in parts."""
DELIMITERS = ",;\t"
LONGEST_HEADER = 10_000
BYTE_ORDER_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}

Cells = dict[str, str]
"""A line's cells by the name of their column, in small letters."""


def read_table(path: Path, *, needed: Sequence[str]) -> Iterator[tuple[int, Cells] | Refusal]:
    """The number of each line (the first of several, the header is 1) and its cells; what is no line, refused.

    Raises UnreadableFileError where the file is too large, no text, or has no header with the `needed` columns.
    """
    if (size := path.stat().st_size) > LARGEST:
        text = _("The file has %(size)d MB; at most %(largest)d MB are read. Export a shorter time at once.")
        raise UnreadableFileError(text % {"size": size // 1024**2, "largest": LARGEST // 1024**2})
    with path.open(encoding=_encoding(path), newline="") as file:
        try:
            yield from _table(file, needed)
        except UnicodeError as error:
            text = _("The file is no text in UTF-8 or UTF-16 (%(error)s). Export it again as CSV.")
            raise UnreadableFileError(text % {"error": error}) from error


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(3)
    return next((name for mark, name in BYTE_ORDER_MARKS.items() if start.startswith(mark)), "utf-8")


def _table(file: IO[str], needed: Sequence[str]) -> Iterator[tuple[int, Cells] | Refusal]:
    delimiter = _delimiter(file.readline(LONGEST_HEADER), needed)
    file.seek(0)
    lines = csv.reader(file, delimiter=delimiter, strict=True)
    names = [_name(cell) for cell in next(lines)]
    while True:
        first = lines.line_num + 1
        try:
            cells = next(lines)
        except StopIteration:
            return
        except csv.Error as error:
            # Where a quote is not closed, all that follows is in it: the rest cannot be told apart.
            yield Refusal(
                first, _("Not readable as CSV: %(error)s. The file ends or is damaged here.") % {"error": error}
            )
            return
        if len(cells) == len(names):
            yield first, dict(zip(names, cells, strict=True))
        elif any(cells):
            text = _("%(found)d columns instead of %(wanted)d. Was the file cut off?")
            yield Refusal(first, text % {"found": len(cells), "wanted": len(names)})


def _delimiter(header: str, needed: Sequence[str]) -> str:
    for delimiter in DELIMITERS:
        try:
            names = {_name(cell) for cell in next(csv.reader([header], delimiter=delimiter), [])}
        except csv.Error:
            continue
        if names.issuperset(needed):
            return delimiter
    text = _(
        "The first line is not the header of such a file. It needs the columns %(needed)s, and begins with: %(found)s"
    )
    found = "".join(character if character.isprintable() else " " for character in header[:80])
    raise UnreadableFileError(text % {"needed": ", ".join(needed), "found": found.strip() or _("nothing")})


def _name(cell: str) -> str:
    return cell.strip().strip("\ufeff").lower()
