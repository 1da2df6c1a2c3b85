"""Whatever colour a person picks, it can be read."""

from __future__ import annotations

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from timetracker.web.accent import (
    HIGH,
    READABLE,
    SURFACES,
    accent_for,
    contrast,
    hex_of,
    is_colour,
    oklch_of,
    rgb_of,
    srgb_of,
    style_sheet,
    tidy,
    tinted,
)

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
GROUPS = [(("calm", "paper"), READABLE), (("contrast",), HIGH)]


@pytest.mark.parametrize("side", ["light", "dark"])
@pytest.mark.parametrize(("looks", "least"), GROUPS)
@given(colour=COLOURS)
@example(colour="#000000")
@example(colour="#ffffff")
@example(colour="#808080")
@example(colour="#ffff00")
@example(colour="#0000ff")
def test_words_in_any_accent_and_on_it_can_be_read(colour, looks, least, side):
    primary, content = (rgb_of(each) for each in accent_for(colour, looks, side, least))
    for look in looks:
        for surface in map(srgb_of, SURFACES[look][side]):
            assert contrast(primary, surface) >= least
            assert contrast(primary, tinted(surface, primary)) >= least
    assert contrast(primary, content) >= least


@pytest.mark.parametrize("side", ["light", "dark"])
@given(colour=COLOURS)
def test_the_hue_stays_where_there_is_colour(colour, side):
    """Where the lightness leaves room for hardly any chroma, eight bits do not hold a hue."""
    _lightness, chroma, hue = oklch_of(rgb_of(colour))
    _moved, left, now = oklch_of(rgb_of(accent_for(colour, ("calm", "paper"), side, READABLE)[0]))
    assert left <= chroma + 0.01
    if left > 0.05:
        assert min(abs(hue - now), 360 - abs(hue - now)) < 5


@pytest.mark.parametrize(("colour", "side"), [("#1d4ed8", "light"), ("#93c5fd", "dark"), ("#000000", "light")])
def test_what_can_be_read_already_stays_as_it_was_picked(colour, side):
    assert accent_for(colour, ("calm", "paper"), side, READABLE)[0] == colour


@pytest.mark.parametrize("side", ["light", "dark"])
@given(colour=COLOURS)
@example(colour="#000000")
@example(colour="#ffffff")
@example(colour="#0a0a2a")
@example(colour="#1a1a1a")
@example(colour="#808080")
def test_a_button_in_any_accent_looks_as_if_it_could_be_pressed(colour, side):
    """The less chroma there is, the further it is from the grey of what cannot be pressed."""
    lightness, chroma, _hue = oklch_of(rgb_of(accent_for(colour, ("calm", "paper"), side, READABLE)[0]))
    grey = 0.55 if side == "light" else 0.65  # about --color-faint
    assert math.hypot(3 * chroma, lightness - grey) > 0.15


@given(colour=COLOURS)
def test_there_and_back(colour):
    assert hex_of(srgb_of(oklch_of(rgb_of(colour)))) == colour


def test_known_values():
    """Of CSS Color 4 and WCAG."""
    assert oklch_of(rgb_of("#ff0000")) == pytest.approx((0.62796, 0.25768, 29.234), abs=0.001)
    assert contrast(rgb_of("#777777"), rgb_of("#ffffff")) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(
    ("typed", "kept"), [(" #ABC ", "#aabbcc"), ("#2F6FDE", "#2f6fde"), ("", ""), ("red;}", "red;}"), ("#ab", "#ab")]
)
def test_a_colour_is_written_in_one_way(typed, kept):
    assert tidy(typed) == kept


@given(st.text(max_size=12))
def test_nothing_else_is_a_colour(text):
    assert not is_colour(text) or (len(text) == 7 and set(text[1:]) <= set("0123456789abcdef"))


def test_the_style_sheet_names_both_sides_and_the_system():
    sheet = style_sheet("#2f6fde")
    assert sheet.count("--color-primary:") == sheet.count("--color-primary-content:") == 6
    assert sheet.count("prefers-color-scheme:dark") == 2
