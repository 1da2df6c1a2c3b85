"""How keys are written: a chord (`Ctrl+Shift+Z`), a plain key (`?`), or a sequence of plain keys (`g d`).

`Ctrl` is the command key on a Mac. The same is read in the browser by keys.js: a key is the character that it produces.
What the browser has to know of this (`for_scripts`) it gets from here.
"""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext_lazy, pgettext_lazy

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
    "tab": "Tab",
    **{f"f{number}": f"F{number}" for number in range(1, 13)},
}
NAMES = {
    "Ctrl": gettext_lazy("Ctrl"),
    "Shift": pgettext_lazy("key", "Shift"),
    "Enter": pgettext_lazy("key", "Enter"),
    "Escape": gettext_lazy("Esc"),
    "Delete": pgettext_lazy("key", "Del"),
    "Backspace": pgettext_lazy("key", "Backspace"),
    "Space": pgettext_lazy("key", "Space"),
    "Home": pgettext_lazy("key", "Home"),
    "End": pgettext_lazy("key", "End"),
    "PageUp": pgettext_lazy("key", "PageUp"),
    "PageDown": pgettext_lazy("key", "PageDown"),
    "ArrowUp": "↑",
    "ArrowDown": "↓",
    "ArrowLeft": "←",
    "ArrowRight": "→",
}
"""As the keyboard says it, without blanks; the others are called as they are written."""
_PAGES = ["Enter", "Space", "Tab", "Escape", "Backspace", "Home", "End", "PageUp", "PageDown"]
_PAGES += ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"]
TAKEN = {
    "browser": [
        *("F1", "F3", "F5", "F6", "F7", "F10", "F11", "F12", "Shift+F5", "Shift+F10", "Ctrl+F4", "Ctrl+F5", "Alt+F4"),
        *(
            f"Ctrl+{key}"
            for key in ("W", "T", "N", "Shift+W", "Shift+T", "Shift+N", "L", "R", "Shift+R", "C", "V", "X")
        ),
        *("Ctrl+Shift+I", "Ctrl+Shift+J", "Ctrl+Tab", "Ctrl+Shift+Tab", "Alt+ArrowLeft", "Alt+ArrowRight", "Alt+Home"),
    ],
    "page": [*_PAGES, *(f"Shift+{key}" for key in _PAGES)],
}
"""By whom: keys that nobody can have for a command. Either they never reach a page, or people would miss them."""
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


def printed(keys: str) -> str:
    """As people read them: `Ctrl+Delete` is `Strg+Entf` in German. shownKeys of keys.js does the same."""
    return " ".join("+".join(str(NAMES.get(part, part)) for part in _parts(stroke)) for stroke in keys.split())


def unprinted(text: str) -> str:
    """What was printed, or typed like that, as it is kept. Whether those are keys at all is for normal_keys to say."""
    names = {str(name).casefold(): key for key, name in NAMES.items()}
    try:
        return " ".join(
            "+".join(names.get(part.casefold(), part) for part in _parts(stroke)) for stroke in text.split()
        )
    except BadKeys:
        return text


def _parts(stroke: str) -> list[str]:
    return [stroke] if len(stroke) == 1 else _split(stroke)


def taken_by(keys: str) -> str:
    """Who needs them: a key of TAKEN, or nobody."""
    return next((who for who, those in TAKEN.items() if keys in those), "")


def for_scripts() -> dict[str, Any]:
    return {"names": {key: str(name) for key, name in NAMES.items()}, "taken": TAKEN, "most": MOST_KEYS}
