"""The product's settings, with a clock that turns every second in place of every minute."""

from timetracker.settings import *  # noqa: F403 - all of them

CELERY_BEAT_SCHEDULE = {"due-jobs": {"task": "timetracker.events.tasks.run_due_jobs", "schedule": 1.0}}
