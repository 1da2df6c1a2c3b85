"""Public holidays of a country (`DE`) or of a part of it (`DE-BE`, `US-CA`), by the codes of ISO 3166."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache, lru_cache

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


def days_off(code: str, first: dt.date, last: dt.date) -> frozenset[dt.date]:
    """Public holidays from `first` to `last`, both included. None for "", or for a code that is not known any more."""
    if not code or code not in places():
        return frozenset()
    found = (day for year in range(first.year, last.year + 1) for day in _of_year(code, year))
    return frozenset(day for day in found if first <= day <= last)


@lru_cache(maxsize=64)
def _of_year(code: str, year: int) -> frozenset[dt.date]:
    import holidays  # noqa: PLC0415 - a third of a second, for those who ask only

    country, _dash, part = code.partition("-")
    return frozenset(holidays.country_holidays(country, subdiv=part or None, years=year))


@cache
def places() -> dict[str, str]:
    """The name of each country, and of each of its parts where holidays differ, by code; in English, by name."""
    from holidays import list_supported_countries  # noqa: PLC0415 - as above
    from holidays.registry import COUNTRIES  # noqa: PLC0415 - as above

    names = {codes[1]: re.sub(r"(?<=[a-z])(?=[A-Z])", " ", codes[0]) for codes in COUNTRIES.values()}
    found: dict[str, str] = {}
    for country, parts in sorted(
        list_supported_countries(include_aliases=False).items(), key=lambda one: names[one[0]]
    ):
        found[country] = names[country]
        found |= {f"{country}-{part}": f"{names[country]}, {part}" for part in parts}
    return found


def validate_place(code: str) -> None:
    if code and code not in places():
        raise ValidationError(
            _("“%(code)s” is no place whose holidays are known. DE or DE-BE are."),
            code="holidays",
            params={"code": code},
        )
