"""`{% load insights %}`: figures as insights write them."""

from __future__ import annotations

import math
from typing import Any

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from timetracker.web.templatetags.web import duration

register = template.Library()


@register.filter
def hours_as_time(hours: float | None, user: Any = None) -> str:
    """1.5 as 1:30, or as whoever reads it writes hours."""
    return "" if hours is None else duration(round(hours * 3600), user)


@register.filter
def percent(share: float | None, decimals: int = 0) -> str:
    if share is None:
        return "–"
    return f"{figure(100 * share, decimals)} %" if decimals else f"{math.floor(100 * share + 0.5)} %"


@register.filter
def figure(value: float | None, decimals: int = 2) -> str:
    if value is None:
        return "–"
    # By itself it cuts off what follows.
    return number_format(round(value, decimals), decimals, use_l10n=True, force_grouping=True)


@register.simple_tag
def hours_range(low: float, high: float) -> str:
    """3 – 7 h, 1.5 – 5 h or 20 – 50 min: no more digits than a range is worth."""
    if high < 1:
        words = {"low": str(max(1, round(low * 60))), "high": str(max(1, round(high * 60)))}
        return _("%(low)s – %(high)s min") % words
    return _("%(low)s – %(high)s h") % {"low": _hours(low), "high": _hours(high)}


def _hours(hours: float) -> str:
    rounded = round(hours, 1 if hours < 10 else 0)
    return number_format(rounded, 0 if rounded == round(rounded) else 1, use_l10n=True)


@register.simple_tag
def size_words(low: float | None, high: float | None) -> str:
    """Of a class of estimates, in hours."""
    if low is None:
        return _("without an estimate")
    if high is None:
        words = _("%(low)s h and more") % {"low": _hours(low)}
    elif not low:
        words = _("under %(high)s h") % {"high": _hours(high)}
    else:
        words = _("%(low)s to %(high)s h") % {"low": _hours(low), "high": _hours(high)}
    return words.replace(" h", "\u00a0h")  # a number keeps its unit
