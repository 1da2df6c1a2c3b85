"""Whether usage figures are sent, what waits and what was sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.conf import settings
from django.core.cache import cache
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from accounts.models import Organisation, User
from analytics.models import TelemetryEvent, TelemetryState, TelemetryStatus

KEPT_SENT = 200
"""So many messages that were sent are kept, to be looked at."""
MOST_WAITING = 1000
"""Rows, each for one thing on one day: enough for a week with everything in every variety each day."""

FLAGS_KEPT = dt.timedelta(hours=24)
"""So long the last answer about feature flags counts while PostHog cannot be reached."""
FLAGS_KEY = "analytics.posthog_flags"
FLAGS_CACHED = 60
"""Seconds. Whoever changes them empties the cache, which without Redis is the cache of that process alone."""


def has_agreed() -> bool:
    """An administrator has switched it on, and there is a key to send with."""
    return bool(settings.POSTHOG_API_KEY) and Organisation.objects.filter(pk=Organisation.PK, telemetry=True).exists()


def telemetry_state() -> TelemetryState:
    """An unsaved row where nothing was ever switched on."""
    return TelemetryState.objects.filter(pk=TelemetryState.PK).first() or TelemetryState(pk=TelemetryState.PK)


def unsent() -> QuerySet[TelemetryEvent]:
    """The longest waiting first."""
    return TelemetryEvent.objects.exclude(status=TelemetryStatus.SENT).order_by("pk")


def without_lease(rows: QuerySet[TelemetryEvent], now: dt.datetime) -> QuerySet[TelemetryEvent]:
    """Those that no sender has at the moment."""
    return rows.filter(Q(leased_until=None) | Q(leased_until__lte=now))


def sent_messages() -> QuerySet[TelemetryEvent]:
    """The latest first."""
    return TelemetryEvent.objects.filter(status=TelemetryStatus.SENT).order_by("-sent_at", "-pk")


def waiting_times() -> int:
    """How many things wait to be told, of however many kinds."""
    return unsent().aggregate(total=Sum("times"))["total"] or 0


def people_here() -> int:
    return User.objects.filter(is_active=True).count()


def posthog_flags() -> Mapping[str, bool]:
    """What PostHog said of feature flags. Nothing where nobody has agreed, or the answer is too old."""
    if not settings.POSTHOG_API_KEY:
        return {}
    kept: tuple[dict[str, bool], dt.datetime | None] | None = cache.get(FLAGS_KEY)
    if kept is None:
        state = telemetry_state() if has_agreed() else TelemetryState()
        kept = (state.flags, state.flags_at)
        cache.set(FLAGS_KEY, kept, FLAGS_CACHED)
    flags, said_at = kept
    return flags if said_at and said_at > timezone.now() - FLAGS_KEPT else {}
