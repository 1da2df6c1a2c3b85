"""What is wrong with a rule, and where in it."""

from __future__ import annotations

from typing import NamedTuple


class Fault(NamedTuple):
    path: str
    """`actions[1].title`."""
    text: str
