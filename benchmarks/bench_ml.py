#!/usr/bin/env python
"""How good estimates are on a record of finished tasks, beside what careful engineers would try first.

    make bench-ml SIP=DIR                   the public SiP record (see load_sip.py)
    make bench-ml RECORD=file.csv           any other; ml_record.py names its columns
    BENCH_ARGS="--part static,rolling"      parts: static rough rolling small checks cost; ablations only when named
    BENCH_ARGS="--long"                     small teams of 300 and 1,000 tasks too

The record is written into a throw-away SQLite database and read from it by the functions that serve pages. Nothing of
it is kept. Ratios below 1 are better than people's own estimates; brackets hold 95 % intervals from weeks drawn anew.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

PARTS = ("static", "rough", "rolling", "small", "checks", "cost", "ablations")
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sip", default="", help="the folder of the public SiP record")
    parser.add_argument("--record", default="", help="a CSV file of finished tasks")
    parser.add_argument("--part", default=",".join(PARTS[:-1]), help="of: " + " ".join(PARTS))
    parser.add_argument("--long", action="store_true", help="small teams of 300 and 1,000 tasks too")
    options = parser.parse_args()
    parts = options.part.split(",")
    if bool(options.sip) == bool(options.record) or set(parts) - set(PARTS):
        parser.error("One record is needed, and parts that there are.")
    with tempfile.TemporaryDirectory(prefix="bench-ml-") as folder:
        os.environ |= {"DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "timetracker.settings", "LOG_LEVEL": "ERROR"}
        os.environ |= ONE_THREAD
        for name in ("DATABASE_URL", "REDIS_URL"):
            os.environ.pop(name, None)
        import django  # noqa: PLC0415 - reads the environment made above

        django.setup()
        bench(options, parts)


def bench(options: argparse.Namespace, parts: list[str]) -> None:
    from django.core.management import call_command  # noqa: PLC0415 - needs Django set up

    from analytics.queries.outcomes import finished_record  # noqa: PLC0415 - as above
    from benchmarks import ml_ablations, ml_checks, ml_cost, ml_record, ml_rolling, ml_small, ml_static  # noqa: PLC0415
    from benchmarks.ml_scores import Bars  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    rows = ml_record.read(options.sip, options.record)
    ml_record.write(rows)
    record = finished_record()
    exact = [abs(one.hours - one.plan.estimate) < 1e-4 for one in record.outcomes if one.plan.estimate]
    print(f"{len(rows):,} tasks, {len(record.outcomes):,} learned from, left out {record.left_out}")
    print(f"{os.cpu_count()} cores; {sum(exact) / max(1, len(exact)):.1%} of {len(exact):,} estimates were met exactly")
    bars = Bars()
    work = {
        "static": lambda: ml_static.static(record.outcomes, bars),
        "rough": lambda: ml_static.rough(record.outcomes, bars),
        "rolling": lambda: ml_rolling.rolling(record.outcomes, bars),
        "small": lambda: ml_small.small(record.outcomes, bars, longer=options.long),
        "checks": lambda: ml_checks.checks(record.outcomes, bars),
        "cost": lambda: ml_cost.cost(rows, bars),
        "ablations": lambda: ml_ablations.ablations(record.outcomes),
    }
    for part in parts:
        begun = time.perf_counter()
        work[part]()
        print(f"  ({part}: {time.perf_counter() - begun:.0f} s)", flush=True)
    bars.show()


if __name__ == "__main__":
    main()
