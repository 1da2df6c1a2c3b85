#!/usr/bin/env python
"""The entries of ten years as one streamed CSV, and the whole instance moved from SQLite to PostgreSQL and back.

    python benchmarks/moving.py [--entries 1000000] [--rate 1000000] [--instance DIR]

--rate is what the slow reader reads in a second, in bytes; 0 leaves it out. --instance is the DATA_DIR of one that is
filled already: it is read, but for the token of an administrator that is made in it. PostgreSQL is
BENCH_DATABASE_URL's, whose database is made anew.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import http.client
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.bench import environment, free_port, peak_megabytes, prepare_database, run, serving

TODAY = dt.datetime.now(dt.UTC).date()
ENTRIES = f"/api/reports/?output=entries&first={TODAY - dt.timedelta(days=3650)}&last={TODAY}"
"""Of ten years: a report takes no more at once."""
CREATE = ("createsuperuser", "--noinput")
BLOCK = 64 * 1024


def command(env: dict[str, str], *arguments: str) -> str:
    """Runs one of manage.py, prints how long it took and its peak memory, and returns the line that sums up."""
    with tempfile.TemporaryFile("w+") as said:
        begun = time.perf_counter()
        process = subprocess.Popen([sys.executable, "manage.py", *arguments], cwd=ROOT, env=env, stdout=said)
        _pid, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{arguments[0]} failed.")
        said.seek(0)
        lines = said.read().splitlines()
    print(f"    {arguments[0]:13}{seconds:8.1f} s {used.ru_maxrss / 1024:6.0f} MB", flush=True)
    return next((line for line in lines if "worked seconds" in line or "totals" in line), "")


def download(port: int, token: str, rate: int) -> None:
    """Prints when the first byte and the first line came, when all was there, and how much that was."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    headers = {"Host": f"localhost:{port}", "Authorization": f"Token {token}", "Accept-Encoding": "identity"}
    begun = time.perf_counter()
    connection.request("GET", ENTRIES, headers=headers)
    answer = connection.getresponse()
    if answer.status != 200:
        raise SystemExit(f"{ENTRIES} answered {answer.status}: {answer.read()[:300]!r}")
    size, lines = len(answer.read(3)), 0  # the mark of UTF-8
    first_byte = time.perf_counter() - begun
    first_line = 0.0
    while block := answer.read1(BLOCK):
        first_line = first_line or time.perf_counter() - begun
        size, lines = size + len(block), lines + block.count(b"\n")
        if rate:
            time.sleep(max(0.0, size / rate - (time.perf_counter() - begun)))
    seconds = time.perf_counter() - begun
    print(
        f"    CSV at {f'{rate / 1e6:g} MB/s' if rate else 'full speed':11} first byte {first_byte * 1000:.0f} ms,"
        f" first lines {first_line * 1000:.0f} ms, whole {seconds:.1f} s, {size / 1e6:.1f} MB, {lines:,} lines",
        flush=True,
    )


def stream(mode: str, env: dict[str, str], token: str, rate: int) -> None:
    port = int(env["PORT"])
    for each in [0, rate] if rate else [0]:
        with serving(mode, env, port) as (process, _started):
            before = peak_megabytes(process.pid)
            download(port, token, each)
            print(f"    peak memory {before:.0f} MB before, {peak_megabytes(process.pid):.0f} MB after", flush=True)


def moved(title: str, env: dict[str, str], source: Path) -> str:
    print(f"\n{title}", flush=True)
    run(env, "manage.py", "migrate", "--verbosity", "0")
    arrived = command(env, "import_all", str(source))
    print(f"      {arrived}\n      {command(env, 'check_totals')}", flush=True)
    return arrived


def written(env: dict[str, str], archive: Path) -> str:
    gone = command(env, "export_all", str(archive))
    print(f"      {gone} {archive.stat().st_size / 1e6:.1f} MB", flush=True)
    return gone


def bench(instance: Path, folder: Path, entries: int, rate: int) -> None:
    """The instance is filled unless it has people."""
    here = environment("embedded", str(instance), free_port())
    there = environment("gunicorn", str(folder / "postgresql"), free_port())
    back = environment("embedded", str(folder / "back"), free_port())
    print("SQLite", flush=True)
    run(here, "manage.py", "migrate", "--verbosity", "0")
    run(here, "manage.py", "collectstatic", "--noinput", "--verbosity", "0")
    there["STATIC_ROOT"] = back["STATIC_ROOT"] = str(instance / "static")
    if entries:
        command(here, "demo_data", "--entries", str(entries), "--people", "20")
    administrator = {"DJANGO_SUPERUSER_USERNAME": "mover", "DJANGO_SUPERUSER_EMAIL": "mover@example.com"}
    with contextlib.suppress(SystemExit):  # there already
        run(here | administrator | {"DJANGO_SUPERUSER_PASSWORD": "a-Long-one-2"}, "manage.py", *CREATE)
    token = run(here, "manage.py", "create_token", "mover").splitlines()[-1]
    stream("embedded", here, token, rate)
    totals = [written(here, folder / "1.zip")]
    source = folder / "1.zip"
    if prepare_database("gunicorn"):
        totals.append(moved("PostgreSQL", there, source))
        stream("gunicorn", there, token, rate)
        source = folder / "2.zip"
        totals.append(written(there, source))
    totals.append(moved("SQLite again", back, source))
    print("\nequal" if len(set(totals)) == 1 else f"\nDIFFERENT: {totals}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--rate", type=int, default=1_000_000)
    parser.add_argument("--instance", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="moving-") as folder:
        if options.instance:
            bench(options.instance, Path(folder), 0, options.rate)
        else:
            bench(Path(folder, "here"), Path(folder), options.entries, options.rate)


if __name__ == "__main__":
    main()
