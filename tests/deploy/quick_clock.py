"""The product's settings, with a clock that turns every second in place of every minute."""

import os

from timetracker.settings import *  # noqa: F403 - all of them
from timetracker.settings import CELERY_BEAT_SCHEDULE as SLOW
from timetracker.settings import CHANNEL_LAYERS

CELERY_BEAT_SCHEDULE = {name: {**entry, "schedule": 1.0} for name, entry in SLOW.items()}
# As tests.workers gives them to the tests of this worker, so that what they push is heard here.
if "prefix" not in CHANNEL_LAYERS["default"]["CONFIG"] and (worker := os.environ.get("PYTEST_XDIST_WORKER")):
    CHANNEL_LAYERS["default"]["CONFIG"]["prefix"] = worker
