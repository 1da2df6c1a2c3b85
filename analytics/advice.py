"""Recommendations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PATTERN, PROJECT = "pattern", "project"
"""What keys begin with."""


@dataclass(frozen=True, slots=True)
class Advice:
    """A recommendation. Of a project or of a person: whoever makes one, pages show it the same way."""

    key: str
    """What it is about and which signal it follows from; at most 100 of a to z, digits, - and :."""
    text: str
    url: str = ""
    url_label: StrOrPromise = ""
    rule: str = ""
    """Slug of a ready rule of the gallery."""
    rule_at: str = ""
    """Time of day for a rule that goes by the clock, as 09:30."""
