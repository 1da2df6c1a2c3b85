"""A worker and the clock touch a file: its age says whether they live, and to look at it starts no Django."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from celery.signals import after_task_publish, beat_init, heartbeat_sent
from django.conf import settings


def touch(**_signal: Any) -> None:
    Path(settings.ALIVE_FILE).touch()


def watch_beat(**_signal: Any) -> None:
    """From now on each message of the clock that the broker has taken is a sign of life."""
    touch()
    after_task_publish.connect(touch, dispatch_uid="events.alive.published")


def connect() -> None:
    """A worker's heart beats every two seconds while the broker answers."""
    if settings.ALIVE_FILE:
        heartbeat_sent.connect(touch, dispatch_uid="events.alive.worker")
        beat_init.connect(watch_beat, dispatch_uid="events.alive.beat")
