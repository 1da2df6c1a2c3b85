"""Files as Toggl Track writes them."""

from __future__ import annotations

import csv
import io
from pathlib import Path

HEADER = (
    "User", "Email", "Client", "Project", "Task", "Description", "Billable", "Start date", "Start time", "End date",
    "End time", "Duration", "Tags", "Amount (EUR)",
)  # fmt: skip
LINE = {
    "User": "Olga Owner", "Email": "olga@kestrel.example", "Client": "Acme", "Project": "Site", "Task": "",
    "Description": "Design", "Billable": "Yes", "Start date": "2026-01-05", "Start time": "09:00:00",
    "End date": "2026-01-05", "End time": "10:30:00", "Duration": "01:30:00", "Tags": "ux, design", "Amount (EUR)": "",
}  # fmt: skip


def toggl_text(*lines: dict[str, str], delimiter: str = ",", header: tuple[str, ...] = HEADER) -> str:
    """A line is LINE, with what it says instead."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(header)
    for line in lines:
        cells = LINE | line
        writer.writerow(cells.get(name, "") for name in header)
    return out.getvalue()


def toggl_file(folder: Path, *lines: dict[str, str], encoding: str = "utf-8-sig", delimiter: str = ",") -> Path:
    path = folder / "toggl.csv"
    path.write_text(toggl_text(*lines, delimiter=delimiter), encoding=encoding, newline="")
    return path
