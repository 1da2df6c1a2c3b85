"""`{% load time_entries %}`: what the timer and the lists of entries need."""

from __future__ import annotations

import datetime as dt
import uuid

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tracking.forms.booking import Work
from tracking.forms.timer import StartTimeForm
from tracking.models import TimeEntry

register = template.Library()


@register.simple_tag
def new_uid() -> uuid.UUID:
    """Names the row a form will make, so that sending it twice makes one."""
    return uuid.uuid4()


@register.simple_tag
def work_of(entry: TimeEntry) -> Work:
    return Work.of(entry)


@register.simple_tag
def start_time_form(entry: TimeEntry, refused: StartTimeForm | None = None) -> StartTimeForm:
    """The form as it was refused, else one that shows the start as it is."""
    return refused or StartTimeForm(entry=entry)


@register.simple_tag
def span(entry: TimeEntry) -> SafeString:
    """08:30 – 10:45; with +1 where it ends on a later day; `now` while it runs."""
    start = timezone.localtime(entry.started_at)
    if entry.ended_at is None:
        return format_html("{} – {}", f"{start:%H:%M}", _("now"))
    end = timezone.localtime(entry.ended_at)
    days = (end.date() - start.date()).days
    if not days:
        return format_html("{} – {}", f"{start:%H:%M}", f"{end:%H:%M}")
    said = ngettext("%(count)d day later", "%(count)d days later", days) % {"count": days}
    return format_html(
        '{} – {} <abbr class="no-underline" title="{}">+{}</abbr>', f"{start:%H:%M}", f"{end:%H:%M}", said, days
    )


@register.simple_tag
def day_range(first: dt.date, last: dt.date) -> str:
    """16 – 22 Nov, 30 Nov – 6 Dec; with the year where it is not this one."""
    # Translators: how a day is written in a range of days; the second one with its month.
    day, month = _("j"), _("j M")
    year = "" if last.year == timezone.localdate().year else f" {last.year}"
    begin = date_format(first, day if first.month == last.month else month)
    return f"{begin} – {date_format(last, month)}{year}"
