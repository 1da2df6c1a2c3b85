"""What an installation has to change with a release is in docs/upgrade.md, and every setting in docs/configure.md."""

import json
import re

import pytest

from scripts.surroundings import changed, surroundings
from tests.backups.schemas import FOLDER, KEPT
from tests.house.files import ROOT, text
from timetracker.web.doctor import known_names

GUIDE = text(ROOT / "docs" / "upgrade.md").partition("\n## Around it, by release\n")[2]
SECTIONS = dict(re.findall(r"(?ms)^### (\S+)\n(.*?)(?=^##|\Z)", GUIDE))


def age(name: str) -> tuple[list[int], bool, str]:
    """What is on the way to a version, like 0.1.0-before-telemetry, comes before it."""
    version, _dash, rest = name.partition("-")
    return [int(number) for number in version.split(".")], not rest, rest


ORDERED = sorted(KEPT, key=age)
KEPT_THEN = {name: json.loads((FOLDER / f"{name}.json").read_text()) for name in ORDERED}
STEPS = list(zip(ORDERED, [*ORDERED[1:], "Unreleased"], strict=True))


def test_releases_stand_in_order_the_newest_first():
    assert list(SECTIONS) == [after for _before, after in reversed(STEPS)]


@pytest.mark.parametrize(("before", "after"), STEPS)
def test_the_guide_names_what_changed_around_a_release_and_nothing_else(before: str, after: str):
    """Rows of its table begin with the names. Where this fails: write a row, in words, for what differs."""
    there = KEPT_THEN.get(after) or surroundings(ROOT)
    cells = re.findall(r"(?m)^\| ([^|]+) \|", SECTIONS[after])
    assert {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)} == changed(KEPT_THEN[before], there)


def test_every_setting_is_in_the_guide():
    table = text(ROOT / "docs" / "configure.md").partition("\n## Settings\n")[2].partition("\n## ")[0]
    rows = re.findall(r"(?m)^\| ([^|]+) \|", table)
    listed = {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)}
    read = {name for name in surroundings(ROOT) if name in known_names() or name.startswith("FLAG_")}
    assert listed == read
