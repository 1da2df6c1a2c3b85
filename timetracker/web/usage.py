"""Where something was used of which no event tells. Nobody listens unless an app does; telemetry is one."""

from __future__ import annotations

from django.dispatch import Signal

feature_used = Signal()
"""Sent with `feature` and `facts`. Whoever receives it writes nothing: it may come from a page that only reads."""


def used(feature: str, **facts: object) -> None:
    feature_used.send(sender=None, feature=feature, facts=facts)
