"""A process that counts something, says so and waits: `python -m tests.metrics.counting SOCKETS TIMERS`."""

import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "timetracker.settings")

import django

django.setup()

from timetracker.metrics import definitions as of  # noqa: E402 - only now that Django is set up
from timetracker.metrics.exporter import start_exporter  # noqa: E402 - as above

if __name__ == "__main__":
    sockets, timers = map(int, sys.argv[1:])
    start_exporter()
    of.SOCKETS_OPEN.inc(sockets)
    of.TIMERS_STARTED.inc(timers)
    of.REQUEST_SECONDS.labels("tracking:entries").observe(0.02)
    sys.stdout.write("counted\n")
    sys.stdout.flush()
    sys.stdin.read()
