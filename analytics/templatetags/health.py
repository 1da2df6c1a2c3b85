"""`{% load health %}`: signals and statuses in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

from analytics.health.signals import Level, Signal
from analytics.health.verdict import Status
from analytics.health.words import LABELS, LEVELS, STATUSES

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

register = template.Library()


@register.filter
def signal_label(signal: Signal) -> StrOrPromise:
    return LABELS[signal.name]


@register.filter
def level_label(level: Level) -> StrOrPromise:
    return LEVELS[level]


@register.filter
def status_label(status: Status) -> StrOrPromise:
    return STATUSES[status]
