"""The units of deploy/systemd, read as systemd does as far as they go."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

FOLDER = Path(settings.BASE_DIR, "deploy", "systemd")
HOME = "/opt/timetracker"
Unit = dict[str, dict[str, list[str]]]
"""By section and name: a name may stand there more than once."""


def read(path: Path) -> Unit:
    unit: Unit = {}
    section = ""
    for line in path.read_text().splitlines():
        if line.startswith("["):
            section = line.strip("[]")
            unit[section] = {}
        elif line and not line.startswith(("#", ";")):
            name, equals, value = line.partition("=")
            assert equals, f"{path.name}: {line}"
            unit[section].setdefault(name, []).append(value)
    return unit


def part(name: str) -> Unit:
    return read(FOLDER / f"timetracker-{name}.service")


def command(name: str) -> list[str]:
    (line,) = part(name)["Service"]["ExecStart"]
    return shlex.split(line.replace("%%", "%"))


def variables(unit: Unit) -> dict[str, str]:
    return dict(pairs(" ".join(unit["Service"].get("Environment", []))))


def pairs(text: str) -> Iterator[tuple[str, str]]:
    for each in shlex.split(text):
        name, _equals, value = each.partition("=")
        yield name, value
