#!/usr/bin/env python
"""What metrics cost a page, pair by pair in one process: `make bench-watch`.

    python benchmarks/bench_watch.py [--entries 10000] [--seconds 30]

Each round asks for a page once with metrics and once without, in an order that is drawn, and counts the time that its
thread had a processor: on a shared machine the clock on the wall says more about the others. `costs` is the median of
the differences, beside their quartiles. Twice: one process that does everything, and as deployed, where figures go
into files that several processes share.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def environment(folder: str, *, several: bool) -> dict[str, str]:
    env = {
        **os.environ,
        "DATA_DIR": folder,
        "DJANGO_SETTINGS_MODULE": "timetracker.settings",
        "EMAIL_URL": "dummymail://",
        "LOG_LEVEL": "WARNING",
        "PYTHONPATH": str(ROOT),
        "STATIC_ROOT": os.environ.get("STATIC_ROOT") or str(ROOT / "var" / "static"),
    }
    for name in ("DATABASE_URL", "REDIS_URL", "PROMETHEUS_MULTIPROC_DIR"):
        env.pop(name, None)
    return env | ({"PROMETHEUS_MULTIPROC_DIR": f"{folder}/figures"} if several else {})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=10_000)
    parser.add_argument("--seconds", type=int, default=30, help="for each line")
    options = parser.parse_args()
    for name, several in (("one process", False), ("files of several processes", True)):
        print(f"\n{name}, {options.entries:,} entries, {options.seconds} s a line", flush=True)
        with tempfile.TemporaryDirectory(prefix="timetracker-watch-") as folder:
            side = [sys.executable, "-m", "benchmarks.watched_pairs", str(options.entries), str(options.seconds)]
            subprocess.run(side, cwd=ROOT, env=environment(folder, several=several), check=True)


if __name__ == "__main__":
    main()
