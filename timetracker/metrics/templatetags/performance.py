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
        return _("over %(n)s s") % {"n": number_format(longest, use_l10n=True)}
    if value < 0.01:
        return _("%(n)s ms") % {"n": number_format(value * 1000, 1, use_l10n=True)}
    if value < 1:
        return _("%(n)s ms") % {"n": number_format(value * 1000, 0, use_l10n=True)}
    if value < 60:
        return _("%(n)s s") % {"n": number_format(value, 1, use_l10n=True)}
    if value < 3600:
        return _("%(n)s min") % {"n": number_format(value / 60, 0, use_l10n=True)}
    return _("%(n)s h") % {"n": number_format(value / 3600, 0, use_l10n=True, force_grouping=True)}


@register.filter
def percent(share: float) -> str:
    return _("%(n)s %%") % {"n": number_format(share * 100, 0 if share >= 0.1 else 1, use_l10n=True)}
