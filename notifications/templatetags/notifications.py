"""Tags of the notification pages: `{% load notifications %}`."""

from __future__ import annotations

import datetime as dt

from django import template
from django.utils.formats import time_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.choices import Weekday
from notifications.achievements.queries import Ahead
from notifications.achievements.words import ICONS, ahead_in_words, name_of
from notifications.categories import Category, category_named
from notifications.choices import AchievementKind
from notifications.conditions import CONDITIONS
from notifications.models import Achievement, Notification
from notifications.recurrence import DAY
from notifications.services.devices import session_name
from timetracker.web.templatetags.web import icon

register = template.Library()
HOUR, MINUTE = 3600, 60


@register.simple_tag
def category_of(row: Notification) -> Category:
    return category_named(row.category)


@register.simple_tag(takes_context=True)
def sign_in_mark(context: template.Context) -> str:
    """Another after each sign-in: by it a page finds out that its device has to be added again. No secret."""
    session = getattr(context["request"], "session", None)
    return session_name(session.session_key or "")[:16] if session is not None else ""


@register.simple_tag
def condition_words(row: Notification) -> str:
    found = CONDITIONS.get(row.condition)
    return _("only if %(condition)s") % {"condition": found.label} if found else ""


@register.simple_tag
def recurrence_words(row: Notification) -> str:
    """Every day at 18:00; Monday, Friday at 9:00; every 90 minutes."""
    again = row.recurrence
    if not again:
        return _("Once")
    if "at" in again:
        clock = time_format(dt.time.fromisoformat(again["at"]), "TIME_FORMAT")
        if len(again["days"]) == 7:
            return _("Every day at %(time)s") % {"time": clock}
        days = ", ".join(str(Weekday(day).label) for day in again["days"])
        return _("%(days)s at %(time)s") % {"days": days, "time": clock}
    return _every(again["every_seconds"])


def _every(seconds: int) -> str:
    if seconds % DAY == 0:
        count = seconds // DAY
        return ngettext("Every day", "Every %(count)d days", count) % {"count": count}
    if seconds % HOUR == 0:
        count = seconds // HOUR
        return ngettext("Every hour", "Every %(count)d hours", count) % {"count": count}
    count = seconds // MINUTE
    return ngettext("Every minute", "Every %(count)d minutes", count) % {"count": count}


@register.simple_tag
def achievement_name(one: Achievement) -> str:
    return name_of(one)


@register.simple_tag
def achievement_icon(kind: str) -> SafeString:
    return icon(ICONS[AchievementKind(kind)], **{"class": "size-5 shrink-0 text-soft"})


@register.simple_tag(takes_context=True)
def achievement_ahead(context: template.Context, one: Ahead) -> tuple[str, str]:
    """What it is, and how far one is."""
    return ahead_in_words(one, context["user"])
