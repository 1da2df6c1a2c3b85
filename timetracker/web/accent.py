"""From any colour a person picks: an accent that can be read on every surface, light and dark.

Hue stays, and as much chroma as sRGB has there; only the lightness is moved, as little as will do. OKLab and OKLCH are
Björn Ottosson's (https://bottosson.github.io/posts/oklab/, the matrices as in CSS Color 4), the contrast is that of
WCAG 2.2 (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from functools import lru_cache

Triple = tuple[float, float, float]

VERSION = 2
"""Goes into the address of the style sheet, which is kept for ever: raise it when what comes out changes."""

READABLE, HIGH = 4.5, 7.0
SURFACES: dict[str, dict[str, tuple[Triple, ...]]] = {
    "calm": {
        "light": ((0.992, 0.003, 95), (0.972, 0.004, 95)),
        "dark": ((0.21, 0.012, 262), (0.18, 0.012, 262)),
    },
    "paper": {
        "light": ((0.978, 0.012, 85), (0.952, 0.018, 85)),
        "dark": ((0.225, 0.012, 65), (0.195, 0.012, 65)),
    },
    "contrast": {
        "light": ((1, 0, 0), (0.975, 0, 0)),
        "dark": ((0.12, 0, 0), (0, 0, 0)),
    },
}
"""`--color-base-100` and `--color-base-200` of each look and side, in OKLCH. A test compares them with the CSS."""

TINT = 0.12
"""Words in the accent also stand on a surface with that much of the accent in it, as the row of a running timer."""

PALE = 0.09
"""With less chroma it is hardly a colour any more: in the middle between black and white its buttons would look like
those that cannot be pressed. The less it has, the further out it goes."""
ENDS = {"light": 0.25, "dark": 0.93}
"""How light what has no chroma at all becomes."""

_HEX = re.compile(r"#[0-9a-f]{6}\Z")
_SHORT = re.compile(r"#([0-9a-f])([0-9a-f])([0-9a-f])\Z")
_STEP = 0.005


def tidy(text: str) -> str:
    """`#ABC` → `#aabbcc`. What is no colour comes back as it is, for whoever validates it."""
    text = text.strip().lower()
    short = _SHORT.match(text)
    return "#" + "".join(digit * 2 for digit in short.groups()) if short else text


def is_colour(text: str) -> bool:
    return _HEX.match(text) is not None


# ── sRGB and OKLCH ───────────────────────────────────────────────────────────
def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _gamma(value: float) -> float:
    return value * 12.92 if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055


def rgb_of(colour: str) -> Triple:
    """Of `#rrggbb`, each from 0 to 1."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def hex_of(rgb: Triple) -> str:
    return "#" + "".join(f"{round(min(max(value, 0), 1) * 255):02x}" for value in rgb)


def oklch_of(rgb: Triple) -> Triple:
    r, g, b = map(_linear, rgb)
    long = math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    medium = math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    short = math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    bb = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return lightness, math.hypot(a, bb), math.degrees(math.atan2(bb, a)) % 360


def _linear_of(oklch: Triple) -> Triple:
    lightness, chroma, hue = oklch
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def srgb_of(oklch: Triple) -> Triple:
    """What is outside sRGB loses chroma until it is in."""
    lightness, chroma, hue = oklch
    least, most = 0.0, chroma
    if not _fits(_linear_of(oklch)):
        for _ in range(16):
            middle = (least + most) / 2
            least, most = (middle, most) if _fits(_linear_of((lightness, middle, hue))) else (least, middle)
        most = least
    red, green, blue = (_gamma(min(max(value, 0), 1)) for value in _linear_of((lightness, most, hue)))
    return red, green, blue


def _fits(linear: Triple) -> bool:
    return all(-0.0005 <= value <= 1.0005 for value in linear)


# ── Contrast ─────────────────────────────────────────────────────────────────
def contrast(one: Triple, other: Triple) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(rgb: Triple) -> float:
    red, green, blue = map(_linear, rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def tinted(surface: Triple, colour: Triple, share: float = TINT) -> Triple:
    """The surface with `share` of the colour laid over it."""
    red, green, blue = (under + (over - under) * share for under, over in zip(surface, colour, strict=True))
    return red, green, blue


# ── The accent ───────────────────────────────────────────────────────────────
@lru_cache(maxsize=256)
def accent_for(colour: str, looks: tuple[str, ...], side: str, least: float) -> tuple[str, str]:
    """Primary and primary-content: the colour, as light as it has to be to stand at `least` on all those surfaces."""
    surfaces = [srgb_of(surface) for look in looks for surface in SURFACES[look][side]]
    lightness, chroma, hue = oklch_of(rgb_of(colour))
    lightness, primary = _readable((lightness, chroma, hue), surfaces, side, least)
    left = oklch_of(rgb_of(primary))[1]
    way = (ENDS[side] - lightness) * (1 - left / PALE)
    if left < PALE and (way < 0) == (side == "light"):
        _lightness, primary = _readable((lightness + way, chroma, hue), surfaces, side, least)
    return primary, "#ffffff" if side == "light" else "#000000"


def _readable(oklch: Triple, surfaces: list[Triple], side: str, least: float) -> tuple[float, str]:
    """How light it has to be, and what it then is."""
    lightness, chroma, hue = oklch
    step = -_STEP if side == "light" else _STEP
    # At the end of the way is black or white, which stands out on anything.
    for number in range(math.ceil(1 / _STEP) + 1):
        moved = min(max(lightness + number * step, 0), 1)
        primary = hex_of(srgb_of((moved, chroma, hue)))
        if _stands_out(rgb_of(primary), surfaces, least):
            break
    return moved, primary


def _stands_out(colour: Triple, surfaces: Iterable[Triple], least: float) -> bool:
    return all(
        contrast(colour, ground) >= least for surface in surfaces for ground in (surface, tinted(surface, colour))
    )


_GROUPS = (("", ("calm", "paper"), READABLE), ('[data-look="contrast"]', ("contrast",), HIGH))


def style_sheet(colour: str) -> str:
    """The variables for every look and side. One that the person's `data-look` and `data-theme` do not name is idle."""
    rules = []
    for selector, looks, least in _GROUPS:
        light, dark = (_declarations(*accent_for(colour, looks, side, least)) for side in ("light", "dark"))
        root = f":root:root{selector}"  # over what looks.css says
        rules += [
            f"{root}{{{light}}}",
            f"@media (prefers-color-scheme:dark){{{root}:not([data-theme]){{{dark}}}}}",
            f'{root}[data-theme="dark"]{{{dark}}}',
        ]
    return "\n".join(rules) + "\n"


def _declarations(primary: str, content: str) -> str:
    return f"--color-primary:{primary};--color-primary-content:{content}"
