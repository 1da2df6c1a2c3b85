#!/usr/bin/env python
"""What pages cost that name people, in an organisation of ten and of ten thousand: by a member and an administrator.

    python benchmarks/crowd.py [--people 10,10000] [--rounds 10] [--mode embedded,gunicorn]

Whoever is not of one's teams should cost nothing: statements, bytes and time beside the smaller size.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.bench import environment, free_port, prepare_database, run, serving, show
from benchmarks.client import Browser, Request, measure

ENTRIES = 4
"""Of each."""
PATHS = {
    "start page": "/",
    "entries": "/entries/",
    "log time": "/entries/new/",
    "projects": "/projects/",
    "project": "/projects/{project}/",
    "change a project": "/projects/{project}/edit/",
    "tasks": "/tasks/",
    "task": "/tasks/{task}/",
    "new task": "/tasks/new/",
    "board": "/tasks/board/",
    "people": "/people/",
    "teams": "/teams/",
    "activity": "/activity/",
    "report": "/reports/?preset=this-month&group=person",
    "insights": "/insights/",
    "insights: team": "/insights/team/",
    "rules": "/workflows/",
    "new rule": "/workflows/new/",
    "notifications": "/notifications/",
    "palette: an": "/palette/?q=an",
}


def cycle(who: dict[str, Any], statuses: dict[str, int]) -> list[Request]:
    paths = {"empty page (floor)": "/floor/page/"} | {name: path.format(**who) for name, path in PATHS.items()}
    return [
        *(Request(name, "GET", path) for name, path in paths.items() if statuses.get(name, 200) == 200),
        Request("API people", "GET", "/api/people/", token=True),
        Request("API time entries", "GET", "/api/time-entries/", token=True),
    ]


def answered(browser: Browser) -> dict[str, int]:
    """Not everything is for everybody, and not every address is there in every version."""
    found = {}
    for name, path in PATHS.items():
        anything = Request(name, "GET", path.format(**browser.who), expect=tuple(range(200, 600)))
        found[name] = browser.send(anything)[1].status
    return found


def prepare(people: int) -> dict[str, Any]:
    """Runs inside the instance."""
    from benchmarks.prepare import MEMBER, credentials, fill  # noqa: PLC0415 - sets Django up, so it comes first

    # isort: split
    from accounts.models import User  # noqa: PLC0415 - needs that
    from benchmarks.prepare_people import team_up  # noqa: PLC0415 - needs that

    fill(20_000)
    team_up(people, ENTRIES)
    return {name: credentials(User.objects.get(username=name)) for name in (MEMBER, "bench")}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", default="10,10000")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--mode", default="embedded")
    parser.add_argument("--prepare", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.prepare is not None:
        print(json.dumps(prepare(options.prepare)))
        return
    for mode in options.mode.split(","):
        before: dict[str, dict[str, float]] = {}
        for people in map(int, options.people.split(",")):
            with tempfile.TemporaryDirectory(prefix="crowd-") as folder:
                if not prepare_database(mode):
                    print(f"{mode}: left out, no PostgreSQL")
                    break
                port = free_port()
                env = environment(mode, folder, port) | {"STATIC_ROOT": str(ROOT / "var" / "static")}
                run(env, "manage.py", "migrate", "--verbosity", "0")
                everybody = json.loads(run(env, "benchmarks/crowd.py", "--prepare", str(people)))
                with serving(mode, env, port):
                    for name, who in everybody.items():
                        browser = Browser(port, who)
                        statuses = answered(browser)
                        refused = {each: status for each, status in statuses.items() if status != 200}
                        print(f"\n{mode}, {people:,} people beside 20, {name}; not for them: {refused or 'nothing'}")
                        show(
                            measure(browser, cycle(who, statuses), options.rounds, warm=2), before.setdefault(name, {})
                        )


if __name__ == "__main__":
    main()
