"""Celery, for an instance that has outgrown one machine: `celery -A timetracker worker`, and one `… beat`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "timetracker.settings")

app = Celery("timetracker")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
