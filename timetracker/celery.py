"""Celery, for an instance that has outgrown one machine: `celery -A timetracker worker`, and one `… beat`."""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging
from django.conf import settings

from timetracker.web.logging import configure

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "timetracker.settings")

app = Celery("timetracker")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect(dispatch_uid="timetracker.logging")
def keep_our_log(**options: Any) -> None:
    """Celery's own would take our handler away: its lines are no JSON, and nothing in them is masked."""
    configure(settings.LOGGING)
