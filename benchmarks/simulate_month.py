#!/usr/bin/env python
"""A month of a made-up team on a moved clock: what was sent, held back and digested, by person and by day.

    python benchmarks/simulate_month.py [--people 20] [--seed 1] [--days]

On a throw-away SQLite database, through the services and the clock's jobs, quarter of an hour by quarter of an hour.
People differ in zones, limits, quiet hours, digests and habits; one is away for a week; the clocks change on the way.
Ends with what must hold: it says so, or fails.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
FIRST, LAST = dt.datetime(2026, 3, 1, tzinfo=dt.UTC), dt.datetime(2026, 4, 1, tzinfo=dt.UTC)
QUARTER = dt.timedelta(minutes=15)
ZONES = ["Europe/Berlin", "Europe/Berlin", "America/New_York", "Asia/Tokyo"]
OUTSIDE = ("security", "data_loss", "digest")
"""Categories that no limit counts."""
JOBS = (
    "tracking.deadlines", "tracking.budgets", "notifications.fire_due", "notifications.wake_snoozed",
    "notifications.release_held", "notifications.plan_triggers", "notifications.triggers",
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--days", action="store_true", help="also a line for each person and day")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="month-") as folder:
        os.environ |= {"DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "timetracker.settings", "LOG_LEVEL": "ERROR"}
        os.environ |= {"EMAIL_URL": "dummymail://"}
        for name in ("DATABASE_URL", "REDIS_URL"):
            os.environ.pop(name, None)
        import django  # noqa: PLC0415 - reads the environment made above

        django.setup()
        from django.core.management import call_command  # noqa: PLC0415 - needs Django set up

        call_command("migrate", verbosity=0)
        import time_machine  # noqa: PLC0415 - a package of development

        with time_machine.travel(FIRST, tick=False):
            month = Month(Random(options.seed), options.people)
        month.live()
        month.say(options.days)
        month.check()


@dataclass
class Member:
    user: Any
    heeds: float
    """How often they do what a reminder says; otherwise they put it off or leave it."""
    forgets: float
    """How often they forget to stop."""
    looks: float
    """How often they look at what came, each quarter of an hour of a day."""
    away: tuple[int, int] = (0, 0)


class Month:
    def __init__(self, random: Random, people: int) -> None:
        from accounts.models import Organisation, User  # noqa: PLC0415 - needs Django set up
        from notifications.services.preferences import save_settings  # noqa: PLC0415 - as above
        from tracking.models import ProjectMember  # noqa: PLC0415
        from tracking.services.projects import create_project  # noqa: PLC0415

        self.random = random
        Organisation.objects.update_or_create(pk=Organisation.PK, defaults={"holidays": "DE-BE"})
        boss = User.objects.create_superuser("boss", "boss@example.com", "x")
        self.project = create_project(actor=boss, name="Relaunch", budget_type="hours", budget_amount=people * 80)
        self.members = []
        for number in range(people):
            user = User.objects.create_user(
                f"p{number:02}", f"p{number}@example.com", time_zone=ZONES[number % len(ZONES)], date_joined=FIRST
            )
            ProjectMember.objects.create(project=self.project, user=user, is_manager=number == 0)
            save_settings(
                person=user,
                quiet=number % 3 == 0,
                most_a_day=[None, 2, 4, 0][number % 4] if number % 5 else None,
                digest=["at_once", "daily", "weekly"][number % 3],
            )
            away = (9, 14) if number == 3 else (0, 0)
            self.members.append(
                Member(
                    user,
                    heeds=random.uniform(0.2, 0.9),
                    forgets=random.uniform(0, 0.2),
                    looks=random.choice([0.01, 0.05, 0.3]),
                    away=away,
                )
            )
        self.boss = boss
        self.held: dict[tuple[int, str], set[int]] = {}

    def live(self) -> None:
        import time_machine  # noqa: PLC0415 - a package of development

        from timetracker.events.clock import jobs  # noqa: PLC0415 - needs Django set up
        from timetracker.events.dispatch import drain  # noqa: PLC0415 - as above

        moment = FIRST
        while moment < LAST:
            with time_machine.travel(moment, tick=False):
                for member in self.members:
                    self.act(member, moment)
                drain()
                for name in JOBS:
                    jobs()[name].function(moment)
                drain()
            self.note_held()
            moment += QUARTER

    def note_held(self) -> None:
        """Before it is let go: afterwards it is sent like any other."""
        from notifications.models import Outcome  # noqa: PLC0415 - needs Django set up

        held = Outcome.objects.filter(state="held", reason__in=["quiet", "budget", "rate"])
        for pk, user, reason in held.values_list("notification_id", "notification__user_id", "reason"):
            self.held.setdefault((user, reason), set()).add(pk)

    def act(self, member: Member, moment: dt.datetime) -> None:
        from notifications.models import Notification  # noqa: PLC0415 - needs Django set up
        from notifications.services.reading import archive, mark_read  # noqa: PLC0415 - as above
        from tracking.queries import running_entry  # noqa: PLC0415
        from tracking.services.timer import start_timer, stop_timer  # noqa: PLC0415

        user, local = member.user, moment.astimezone(member.user.zone)
        works = local.weekday() < 5 and not member.away[0] <= local.day < member.away[1]
        running = running_entry(user, tagged=False)
        clock = local.hour + local.minute / 60
        if works and running is None and clock in (9.0, 13.0) and self.random.random() < 0.8:
            start_timer(user=user, project=self.project)
        if running and clock in (12.0, 17.5) and self.random.random() > member.forgets:
            stop_timer(user=user)
        late = clock == 22.0 and self.random.random() < 0.2  # whoever gives work sits elsewhere, or up late
        if works and (clock == 11.0 or late):
            self.give_work(member, moment)
        if not 8 <= clock <= 22 or self.random.random() > member.looks:
            return
        for row in list(Notification.objects.unread(user)):
            if row.category == "no_timer" and works and self.random.random() < member.heeds and running is None:
                start_timer(user=user, project=self.project)
                return
            way = mark_read if self.random.random() < 0.7 else archive
            way(person=user, rows=Notification.objects.filter(pk=row.pk))

    def give_work(self, member: Member, moment: dt.datetime) -> None:
        from tracking.services.tasks import create_task, update_task  # noqa: PLC0415 - needs Django set up

        for _each in range(self.random.choice([0, 0, 1, 3])):
            due = moment + dt.timedelta(hours=self.random.choice([30, 50, 100]))
            task = create_task(
                actor=self.boss,
                project=self.project,
                name="A task",
                assignee=member.user,
                estimated_hours=4,
                due_at=due,
            )
            if self.random.random() < 0.4:
                update_task(task=task, actor=member.user, status="done")

    # ── What came of it ──────────────────────────────────────────────────────
    def say(self, by_day: bool) -> None:
        from notifications.models import Notification, Outcome  # noqa: PLC0415 - needs Django set up

        print(f"{'':<6}{'told':>6}{'interrupted':>13}{'held by quiet':>15}{'limit':>7}{'rate':>6}"
              f"{'in digests':>12}{'digests':>9}{'achieved':>10}")  # fmt: skip
        for member in self.members:
            rows = Notification.objects.filter(user=member.user)
            quiet, limit, rate = (
                len(self.held.get((member.user.pk, reason), ())) for reason in ("quiet", "budget", "rate")
            )
            digested = Outcome.objects.filter(notification__user=member.user, reason="digest")
            print(f"{member.user.username:<6}{rows.count():>6}{rows.filter(interrupted_on__isnull=False).count():>13}"
                  f"{quiet:>15}{limit:>7}{rate:>6}{digested.values('notification').distinct().count():>12}"
                  f"{rows.filter(category='digest').count():>9}{rows.filter(category='achievement').count():>10}"
            )  # fmt: skip
        kinds = Counter(Notification.objects.exclude(user=self.boss).values_list("category", flat=True))
        print("by kind: " + ", ".join(f"{name} {count}" for name, count in kinds.most_common()))
        if by_day:
            self.say_days()

    def say_days(self) -> None:
        from notifications.models import Notification  # noqa: PLC0415 - needs Django set up

        for member in self.members:
            days: dict[dt.date, Counter[str]] = {}
            for row in Notification.objects.filter(user=member.user, delivered_at__isnull=False):
                day = row.delivered_at.astimezone(member.user.zone).date()
                days.setdefault(day, Counter())[row.category + ("" if row.interrupted_on else " (held)")] += 1
            for day in sorted(days):
                print(f"{member.user.username} {day} " + ", ".join(f"{k} {n}" for k, n in sorted(days[day].items())))

    def check(self) -> None:
        from notifications.models import Notification, Settings  # noqa: PLC0415 - needs Django set up

        for member in self.members:
            rows = Notification.objects.filter(user=member.user)
            most = Settings.objects.get(user=member.user).most_a_day
            days = Counter(rows.filter(interrupted_on__isnull=False).values_list("interrupted_on", flat=True))
            assert most is None or max(days.values(), default=0) <= most, (member.user, days)
            told = Counter(
                row.created_at.astimezone(member.user.zone).date()
                for row in rows.filter(category="daily_summary").exclude(
                    key__startswith="stop-"
                )  # asks whether to go on
            )
            assert max(told.values(), default=0) <= 1, (member.user, told)
            for row in rows.filter(category="no_timer", title="No timer runs"):
                day = row.created_at.astimezone(member.user.zone)
                assert day.weekday() < 5, (member.user, day)
            self.check_quiet(member)
        print("held: the limit of each day, quiet hours, one summary a date, no reminder of work on a day off")

    def check_quiet(self, member: Member) -> None:
        from notifications.choices import INTERRUPTING  # noqa: PLC0415 - needs Django set up
        from notifications.models import Outcome  # noqa: PLC0415 - as above
        from notifications.queries import quiet_of, settings_of  # noqa: PLC0415

        quiet = quiet_of(member.user, settings_of(member.user))
        sent = Outcome.objects.filter(notification__user=member.user, channel__in=INTERRUPTING, state="queued")
        for outcome in sent.exclude(notification__priority="critical").exclude(notification__category__in=OUTSIDE):
            assert quiet.ends_at(outcome.changed_at) is None, (member.user, outcome.notification, outcome.changed_at)


if __name__ == "__main__":
    main()
