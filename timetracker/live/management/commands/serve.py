from __future__ import annotations

import os
import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.autoreload import run_with_reloader

from timetracker.live.signals import server_ready
from timetracker.web.upgrades import not_started, pending_migrations


class Command(BaseCommand):
    help = "Serves pages and sockets, runs deliveries and due jobs: everything in one process."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
        parser.add_argument("--port", type=int, default=settings.PORT, help="default: PORT, else 8000")
        parser.add_argument("--migrate", action="store_true", help="bring the tables up to date first, after a backup")
        parser.add_argument("--without-backup", action="store_true", help="with --migrate: as upgrade has it")
        parser.add_argument("--reload", action="store_true", help="start again when a file changes")
        parser.add_argument("--access-log", action="store_true", help="one log line for each request and socket")

    def handle(self, *, host: str, port: int, migrate: bool, reload: bool, access_log: bool, **options: Any) -> None:
        if port != settings.PORT:
            _restart_with_port(port)
        if migrate:
            # A command of a room above this one.
            call_command("upgrade", without_backup=options["without_backup"], stdout=self.stdout)
        if reload:
            run_with_reloader(self.serve, host, port, log_access=access_log, signal_handlers=False)
        else:
            self.serve(host, port, log_access=access_log, signal_handlers=True)

    def serve(self, host: str, port: int, *, log_access: bool, signal_handlers: bool) -> None:
        _refuse_pending_migrations()
        # Importing Daphne installs Twisted's reactor, which no other command wants.
        from timetracker.live.server import EmbeddedServer  # noqa: PLC0415

        server = EmbeddedServer(host=host, port=port, log_access=log_access, signal_handlers=signal_handlers)
        try:
            server.run(self.say_ready)
        except OSError as error:
            raise CommandError(f"Cannot listen on {host}:{port}: {error}.") from None
        if not server.finish():
            self.stderr.write("Something was still running after 10 seconds and was cut off.")
            sys.stdout.flush()
            os._exit(0)  # it holds a thread that Python would wait for

    def say_ready(self) -> None:
        self.say(f"Timetracker is ready on {settings.PUBLIC_URL}")
        server_ready.send(sender=type(self), url=settings.PUBLIC_URL, write=self.say)

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _restart_with_port(port: int) -> None:
    """The port decides addresses, cookies and the content policy: settings have to know it from the start."""
    os.execve(sys.executable, sys.orig_argv, {**os.environ, "PORT": str(port)})  # noqa: S606 - ourselves


def _refuse_pending_migrations() -> None:
    if pending := pending_migrations():
        raise CommandError(not_started(pending))
