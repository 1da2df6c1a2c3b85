from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

_AMOUNT = re.compile(r"(-?[1-9]\d{0,2}(?:([.,' \u2019\u00a0\u202f])\d{3})(?:\2\d{3})*|-?\d+)(?:([.,])(\d{1,2}))?")


class AmountField(forms.DecimalField):
    """Money as people write it in either language: 95.5, 95,50, 1.200,00 and 1,200.00."""

    default_error_messages = {"invalid": _("Write an amount such as 95.50 or 95,50.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "localize": True})

    def to_python(self, value: Any) -> Decimal | None:
        if not isinstance(value, str) or not value.strip():
            return super().to_python(value)
        match = _AMOUNT.fullmatch(value.strip())
        if match is None or (match[2] and match[2] == match[3]):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        whole = re.sub(r"[^-\d]", "", match[1])
        return super().to_python(Decimal(f"{whole}.{match[4] or 0}"))
