#!/usr/bin/env python
"""What models cost: a training on 10,000 tasks, and an estimate of one.

By itself, in an instance's environment, it is the process that is measured: `ml_cost.py train` or `ml_cost.py predict`.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

TASKS, ASKED = 10_000, 200


def cost(rows: Any, bars: Any) -> None:
    """Each in a process of its own, on a database of as many tasks, drawn from the record."""
    with tempfile.TemporaryDirectory(prefix="bench-ml-cost-") as folder:
        env = {**os.environ, "DATA_DIR": folder}
        path = Path(folder, "rows.json")
        path.write_text(json.dumps([{**_plain(row)} for row in rows]))
        _run(env, "fill", str(path))
        trained, told = _run(env, "train"), _run(env, "predict")
    print(f"\n# Cost, {TASKS:,} tasks, one thread; in brackets the time of the processor alone")
    for kind, (seconds, busy) in trained["seconds"].items():
        print(f"  training and back-test, {kind:<16}{seconds:8.1f} s ({busy:.1f})")
    print(f"  peak memory of that process             {trained['peak']:8.0f} MB ({trained['before']:.0f} before)")
    steps = {"scikit-learn imported": "imported", "the record read": "read", "record and models": "load"}
    for name, step in steps.items():
        print(f"  first use: {name:<29}{told[step][0]:8.0f} ms ({told[step][1]:.0f})")
    print(f"  the first estimate                      {told['first'][0]:8.0f} ms ({told['first'][1]:.0f}) more")
    print(f"  memory of the process                   {told['before']:8.0f} MB before, {told['after']:.0f} MB after")
    for name, step in (("an estimate of a new task, kept", "new"), ("the same again", "again")):
        print(f"  {name:<40}{told[step][0]:8.1f} ms ({told[step][1]:.1f}), median of {ASKED}")
    both = sum(seconds for seconds, _busy in trained["seconds"].values())
    bars.at_most("training both kinds on 10,000 tasks, back-test included, seconds", both, 60)
    bars.at_most("training, peak MB", trained["peak"], 500)
    bars.at_most("an estimate, ms", told["new"][0], 30)


def _plain(row: Any) -> dict[str, Any]:
    fields = {name: getattr(row, name) for name in row.__slots__}
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in fields.items()}


def _run(env: dict[str, str], *arguments: str) -> dict[str, Any]:
    command = [sys.executable, str(Path(__file__)), *arguments]
    done = subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def resident() -> float:
    """Megabytes of this process now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def fill(path: str) -> dict[str, Any]:
    import datetime as dt  # noqa: PLC0415 - with the next lines, after Django is set up

    from django.core.management import call_command  # noqa: PLC0415 - as above

    from benchmarks.ml_record import Row, drawn, write  # noqa: PLC0415 - as above

    call_command("migrate", verbosity=0)
    dates = ("estimated", "started", "completed")
    rows = []
    for row in json.loads(Path(path).read_text()):
        days = {name: row[name] and dt.date.fromisoformat(row[name]) for name in dates}
        rows.append(Row(**{**row, **days, "tags": tuple(row["tags"])}))
    write(drawn(rows, TASKS))
    return {}


def training() -> dict[str, Any]:
    from analytics.choices import ModelKind  # noqa: PLC0415 - needs Django set up
    from analytics.services.training import retrain  # noqa: PLC0415 - scikit-learn

    before, seconds = resident(), {}
    for kind in ModelKind:
        taken = _timed(lambda kind=kind: retrain(kind=kind))
        seconds[str(kind)] = [part / 1000 for part in taken]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"before": before, "peak": peak, "seconds": seconds}


def predicting() -> dict[str, Any]:
    from analytics.queries.outcomes import finished_record  # noqa: PLC0415 - needs Django set up
    from analytics.services.predictions import predict  # noqa: PLC0415
    from analytics.services.predictor import predictor  # noqa: PLC0415
    from benchmarks.ml_record import reopen  # noqa: PLC0415

    tasks, found = reopen(ASKED + 1), {"before": resident()}
    found["imported"] = _timed(lambda: importlib.import_module("analytics.artefacts"))
    found["read"] = _timed(finished_record)
    found["load"] = _timed(predictor)
    found["first"] = _timed(lambda: predict(tasks[0]))
    for name in ("new", "again"):
        taken = [_timed(lambda task=task: predict(task)) for task in tasks[1:]]
        found[name] = [statistics.median(part) for part in zip(*taken, strict=True)]
    return {**found, "after": resident()}


def _timed(work: Any) -> tuple[float, float]:
    """Milliseconds that it took, and that the processor worked on it."""
    begun, busy = time.perf_counter(), time.process_time()
    work()
    return (time.perf_counter() - begun) * 1000, (time.process_time() - busy) * 1000


if __name__ == "__main__":
    import django

    django.setup()
    work = {"fill": fill, "train": training, "predict": predicting}
    print(json.dumps(work[sys.argv[1]](*sys.argv[2:])))
