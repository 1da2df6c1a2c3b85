"""A process whose children kill themselves with SIGKILL at a chosen point.

`python -m tests.events.crashing DATABASE` reads lines "kind|point|file", forks for each and prints how the child ended.
Django is set up once, before any connection is opened.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

POINTS = ["after the commit", "after the claim", "in the handler", "before the mark", "after the mark"]


def main(database: str) -> None:
    import django
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = database
    django.setup()
    for line in sys.stdin:
        kind, point, told = line.rstrip("\n").split("|")
        child = os.fork()
        if child == 0:
            live_and_die(kind, point, Path(told))
            os._exit(0)  # it should not have come this far
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)  # noqa: T201 - the test reads it


def live_and_die(kind: str, point: str, told: Path) -> None:
    from tests.events import things
    from timetracker.events import dispatch, recording, registry

    for name in list(registry.handlers()):
        registry.unregister_handler(name)
    things.register_types()
    if kind == "outer":
        things.register_outer(told)
    else:
        things.register_inner()
    match point:
        case "after the commit":
            recording.wake = die  # type: ignore[assignment]
        case "after the claim":
            dispatch._run = die  # type: ignore[assignment]
        case "in the handler":
            things.after_effect = die  # type: ignore[assignment]
        case _:
            die_around_mark(dispatch, before=point == "before the mark")
    things.make_thing_happen()
    dispatch.sweep()


def die(*_args: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_around_mark(dispatch: Any, *, before: bool) -> None:
    """An inner handler runs after its mark and before the commit of both: for it, either is inside the transaction."""
    mark = dispatch._mark_done

    def marked(delivery: Any) -> None:
        if not before:
            mark(delivery)
        die()

    dispatch._mark_done = marked


if __name__ == "__main__":
    main(sys.argv[1])
