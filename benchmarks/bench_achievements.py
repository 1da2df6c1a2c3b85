"""What a stopped timer costs the handler of achievements, where a million entries are there and all of them count.

    DATA_DIR=$(mktemp -d) python -m benchmarks.bench_achievements [--entries 1000000] [--people 200]

The entries of each person lie on the last 400 days, which is as long as what counts is kept. What is there already is
used again.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import statistics
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "timetracker.settings")

import django

django.setup()

from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Organisation, User
from notifications.models import Achievement, CountedTime
from timetracker.events.models import Event
from timetracker.events.registry import handlers
from tracking.models import TimeEntry
from tracking.services.timer import start_timer, stop_timer

DAYS = 400
DAY = dt.timedelta(days=1)
ROUNDS = 50


def fill(person: User, count: int, now: dt.datetime) -> None:
    """Entries of half an hour, as many on each day."""
    a_day = max(1, count // DAYS)
    begin = now.replace(hour=6, minute=0, second=0, microsecond=0)
    entries = []
    for number in range(count):
        start = begin - (number // a_day + 1) * DAY + (number % a_day) * dt.timedelta(minutes=31)
        end = start + dt.timedelta(minutes=30)
        entries.append(TimeEntry(user=person, started_at=start, ended_at=end, seconds=1800, source="timer"))
    TimeEntry.objects.bulk_create(entries, batch_size=5000)
    CountedTime.objects.bulk_create(
        [
            CountedTime(
                person=person, entry=entry, day=entry.started_at.date(), zone="UTC", witnessed=1800, seconds=1800
            )
            for entry in entries
        ],
        batch_size=5000,
    )


def measure(person: User, *, forget: bool) -> None:
    """Each round is a timer of its own. With `forget` nothing is earned yet: each brings all there is at once."""
    times, counts = [], []
    handle = handlers()["notifications.count_time"].function
    for _round in range(ROUNDS):
        if forget:
            Achievement.objects.filter(person=person).delete()
        start_timer(user=person, started_at=timezone.now() - dt.timedelta(minutes=2))
        stop_timer(user=person)
        event = Event.objects.filter(type="timer_stopped").latest("pk")
        with CaptureQueriesContext(connection) as found:
            begun = time.perf_counter()
            handle(event)
            times.append((time.perf_counter() - begun) * 1000)
        counts.append(len(found))
    times.sort()
    what = "everything earned anew" if forget else "nothing new"
    median, late = statistics.median(times), times[int(ROUNDS * 0.95)]
    print(f"{what:<24}{statistics.median_high(counts):>4} SQL  median {median:6.1f} ms  p95 {late:6.1f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--people", type=int, default=200)
    asked = parser.parse_args()
    call_command("migrate", verbosity=0)
    Organisation.objects.update_or_create(pk=1, defaults={"holidays": "DE-BE"})
    now = timezone.now()
    for number in range(asked.people if not TimeEntry.objects.exists() else 0):
        fill(User.objects.create(username=f"person{number}"), asked.entries // asked.people, now)
    print(f"{TimeEntry.objects.count():,} entries, {CountedTime.objects.count():,} that count, {asked.people} people")
    person = User.objects.get(username="person0")
    measure(person, forget=False)
    measure(person, forget=True)


if __name__ == "__main__":
    main()
