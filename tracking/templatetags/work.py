"""Tags of the work pages: `{% load work %}`."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from django import template
from django.db.models import TextChoices
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from timetracker.web.templatetags.web import KEPT, duration, icon, money
from tracking.budgets import BudgetUse
from tracking.choices import Priority, ProjectStatus, TaskStatus
from tracking.forms.tasks import END_OF_DAY
from tracking.models import Project, Task

register = template.Library()


@register.simple_tag
def status(item: Project | Task) -> SafeString:
    choices = TaskStatus if isinstance(item, Task) else ProjectStatus
    return _state("status", choices, item.status, get_language())


@register.simple_tag
def priority(task: Task) -> SafeString:
    return _state("priority", Priority, task.priority, get_language())


@lru_cache(maxsize=KEPT)
def _state(kind: str, choices: type[TextChoices], value: str, _language: str | None) -> SafeString:
    """Drawn once for each of the few values and languages there are."""
    return render_to_string(f"web/{kind}.html", {kind: value, "label": choices(value).label})


@register.simple_tag
def tag_words(task: Task) -> str | SafeString:
    """The tags of a row: a phone shows none, and a narrow column shortens them before the name."""
    words = " ".join(f"#{tag.name}" for tag in task.tags.all())
    return (
        format_html('<span class="min-w-0 shrink-[99] phone-hide truncate text-xs text-faint">{}</span>', words)
        if words
        else ""
    )


@register.simple_tag(takes_context=True)
def task_hours(context: template.Context, task: Task) -> str | SafeString:
    """3:20 of 8:00; marked where it took longer than was thought."""
    user, tracked, estimated = context.get("user"), task.tracked_seconds, task.estimated_seconds
    if not estimated:
        return duration(tracked, user)
    ink = "text-warning" if tracked > estimated else "text-faint"
    words = _("of %(estimate)s") % {"estimate": duration(estimated, user)}
    return format_html('{} <span class="text-xs @max-[60rem]:block {}">{}</span>', duration(tracked, user), ink, words)


@register.simple_tag(takes_context=True)
def budget_words(context: template.Context, use: BudgetUse) -> SafeString:
    """64 % of 200:00, or of 20,000 €."""
    amount = money(use.amount, use.currency) if use.in_money else duration(use.amount_seconds, context.get("user"))
    words = _("of %(amount)s") % {"amount": amount}
    return format_html('{} % <span class="text-faint">{}</span>', use.percent, words)


@register.simple_tag
def task_due(task: Task) -> str | SafeString:
    """When a task is due, as one would say it; marked where it is late or today."""
    if task.due_at is None:
        return ""
    local = timezone.localtime(task.due_at)
    clock = "" if local.time().replace(second=0, microsecond=0) == END_OF_DAY else f"{local:%H:%M}"
    late = task.due_at < timezone.now()
    return _due(local.date(), clock, late=late, over=task.finished or task.archived)


@register.simple_tag
def project_due(project: Project) -> str | SafeString:
    if project.due_on is None:
        return ""
    return _due(project.due_on, "", late=project.due_on < timezone.localdate(), over=not project.bookable)


def _due(day: dt.date, clock: str, *, late: bool, over: bool) -> SafeString:
    return _drawn_due(day, clock, timezone.localdate(), get_language(), late=late, over=over)


@lru_cache(maxsize=KEPT)
def _drawn_due(
    day: dt.date, clock: str, today: dt.date, _language: str | None, *, late: bool, over: bool
) -> SafeString:
    days = (day - today).days
    exact = f"{date_format(day, 'DATE_FORMAT')} {clock}".strip()
    if over:
        tone, mark, words = "", "", _short(day, today)
    elif late:
        tone, mark, words = "bad", icon("exclamation-circle", set="mini", **{"class": "size-4"}), _late(days, clock)
    else:
        tone, mark, words = ("warn" if days == 0 else ""), "", _ahead(day, today, clock)
    return format_html(
        '<span class="state" data-tone="{}">{}<time datetime="{}" title="{}">{}</time></span>',
        tone, format_html('<span class="state-mark">{}</span>', mark) if mark else "", day.isoformat(), exact, words,
    )  # fmt: skip


@register.simple_tag
def day_of(moment: dt.datetime) -> SafeString:
    """The person's day of an instant, short."""
    local = timezone.localtime(moment)
    exact = f"{date_format(local, 'DATE_FORMAT')} {local:%H:%M}"
    return format_html('<time datetime="{}" title="{}">{}</time>', local.isoformat(), exact, short_day(local.date()))


@register.filter
def short_day(day: dt.date) -> str:
    """8 Dec; with the year where it is another one."""
    return _short(day, timezone.localdate())


def _short(day: dt.date, today: dt.date) -> str:
    # Translators: how a short day is written, https://docs.djangoproject.com/en/5.2/ref/templates/builtins/#date
    this_year, other_year = _("j M"), _("j M Y")
    return date_format(day, this_year if day.year == today.year else other_year)


def _late(days: int, clock: str) -> str:
    if days == 0:
        return _("late since %(time)s") % {"time": clock}
    if days == -1:
        return _("late since yesterday")
    return ngettext("%(count)d day late", "%(count)d days late", -days) % {"count": -days}


def _ahead(day: dt.date, today: dt.date, clock: str) -> str:
    days = (day - today).days
    if days == 0:
        return _("today %(time)s") % {"time": clock} if clock else _("today")
    if days == 1:
        return _("tomorrow")
    if days < 14:
        return ngettext("in %(count)d day", "in %(count)d days", days) % {"count": days}
    return _short(day, today)
