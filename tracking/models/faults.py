"""Where the complaint of a constraint belongs."""

from __future__ import annotations

from collections.abc import Collection

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models


class FaultsAtFields(models.Model):
    """A constraint whose `violation_error_code` is a field's name complains there, in forms, API and admin alike.

    Django puts it there by itself only for a unique constraint over one plain column.
    """

    class Meta:
        abstract = True

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        try:
            super().validate_constraints(exclude=exclude)
        except ValidationError as error:
            raise ValidationError(self._at_fields(error)) from error

    def _at_fields(self, error: ValidationError) -> dict[str, list[ValidationError]]:
        names = {field.name for field in self._meta.get_fields()}
        found: dict[str, list[ValidationError]] = {}
        for name, faults in error.error_dict.items():
            for fault in faults:
                here = fault.code if name == NON_FIELD_ERRORS and fault.code in names else name
                found.setdefault(here, []).append(fault)
        return found
