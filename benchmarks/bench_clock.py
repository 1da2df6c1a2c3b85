#!/usr/bin/env python
"""What one turn of the clock costs where 10,000 people have 1,000,000 entries, and something is due for all of them.

    python benchmarks/bench_clock.py [--people 10000] [--entries 1000000]

On a throw-away SQLite database, or on an empty one of PostgreSQL named by DATABASE_URL; without a server.
Prints for each moment how many turns there were, the slowest of them and its statements; then every job by itself.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
WEDNESDAY = dt.date(2026, 3, 4)
STEP = 5000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--entries", type=int, default=1_000_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-clock-") as folder:
        os.environ |= {"DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "timetracker.settings", "LOG_LEVEL": "ERROR"}
        os.environ.pop("REDIS_URL", None)
        import django  # noqa: PLC0415 - reads the environment made above

        django.setup()
        bench(options.people, options.entries)


def bench(people: int, entries: int) -> None:
    from django.core.management import call_command  # noqa: PLC0415 - needs Django set up

    from notifications.services import digests, scheduling  # noqa: PLC0415 - as above
    from notifications.services.triggers import announce_due, next_due_at, plan_missing  # noqa: PLC0415 - as above
    from timetracker.events.clock import jobs  # noqa: PLC0415 - as above
    from workflows.services.firing import fire_due  # noqa: PLC0415 - as above

    call_command("migrate", verbosity=0)
    fill(people, entries)
    morning = at(5, 0)
    turns("people get their first look", plan_missing, morning)
    turns("nothing is due", announce_due, morning)
    turns("10:30, no timer runs for anybody", announce_due, at(10, 30))
    turns("18:00, the day is summed up for everybody", announce_due, at(18, 0))
    turns("Friday 15:30, all are short of their goal", announce_due, at(15, 30, 2))
    remind_and_hold(at(9, 0, 1))
    turns("9:00, a reminder of their own for everybody", scheduling.fire_due, at(9, 0, 1))
    turns("quiet ends, a digest for everybody (100 turns)", digests.release_held, at(9, 0, 1), most=100)
    turns("9:00, a rule of their own for everybody", fire_due, at(9, 0, 1))
    turns("the clock asks when to come back", lambda now: next_due_at(now) and 0, at(18, 1))
    for job in jobs().values():
        turns(f"job {job.name}", lambda now, job=job: job.function(now) and 0, at(18, 5, 2), most=1)


def turns(said: str, ask: Callable[[dt.datetime], object], now: dt.datetime, *, most: int = 1000) -> None:
    """Asks until nothing is left."""
    import time_machine  # noqa: PLC0415 - a package of development
    from django.db import connection  # noqa: PLC0415 - needs Django set up
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415 - as above

    taken: list[tuple[float, int]] = []
    looked = 0
    with time_machine.travel(now, tick=False):
        while len(taken) < most:
            with CaptureQueriesContext(connection) as queries:
                began = time.perf_counter_ns()  # not moved by the clock above
                found = ask(now)
                taken.append(((time.perf_counter_ns() - began) / 1e6, len(queries)))
            looked += int(found or 0)  # type: ignore[call-overload]  # None or a number
            if not found:
                break
    slowest, statements = max(taken)
    print(f"{said:<48} {looked:>6} in {len(taken):>2} turns, slowest {slowest:>7.0f} ms, {statements:>3} statements")


def at(hour: int, minute: int, days: int = 0) -> dt.datetime:
    return dt.datetime.combine(WEDNESDAY + dt.timedelta(days=days), dt.time(hour, minute), dt.UTC)


def fill(people: int, entries: int) -> None:
    """Each worked on every day up to now, the same hours: what is in them does not matter here."""
    from accounts.models import Organisation, User  # noqa: PLC0415 - needs Django set up
    from tracking.models import DayTotal, TimeEntry  # noqa: PLC0415 - as above

    Organisation.objects.get_or_create(pk=Organisation.PK)
    made = User.objects.bulk_create(
        [User(username=f"p{n}", email=f"p{n}@example.com") for n in range(people)], batch_size=STEP
    )
    hour = dt.timedelta(hours=1)
    for number in range(entries // people):
        # Two a day, the last of them this morning.
        start = at(6, 0) - dt.timedelta(days=number // 2) + (number % 2) * hour
        TimeEntry.objects.bulk_create(
            [TimeEntry(user=one, started_at=start, ended_at=start + hour, seconds=3600) for one in made],
            batch_size=STEP,
        )
        if number % 2:
            DayTotal.objects.bulk_create([_total(DayTotal, one, start) for one in made], batch_size=STEP)


def remind_and_hold(moment: dt.datetime) -> None:
    """Of each person one reminder and one rule that are due then, and two notifications that waited until then."""
    from accounts.models import User  # noqa: PLC0415 - needs Django set up
    from notifications.models import Notification, Outcome  # noqa: PLC0415 - as above
    from workflows.models import Rule  # noqa: PLC0415 - as above

    ids = list(User.objects.values_list("pk", flat=True))
    Notification.objects.bulk_create(
        [Notification(user_id=pk, category="reminder", title="Tea", deliver_at=moment) for pk in ids], batch_size=STEP
    )
    before = moment - dt.timedelta(hours=3)
    Rule.objects.bulk_create(
        [Rule(user_id=pk, name="Tea", trigger_type="schedule", trigger_options={"every": "day", "at": "09:00"},
              actions=[{"type": "send_notification", "title": "Tea"}], next_run_at=moment, next_run_zone="UTC")
         for pk in ids], batch_size=STEP,
    )  # fmt: skip
    waiting = Notification.objects.bulk_create(
        [Notification(user_id=pk, category="own", title="Cake", delivered_at=before, in_centre=True) for pk in ids * 2],
        batch_size=STEP,
    )
    Outcome.objects.bulk_create(
        [Outcome(notification=row, channel="toast", state="held", reason="quiet", due_at=moment) for row in waiting],
        batch_size=STEP,
    )


def _total(model: type, person: object, start: dt.datetime) -> object:
    return model(user=person, day=start.date(), billable=False, seconds=7200)


if __name__ == "__main__":
    main()
