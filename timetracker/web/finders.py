"""What the command palette finds besides commands: one list, filled by each app's own `finders.py`.

A finder answers with what its person may see, and nothing else: it asks the same queries as the lists.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LONGEST = 200
"""So many characters of what is typed are searched for."""
LOOKED_AT = 40
"""So many rows a finder reads at most; the best of them are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Leads to `url`, or posts `values` to it."""

    key: str
    """What its use is kept under: `project:12`. Empty: it is nothing to come back to."""
    label: str
    url: str
    second: str = ""
    icon: str = ""
    color: str = ""
    """Of a dot in place of the icon, a name of palette.py."""
    values: Mapping[str, str] = field(default_factory=dict)
    target: str = ""
    """Where the answer to a post goes; empty: it is a link."""
    use: float = 0


@dataclass(frozen=True, slots=True)
class Hint:
    """Something to say about what is typed."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finder:
    kind: str
    label: StrOrPromise
    """Heading of its group."""
    find: Callable[[Any, str], Iterable[Found | Hint]]
    recall: Callable[[Any, Sequence[int]], Iterable[Found]] | None = None
    """Those of the numbers that are still there to be seen."""
    latest: Callable[[Any], Iterable[Found]] | None = None
    """What the person is at, for a search in which nothing is typed and nothing was used yet."""
    acts: bool = False
    """It offers something to do, so it is not asked where one only searches."""


_finders: dict[str, Finder] = {}


def register(*finders: Finder) -> None:
    """In the order in which their groups are shown."""
    for finder in finders:
        if finder.kind in _finders:
            raise ValueError(f"There is a finder of {finder.kind} already.")
        _finders[finder.kind] = finder


def all_finders() -> list[Finder]:
    """Those that act come first."""
    return sorted(_finders.values(), key=lambda finder: not finder.acts)


def get_finder(kind: str) -> Finder | None:
    return _finders.get(kind)


def fit(label: str, text: str) -> int:
    """0 where the label begins so, 1 where each word of `text` begins one of its words, 2 where it holds them all,
    3 where it was found by something else. palette-rank.js orders by the same."""
    name, words = folded(label), folded(text).split()
    if name.startswith(" ".join(words)):
        return 0
    if all(f" {word}" in f" {name}" for word in words):
        return 1
    return 2 if all(word in name for word in words) else 3


def folded(text: str) -> str:
    """Without case and accents: what people type in a hurry."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(letter for letter in plain if not unicodedata.combining(letter)).split())
