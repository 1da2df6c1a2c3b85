"""What the API's fields have in common: strict about what comes in, quick about what goes out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import User
from timetracker.web.times import FIRST_YEAR, LAST_YEAR
from tracking.services.tags import require_tag_names

LARGEST_ID = 2**63 - 1


def instant_text(moment: dt.datetime | None) -> str | None:
    """ISO 8601 in UTC with a Z; seconds are whole wherever people or programs set them."""
    return None if moment is None else moment.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


def date_text(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()


def money_text(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.2f}"


class InstantField(serializers.DateTimeField):
    """An instant must say its zone: a program that leaves it out means something we can only guess."""

    default_error_messages = {
        "invalid": _("Write an instant such as 2026-11-22T09:30:00+01:00."),
        "no_zone": _("The zone is missing: end with Z or an offset, as in 2026-11-22T09:30:00+01:00."),
    }

    def to_internal_value(self, value: Any) -> dt.datetime:
        try:
            moment = parse_datetime(value.strip()) if isinstance(value, str) else None
        except ValueError:
            moment = None
        if moment is None or not FIRST_YEAR <= moment.year <= LAST_YEAR:
            self.fail("invalid")
        if moment.tzinfo is None:
            self.fail("no_zone")
        return moment.astimezone(dt.UTC)


class ChoiceField(serializers.ChoiceField):
    default_error_messages = {"invalid_choice": _("Choose one of: {choices}.")}

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or data not in self.choices:
            self.fail("invalid_choice", choices=", ".join(map(str, self.choices)))
        return data


@extend_schema_field({"type": "integer", "minimum": 1, "maximum": LARGEST_ID})
class RelatedId(serializers.Field):
    """The id of something that the caller sees. `rows` narrows by person: what is invisible does not exist."""

    default_error_messages = {
        "invalid": _("Give an id, a whole number."),
        "does_not_exist": _("There is none with this id, or it is not for you to see."),
    }

    def __init__(self, rows: Callable[[User], QuerySet[Any]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rows = rows

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, str) and data.isascii() and data.isdigit() and len(data) < 20:
            data = int(data)
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        present = getattr(self.parent.instance, self.source, None)
        if present is not None and present.pk == data:
            return present  # sent back as it was read, though one may not see it any more
        row = None
        if 0 < data <= LARGEST_ID:
            row = self.rows(self.context["request"].user).filter(pk=data).first()
        if row is None:
            self.fail("does_not_exist")
        return row

    def to_representation(self, value: Any) -> int:
        return value.pk


class TagNames(serializers.ListField):
    """Tags by name; a name that is new makes a tag."""

    child = serializers.CharField(max_length=60)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=50, **kwargs)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        names = super().run_validation(data)
        try:
            return require_tag_names(names) if isinstance(names, list) else names
        except ValidationError as error:
            raise serializers.ValidationError(error.messages) from error
