from __future__ import annotations

import select
import signal
import socket
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
        # The bytes of the socket wake the wait whenever a signal comes. An Event must not be set by a handler: it waits
        # for its own lock for ever when the signal arrives inside of Event.wait().
        reader, writer = socket.socketpair()
        writer.setblocking(False)
        signal.set_wakeup_fd(writer.fileno())
        stopping: list[int] = []
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda received, frame: stopping.append(received))
        while not stopping:
            renew_connections()
            clock.run_due_jobs(timezone.now())
            dispatch.drain(until=lambda: bool(stopping))
            select.select([reader], [], [], LONGEST_SLEEP)
