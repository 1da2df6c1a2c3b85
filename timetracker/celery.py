"""Celery, for an instance that has outgrown one machine: `celery -A timetracker worker`, and one `… beat`."""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, setup_logging, worker_init
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


@worker_init.connect(weak=False)
@beat_init.connect(weak=False)
def refuse_other_tables(**_kwargs: Any) -> None:
    from timetracker.web.upgrades import stop_unless_migrated  # noqa: PLC0415 - Django is set up by now, not above

    stop_unless_migrated()
