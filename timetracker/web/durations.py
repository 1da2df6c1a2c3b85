"""Durations as people write them, and back. The unit everywhere else is the second, as an integer."""

import re
from decimal import ROUND_HALF_UP, Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _

LONGEST = 99_999 * 3600  # fits a 32-bit column with room for sums

_NUMBER = r"[0-9]{1,9}(?:[.,][0-9]{1,6})?"
_HOURS = r"(?:h|hrs?|hours?|std|stunden?)\.?"
_MINUTES = r"(?:m|mins?|minutes?|minuten?)\.?"
_SECONDS = r"(?:s|secs?|seconds?|sek|sekunden?)\.?"
_CLOCK = re.compile(r"(?P<h>[0-9]{0,6}):(?P<m>[0-9]{2})(?::(?P<s>[0-9]{2}))?")
_PLAIN = re.compile(rf"(?P<h>{_NUMBER}|[.,][0-9]{{1,6}})")
_UNITS = re.compile(
    rf"(?:(?P<h>{_NUMBER})\s*{_HOURS})?\s*"
    rf"(?:(?P<m>{_NUMBER})\s*(?:{_MINUTES}|(?<=[0-9])(?=\s*$)))?\s*"
    rf"(?:(?P<s>{_NUMBER})\s*{_SECONDS})?"
)


def parse_duration(text: str) -> int:
    """Seconds in `1:30`, `1h30`, `90m`, `1.5`, `1,5`, `2h`, `1 h 30 min`, `45s`; a bare number is hours.

    Raises ValueError with a text for the person who typed it.
    """
    cleaned = text.strip().lower()
    match = _CLOCK.fullmatch(cleaned) or _PLAIN.fullmatch(cleaned) or (cleaned and _UNITS.fullmatch(cleaned))
    if not match:
        raise ValueError(_("Write a duration such as 1:30, 1h30, 90m or 1.5."))
    parts = match.groupdict()
    hours, minutes, seconds = (_decimal(parts.get(unit)) for unit in "hms")
    if _overflows(parts):
        raise ValueError(_("Minutes and seconds stop at 59."))
    total = (hours * 3600 + minutes * 60 + seconds).to_integral_value(ROUND_HALF_UP)
    if total > LONGEST:
        raise ValueError(_("This is longer than we can count."))
    return int(total)


def _decimal(text: str | None) -> Decimal:
    return Decimal(text.replace(",", ".")) if text else Decimal(0)


def _overflows(parts: dict[str, str | None]) -> bool:
    """`90m` is fine, `1:75` is a slip of the finger."""
    larger_given = False
    for unit in "hms":
        text = parts.get(unit)
        if larger_given and _decimal(text) >= 60:
            return True
        larger_given = larger_given or text is not None
    return False


def shown_seconds(seconds: int, hours_format: str = "clock") -> int:
    """The seconds that the written form stands for: whole minutes, or hundredths of an hour, half up.

    A total of shown lines is the sum of these, so that a page adds up.
    """
    step = 36 if hours_format == "decimal" else 60
    sign = -1 if seconds < 0 else 1
    return sign * ((abs(seconds) + step // 2) // step) * step


def format_duration(
    seconds: int, hours_format: str = "clock", *, with_seconds: bool = False, grouped: bool = False
) -> str:
    """`1:30`, `1:30:05` with seconds, or `1.50` (`1,50` in German).

    `grouped` is for reading alone: `1,234:30` (`1.234:30` in German) could not be typed back.
    """
    if hours_format == "decimal":
        hours = Decimal(shown_seconds(seconds, "decimal")) / 3600
        return number_format(hours, 2, use_l10n=True, force_grouping=grouped)
    exact = seconds if with_seconds else shown_seconds(seconds)
    minutes, rest = divmod(abs(exact), 60)
    hours_text = number_format(minutes // 60, use_l10n=True, force_grouping=True) if grouped else str(minutes // 60)
    text = f"{hours_text}:{minutes % 60:02}" + (f":{rest:02}" if with_seconds else "")
    return f"−{text}" if exact < 0 else text
