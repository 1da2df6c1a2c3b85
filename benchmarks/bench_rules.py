#!/usr/bin/env python
"""How long rules take to match: 1,000 enabled rules, 10,000 events, and what the person's own request pays.

    python benchmarks/bench_rules.py [--events 10000]

On a throw-away SQLite database, in one process, without a server: what a worker does with each event.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

RULES = 1000
OF_THE_TRIGGER = 50
CONDITIONS = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=10_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-rules-") as folder:
        os.environ |= {"DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "timetracker.settings", "LOG_LEVEL": "ERROR"}
        for name in ("DATABASE_URL", "REDIS_URL"):
            os.environ.pop(name, None)
        import django  # noqa: PLC0415 - reads the environment made above

        django.setup()
        bench(options.events)


def bench(events: int) -> None:
    from django.core.management import call_command  # noqa: PLC0415 - needs Django set up

    from accounts.models import User  # noqa: PLC0415 - as above
    from tracking.services.projects import create_project  # noqa: PLC0415
    from tracking.services.tasks import create_task, update_task  # noqa: PLC0415
    from workflows.conditions import first_failure  # noqa: PLC0415
    from workflows.models import Rule  # noqa: PLC0415
    from workflows.services.matching import match  # noqa: PLC0415
    from workflows.triggers import triggers, values_of  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    person = User.objects.create_superuser("bench", "bench@example.com", "x")
    project = create_project(actor=person, name="Bench")
    conditions = [
        {"field": "name", "operator": "contains", "value": "task"},
        {"field": "estimated_hours", "operator": ">", "value": 1},
        {"field": "priority", "operator": "in", "value": ["urgent"]},
    ]
    tell = [{"type": "send_notification", "title": "{{ task.name }}"}]

    def rules(trigger: str, count: int) -> None:
        Rule.objects.bulk_create(
            Rule(name=f"{n}", user=person, trigger_type=trigger, trigger_conditions=conditions, actions=tell)
            for n in range(count)
        )

    task = create_task(actor=person, project=project, name="A task", estimated_hours=2)

    def change() -> Any:
        nonlocal task
        task = update_task(task=task, actor=person, status="review" if task.status == "todo" else "todo")
        return task

    without = timed(change, 200)
    rules("task_status_change", OF_THE_TRIGGER)
    with_rules = timed(change, 200)
    event = latest_event()
    few = timed(lambda: match(event), events // 10)
    rules("project_created", RULES - OF_THE_TRIGGER)
    many = timed(lambda: match(event), events)
    trigger, values = triggers()[event.type], values_of(event)
    rule = timed(lambda: first_failure(conditions, trigger, values), events)
    print(f"{events:,} events, {RULES:,} rules, {CONDITIONS} conditions each; median / p95")
    print(f"  a change with its record    {ms(without)}; with {OF_THE_TRIGGER} rules of its trigger {ms(with_rules)}")
    print(
        f"  an event with {OF_THE_TRIGGER} rules      {ms(many)}; before {RULES - OF_THE_TRIGGER} others came {ms(few)}"
    )
    print(f"  events a second             {len(many) / sum(many):.0f}")
    print(f"  a rule considered           {statistics.median(many) / OF_THE_TRIGGER * 1e6:.0f} µs")
    print(f"  a condition                 {statistics.median(rule) / CONDITIONS * 1e6:.1f} µs")


def latest_event() -> Any:
    from timetracker.events.models import Event  # noqa: PLC0415 - needs Django set up

    return Event.objects.filter(type="task_status_change").select_related("cause").latest("pk")


def timed(work: Callable[[], object], times: int) -> list[float]:
    taken = []
    for _time in range(times):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return taken


def ms(taken: list[float]) -> str:
    return f"{statistics.median(taken) * 1000:.2f} / {statistics.quantiles(taken, n=20)[-1] * 1000:.2f} ms"


if __name__ == "__main__":
    main()
