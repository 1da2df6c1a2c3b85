"""How keys are written: a chord (`Ctrl+Shift+Z`), a plain key (`?`), or a sequence of plain keys (`g d`).

`Ctrl` is the command key on a Mac. The same is read in the browser by keys.js: a key is the character that it produces.
"""

from __future__ import annotations

import re

MODIFIERS = ("Ctrl", "Alt", "Shift")
NAMED = {
    "escape": "Escape",
    "enter": "Enter",
    "delete": "Delete",
    "backspace": "Backspace",
    "home": "Home",
    "end": "End",
    "pageup": "PageUp",
    "pagedown": "PageDown",
    "arrowup": "ArrowUp",
    "arrowdown": "ArrowDown",
    "arrowleft": "ArrowLeft",
    "arrowright": "ArrowRight",
    "space": "Space",
    **{f"f{number}": f"F{number}" for number in range(1, 13)},
}
MOST_KEYS = 3
LONGEST = 60


class BadKeys(ValueError):
    """What is written names no keys."""


class Clash(ValueError):
    """The keys are another command's."""

    def __init__(self, command_id: str, other_id: str, keys: str) -> None:
        super().__init__(f"{keys} of {command_id} are the keys of {other_id}.")


def normal_keys(text: str) -> str:
    """`ctrl+k` as `Ctrl+K`, `G D` as `g d`. Raises BadKeys."""
    if not isinstance(text, str) or len(text) > LONGEST:
        raise BadKeys
    strokes = text.split()
    if not 1 <= len(strokes) <= MOST_KEYS:
        raise BadKeys
    found = [_stroke(stroke) for stroke in strokes]
    if len(found) > 1 and any(len(stroke) > 1 for stroke in found):
        raise BadKeys  # a sequence is of plain keys: held down ones would be a finger exercise
    return " ".join(found)


def _stroke(text: str) -> str:
    *held, key = [text] if len(text) == 1 else _split(text)
    names = {name.capitalize() for name in held}
    if len(names) != len(held) or not names <= set(MODIFIERS):
        raise BadKeys
    name = NAMED.get(key.lower(), key)
    if name == key and key not in NAMED.values():
        if len(key) != 1 or not key.isprintable() or key.isspace():
            raise BadKeys
        name = key.upper() if names else key.lower()
        if not key.isalpha():
            names -= {"Shift"}  # what produces the character differs from one layout to the next
        if names == {"Shift"} or "Alt" in names:
            raise BadKeys  # those write characters
    return "+".join([*(modifier for modifier in MODIFIERS if modifier in names), name])


def _split(text: str) -> list[str]:
    if not re.fullmatch(r"(?:[A-Za-z]+\+)*(?:\+|[^+]+)", text):
        raise BadKeys
    return [*text[:-2].split("+"), "+"] if text.endswith("++") else text.split("+")


def overlaps(one: str, other: str) -> bool:
    """The same, or one begins the other: then the longer could never be reached."""
    shorter, longer = sorted((one.split(), other.split()), key=len)
    return longer[: len(shorter)] == shorter
