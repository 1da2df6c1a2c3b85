"""Form fields that read what people write."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from decimal import Decimal
from functools import cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import number_format

from accounts.holidays import places, validate_place
from accounts.models.user import validate_time_zone
from timetracker.web.durations import parse_duration
from timetracker.web.times import parse_clock


class ClockField(forms.CharField):
    """`9`, `930`, `9:30`, `14.15`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 20, "widget": forms.TextInput(attrs={"autocomplete": "off"}), **options})

    def to_python(self, value: Any) -> Any:
        if isinstance(value, dt.time) or value in self.empty_values:
            return value
        try:
            return parse_clock(str(value))
        except ValueError as error:
            raise ValidationError(str(error), code="clock") from error

    def prepare_value(self, value: Any) -> Any:
        return value.strftime("%H:%M") if isinstance(value, dt.time) else value

    def run_validators(self, value: Any) -> None:
        """Those of a text do not fit a time; reading it was the check."""


class HoursField(forms.Field):
    """Hours as a Decimal, written as any duration: `37.5`, `37:30`, `38h`."""

    def __init__(self, **options: Any) -> None:
        attrs = {"autocomplete": "off", "inputmode": "decimal"}
        super().__init__(**{"widget": forms.TextInput(attrs=attrs), **options})

    def to_python(self, value: Any) -> Decimal | None:
        if value in self.empty_values:
            return None
        try:
            return (Decimal(parse_duration(str(value))) / 3600).quantize(Decimal("0.01"))
        except ValueError as error:
            raise ValidationError(str(error), code="duration") from error

    def prepare_value(self, value: Any) -> Any:
        return number_format(f"{value.normalize():f}", use_l10n=True) if isinstance(value, Decimal) else value


class TimeZoneField(forms.CharField):
    """Typed with suggestions, so that a wrong name stays where it can be mended. accounts/time_zones.html has them."""

    def __init__(self, **options: Any) -> None:
        attrs = {"list": "time-zones", "autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}
        super().__init__(**{"max_length": 64, "widget": forms.TextInput(attrs=attrs), **options})
        self.validators.append(validate_time_zone)

    @property
    def names(self) -> list[str]:
        return _zone_names()


class HolidaysField(forms.CharField):
    """The code of a country or a part of it, typed with suggestions. accounts/holiday_places.html has them."""

    def __init__(self, **options: Any) -> None:
        attrs = {"list": "holiday-places", "autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}
        super().__init__(**{"max_length": 40, "required": False, "widget": forms.TextInput(attrs=attrs), **options})
        self.validators.append(validate_place)

    @property
    def places(self) -> dict[str, str]:
        return places()


@cache
def _zone_names() -> list[str]:
    """Places people live in: without the short-hands and the zones that are only an offset."""
    areas = ("Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
    return ["UTC", *sorted(name for name in zoneinfo.available_timezones() if name.startswith(areas))]
