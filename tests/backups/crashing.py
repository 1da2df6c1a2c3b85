"""`python -m tests.backups.crashing POINT COMMAND FILE` runs a command of manage.py that ends itself at a point.

With SIGKILL, or, at "full", because no file may grow any more. A table is taken row by row, so that it is half there.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from collections.abc import Callable
from typing import Any

TABLES, VALUES = 12, 30
"""So many are through when "between tables" comes, and so many of the entries' at "in a table", in the second row."""
EXPORT = ("between tables", "in a table", "before the name")
IMPORT = ("between tables", "in a table", "before the commit")


def die(*_args: Any, **_options: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def fill_up() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))


def after(calls: int, function: Callable[..., Any], then: Callable[[], None], table: str = "") -> Callable[..., Any]:
    """`function`, that counts its calls; with `table`, those whose first argument is a field of it."""
    left = calls

    def call(*args: Any) -> Any:
        nonlocal left
        left -= not table or args[0].model._meta.label_lower == table
        if left == 0:
            then()
        return function(*args)

    return call


def prepare(point: str, command: str) -> None:
    from timetracker.backups import files, transfer
    from timetracker.backups.management.commands import export_all, import_all

    transfer.CHUNK = 1
    says = (import_all if command == "import_all" else export_all).Command
    of_a_value = "_stored" if command == "import_all" else "_plain"
    match point:
        case "between tables" | "full":
            says._say = after(TABLES, says._say, fill_up if point == "full" else die)
        case "in a table":
            setattr(transfer, of_a_value, after(VALUES, getattr(transfer, of_a_value), die, "tracking.timeentry"))
        case "before the name":
            files.os.fsync = die
        case "before the commit":
            transfer.refresh_statistics = die
        case "after the commit":
            transfer.ContentType.objects.clear_cache = die


def main() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    point, command, file = sys.argv[1:]
    prepare(point, command)
    call_command(command, file)


if __name__ == "__main__":
    main()
