"""The colours of each look, as the style sheets have them: what is read can be read."""

from __future__ import annotations

import re
from functools import cache
from itertools import product

import pytest

from tests.house.files import ROOT
from timetracker.web.accent import SURFACES, Triple, contrast, srgb_of, tinted

CSS = ROOT / "static" / "src" / "css"
NUMBERS = r"oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\)"
COLOUR = re.compile(rf"--color-([\w-]+): {NUMBERS};")
PAIR = re.compile(rf"--color-([\w-]+): light-dark\({NUMBERS}, {NUMBERS}\);")
LOOKS = [f"{look}-{side}" for look, side in product(SURFACES, ("light", "dark"))]
INKS = ["base-content", "soft", "faint"]
WORDS = ["primary", "success", "warning", "error", "info"]
FILLED = ["primary", "neutral", "success", "warning", "error", "info"]
WHITE = (0.99, 0.005, 25.0)  # the words of .btn-error


def triple(lightness: str, chroma: str, hue: str) -> Triple:
    return float(lightness) / 100, float(chroma), float(hue)


@cache
def colours() -> dict[str, dict[str, Triple]]:
    """By look and side, then by name."""
    found: dict[str, dict[str, Triple]] = {}
    for block in (CSS / "theme.css").read_text().split('@plugin "daisyui/theme"')[1:]:
        side = re.search(r'name: "(\w+)"', block)
        assert side
        found[f"calm-{side[1]}"] = {name: triple(*numbers) for name, *numbers in COLOUR.findall(block)}
    for block in (CSS / "looks.css").read_text().split("[data-look=")[1:]:
        look = block.split('"')[1]
        pairs = PAIR.findall(block)
        found[f"{look}-light"] = {name: triple(*numbers[:3]) for name, *numbers in pairs}
        found[f"{look}-dark"] = {name: triple(*numbers[3:]) for name, *numbers in pairs}
    return found


def test_every_look_has_all_colours():
    assert set(colours()) == set(LOOKS)
    names = set(colours()["calm-light"]) - {"line"}  # paper takes it from base-300
    assert all(names <= set(each) for each in colours().values())


@pytest.mark.parametrize("name", LOOKS)
def test_words_can_be_read_on_every_surface(name):
    have = {key: srgb_of(value) for key, value in colours()[name].items()}
    least = 7 if name.startswith("contrast") else 4.5
    low = {}
    for ink in INKS:
        for surface in ("base-100", "base-200", "base-300"):
            low[ink, surface] = contrast(have[ink], have[surface])
    for word in WORDS:
        for surface in ("base-100", "base-200"):
            low[word, surface] = contrast(have[word], have[surface])
            # A soft badge, a row that runs.
            low[word, surface, "tinted"] = contrast(have[word], tinted(have[surface], have[word], 0.08))
    for filled in FILLED:
        low[filled, "filled"] = contrast(have[filled], have[f"{filled}-content"])
    low["stop"] = contrast(have["stop"], srgb_of(WHITE))

    assert not {key: round(value, 2) for key, value in low.items() if value < least}


@pytest.mark.parametrize("name", LOOKS)
def test_lines_round_controls_can_be_seen(name):
    have = {key: srgb_of(value) for key, value in colours()[name].items()}
    lines = ["edge", "line"] if name.startswith("contrast") else ["edge"]
    low = {(line, on): contrast(have[line], have[on]) for line in lines for on in ("base-100", "base-200")}

    assert not {key: round(value, 2) for key, value in low.items() if value < 3}


def test_accents_are_made_for_the_surfaces_that_there_are():
    for look, sides in SURFACES.items():
        for side, surfaces in sides.items():
            have = colours()[f"{look}-{side}"]
            assert surfaces == (pytest.approx(have["base-100"]), pytest.approx(have["base-200"]))
