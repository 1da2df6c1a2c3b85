"""Tags and filters of every page; loaded everywhere through TEMPLATES["OPTIONS"]["builtins"]."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.contrib.humanize.templatetags.humanize import naturaltime
from django.template import Context, Node
from django.template.base import Parser, TextNode, Token
from django.template.defaulttags import querystring
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from heroicons.templatetags.heroicons import heroicon_micro, heroicon_mini, heroicon_outline, heroicon_solid

from timetracker.web.durations import format_duration
from timetracker.web.money import decimals, rounded
from timetracker.web.palette import COLOURS

register = template.Library()

KEPT = 0 if settings.DEBUG else 2048
"""How many drawn pieces are kept; none while somebody works on the templates."""

_ICON_SETS = {"outline": heroicon_outline, "solid": heroicon_solid, "mini": heroicon_mini, "micro": heroicon_micro}
_DOTS = {name: format_html('<span class="dot dot-{}" aria-hidden="true"></span>', name) for name, _label in COLOURS}
_UNUSED = re.compile(r'(?<=>)\s+(?=<)| clip-rule="evenodd"')
_LINES = re.compile(r' (?:fill="none"|stroke="currentColor"|stroke-width="1\.5"|stroke-line(?:cap|join)="round")')
"""What is the same in every outlined icon, and said by `.icon` in base.css: a page has eighty of them."""
_NOTHING = (None, "")  # a template's missing name is an empty text
_NO_BREAK = "\N{NO-BREAK SPACE}"
_SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "INR": "₹", "KRW": "₩", "ILS": "₪", "UAH": "₴", "TRY": "₺"}


@register.simple_tag(takes_context=True)
def query_string(context: template.Context, **changes: Any) -> str:
    """`{% query_string page=2 q=None %}`: this page's query with some parameters changed or left out."""
    return querystring(context, context["request"].GET, **changes)


@register.simple_tag
def icon(name: str, *, set: str = "outline", label: str = "", **attributes: str) -> SafeString:  # noqa: A002 - the word in templates
    """`{% icon "play" class="size-4" %}`; hidden from screen readers unless it has a label of its own."""
    said = {"aria-hidden": "false", "role": "img", "aria-label": label} if label else {"aria-hidden": "true"}
    return _icon(name, set, tuple({"class": "size-5", **attributes, **said}.items()))


@lru_cache(maxsize=KEPT)
def _icon(name: str, icon_set: str, attributes: tuple[tuple[str, str], ...]) -> SafeString:
    drawn = _UNUSED.sub("", _ICON_SETS[icon_set](name, size=None, **dict(attributes)))
    if icon_set == "outline":
        drawn = _LINES.sub("", drawn).replace(' class="', ' class="icon ', 1)
    return SafeString(drawn)


_draw_icon = register.tags["icon"]


def _icon_of_template(parser: Parser, token: Token) -> Node:
    """One that says everything itself is drawn when its template is read: a list has hundreds of them."""
    node = _draw_icon(parser, token)
    said = [*node.args, *node.kwargs.values()]
    is_plain = all(not value.is_var and isinstance(value.var, str) and not value.filters for value in said)
    return TextNode(node.render(Context())) if is_plain and node.target_var is None else node


register.tag("icon", _icon_of_template)


@register.simple_tag
def first_icon(name: str, **attributes: str) -> SafeString:
    """An outlined icon that `icon_again` repeats elsewhere in the page."""
    head, inner, foot = re.split(r"(?<=>)(.*)(?=</svg>)", icon(name, **attributes), maxsplit=1, flags=re.DOTALL)
    return format_html('{}<g id="i-{}">{}</g>{}', SafeString(head), name, SafeString(inner), SafeString(foot))


@register.simple_tag
def icon_again(name: str, **attributes: str) -> SafeString:
    css = attributes.get("class", "size-5")
    return format_html(
        '<svg class="icon {}" viewBox="0 0 24 24" aria-hidden="true"><use href="#i-{}"/></svg>', css, name
    )


@register.simple_tag
def dot(colour: str) -> SafeString:
    """The coloured dot before a project's name; the name stands beside it, so the dot itself says nothing."""
    return _DOTS.get(colour, _DOTS["zinc"])


@register.filter
def duration(seconds: int | str | None, user: Any = None) -> str:
    """`{{ seconds|duration:user }}`: 1,234:30, or 1,234.50 for those who prefer it. Nothing for nothing."""
    if seconds in _NOTHING:
        return ""
    return format_duration(int(seconds), getattr(user, "hours_format", "clock"), grouped=True)


@register.filter
def exact_duration(seconds: int | str | None) -> str:
    """1:30:05, for clocks."""
    return "" if seconds in _NOTHING else format_duration(int(seconds), with_seconds=True)


@register.simple_tag
def local_time(moment: datetime | None, style: str = "time") -> str | SafeString:
    """`<time>` with the instant for programs and the person's own clock for people; time, date, day or datetime."""
    if not moment:
        return ""
    local = timezone.localtime(moment)
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), _written(local, style))


def _written(local: datetime, style: str) -> str:
    if style == "time":
        return local.strftime("%H:%M")
    if style == "datetime":
        return f"{date_format(local, 'SHORT_DATE_FORMAT')} {local:%H:%M}"
    return day_name(local) if style == "day" else date_format(local, "DATE_FORMAT")


@register.filter
def day_name(day: date) -> str:
    """Saturday 21 November; with the year where it is another one."""
    # Translators: how a day is written, https://docs.djangoproject.com/en/5.2/ref/templates/builtins/#date
    this_year, other_year = _("l j F"), _("l j F Y")
    return date_format(day, this_year if day.year == timezone.localdate().year else other_year)


@register.simple_tag
def ago(moment: datetime | None) -> str | SafeString:
    """5 minutes ago, in 3 days; the exact time is in the title."""
    if not moment:
        return ""
    local = timezone.localtime(moment)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', local.isoformat(), _written(local, "datetime"), naturaltime(moment)
    )


@register.filter
def money(amount: Decimal | int | str | None, currency: str) -> str:
    """€1,234.50 in English, 1.234,50 € in German. Never a float: a float has already lost the cents."""
    if amount in _NOTHING:
        return ""
    if isinstance(amount, float):
        raise TypeError("Money is a Decimal.")
    exact = rounded(Decimal(amount or 0), currency)
    number = number_format(abs(exact), decimals(currency), use_l10n=True, force_grouping=True)
    sign = "−" if exact < 0 else ""
    symbol = _SYMBOLS.get(currency)
    if symbol and (get_language() or "en").startswith("en"):
        return f"{sign}{symbol}{number}"
    return f"{sign}{number}{_NO_BREAK}{symbol or currency}"


@register.filter
def amounts(money_by_currency: Mapping[str, Decimal]) -> str:
    """€1,234.50 · 80.00 CHF: a sum in each currency."""
    return " · ".join(money(amount, currency) for currency, amount in money_by_currency.items())
