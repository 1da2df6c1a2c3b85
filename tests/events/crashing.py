"""A process whose children kill themselves with SIGKILL at a chosen point.

`python -m tests.events.crashing DATABASE` reads lines "kind|point|file", forks for each and prints how the child ended.
Django is set up once, before any connection is opened.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Live = Callable[[str, str, str], None]

POINTS = ["after the commit", "after the claim", "in the handler", "before the mark", "after the mark"]


@contextlib.contextmanager
def crasher_of(module: str) -> Iterator[Callable[[str, str, Path], int]]:
    """Runs `module` beside the tests. Asked with what, point and path, it gives the exit code of its child."""
    from django.conf import settings
    from django.db import connection

    command = [sys.executable, "-m", module, str(connection.settings_dict["NAME"])]
    with subprocess.Popen(
        command, cwd=settings.BASE_DIR, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        asked, answers = process.stdin, process.stdout

        def run(what: str, point: str, path: Path) -> int:
            asked.write(f"{what}|{point}|{path}\n")
            asked.flush()
            return int(answers.readline())

        yield run
        asked.close()


def fork_for_each_line(database: str, live: Live, prepare: Callable[[], None] | None = None) -> None:
    """`prepare` makes what all children begin with."""
    import django
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = database
    django.setup()
    if prepare:
        prepare()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            live(*line.rstrip("\n").split("|"))
            os._exit(0)  # it should not have come this far
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)  # noqa: T201 - the test reads it


def live_and_die(kind: str, point: str, told: str) -> None:
    from tests.events import things
    from timetracker.events import dispatch, recording, registry

    for name in list(registry.handlers()):
        registry.unregister_handler(name)
    things.register_types()
    if kind == "outer":
        things.register_outer(Path(told))
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
    fork_for_each_line(sys.argv[1], live_and_die)
