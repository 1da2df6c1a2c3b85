from __future__ import annotations

import math

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from timetracker.metrics.definitions import PAGE

register = template.Library()

_NOTHING = "–"


@register.filter
def seconds(value: float | None, longest: float = PAGE[-1]) -> str:
    """12 ms, 1.4 s, 5 min, 3 h; over 10 s where no more is known. A dash where nothing was measured."""
    if value is None:
        return _NOTHING
    if value == math.inf:
        return _("over %(n)s s") % {"n": _written(longest)}
    if value < 1:
        return _("%(n)s ms") % {"n": _written(value * 1000, 1 if value < 0.01 else 0)}
    if value < 60:
        return _("%(n)s s") % {"n": _written(value, 1)}
    if value < 3600:
        return _("%(n)s min") % {"n": _written(value / 60)}
    return _("%(n)s h") % {"n": _written(value / 3600)}


@register.filter
def percent(share: float) -> str:
    return _("%(n)s %%") % {"n": _written(share * 100, 0 if share >= 0.1 else 1)}


def _written(value: float, places: int = 0) -> str:
    # Django cuts what does not fit off.
    return number_format(round(value, places), places, use_l10n=True, force_grouping=True)
