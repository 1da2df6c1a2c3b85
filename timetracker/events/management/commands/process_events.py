from __future__ import annotations

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from timetracker.events import clock, dispatch
from timetracker.events.connections import renew_connections
from timetracker.events.threads import LONGEST_SLEEP


class Command(BaseCommand):
    help = (
        "Runs deliveries that a crash or a lost broker left behind. With --loop also the due jobs, until it is stopped."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--loop", action="store_true", help="go on until SIGTERM or SIGINT")

    def handle(self, *args: Any, loop: bool, **options: Any) -> None:
        if not loop:
            self.stdout.write(f"{dispatch.sweep()} deliveries processed.")
            return
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        while not stopping.is_set():
            renew_connections()
            clock.run_due_jobs(timezone.now())
            dispatch.drain(until=stopping.is_set)
            stopping.wait(LONGEST_SLEEP)
