#!/usr/bin/env python
"""Lighthouse over pages with data, as a phone sees them: `make lighthouse`.

    python scripts/lighthouse.py [--only /,/entries/] [--runs 3] [--entries 2000] [--out var/lighthouse]

Signed in, served by the real server on a throw-away database, the home page with every widget. Prints the medians of
the scores and measures, and every audit that the last run did not pass, with its elements. The first run fetches
Lighthouse through npx; CHROMIUM says where the browser is.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.screenshots import instance  # noqa: E402 - the path comes first

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
LIGHTHOUSE = "lighthouse@12.8.2"
PAGES = ("/", "/entries/", "/track?description=Call")
BARS = {"performance": 95, "accessibility": 100, "best-practices": 100}
MEASURES = {
    "first-contentful-paint": "FCP", "largest-contentful-paint": "LCP", "total-blocking-time": "TBT",
    "cumulative-layout-shift": "CLS", "speed-index": "SI", "server-response-time": "TTFB",
    "total-byte-weight": "weight",
}  # fmt: skip
ELEMENTS = 5
TRIES = 3


@contextmanager
def signed_in(address: str, session: str) -> Iterator[str]:
    """The folder of a browser that has the cookie; as an extra header Chromium would not send it."""
    with tempfile.TemporaryDirectory(prefix="lighthouse-") as folder:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch_persistent_context(
                folder, executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"]
            )
            kept_until = time.time() + 86_400
            browser.add_cookies([{"name": "sessionid", "value": session, "url": address, "expires": kept_until}])
            for path in PAGES:
                browser.request.get(address + path)  # a server that has just started takes longer for the first
            browser.close()
        yield folder


def examine(address: str, folder: str, out: Path) -> dict[str, Any]:
    """One run, as Lighthouse reports it. Chromium loses the trace of one now and then: that is run again."""
    flags = f"--headless=new --no-sandbox --disable-background-networking --user-data-dir={folder}"
    command = [
        "npx", "--yes", LIGHTHOUSE, address, "--quiet", f"--chrome-flags={flags}", "--no-enable-error-reporting",
        f"--only-categories={','.join(BARS)}", "--output=json", f"--output-path={out}",
    ]  # fmt: skip
    env = {**os.environ, "CHROME_PATH": CHROMIUM, "PUPPETEER_SKIP_DOWNLOAD": "1"}
    for _ in range(TRIES):
        if not subprocess.run(command, env=env).returncode:
            break
    else:
        raise SystemExit(f"{address}: no run in {TRIES} tries")
    report: dict[str, Any] = json.loads(out.read_text())
    if report.get("runtimeError"):
        raise SystemExit(f"{address}: {report['runtimeError']['message']}")
    if report["finalDisplayedUrl"] != address:
        raise SystemExit(f"{address} led to {report['finalDisplayedUrl']}")
    return report


def show(path: str, reports: list[dict[str, Any]]) -> bool:
    """Whether all scores are reached."""
    print(f"\n{path}")
    good = True
    for category, bar in BARS.items():
        scores = [round(report["categories"][category]["score"] * 100) for report in reports]
        median = statistics.median_low(scores)
        good = good and median >= bar
        print(
            f"  {category:16}{median:4}  bar {bar}{'' if median >= bar else '  under'}  ({', '.join(map(str, scores))})"
        )
    last = reports[-1]["audits"]
    speed = ", ".join(str(round(report["environment"]["benchmarkIndex"])) for report in reports)
    print(f"  the machine at that moment (benchmarkIndex, 1000 and more is a quiet one): {speed}")
    print(" ", "  ".join(f"{short} {median_of(reports, name)}" for name, short in MEASURES.items()))
    weighed = {ref["id"] for category in BARS for ref in reports[-1]["categories"][category]["auditRefs"]}
    for name, audit in last.items():
        if name in weighed and audit["score"] is not None and audit["score"] < 1:
            print(f"  · {audit['title']} ({name}): {audit.get('displayValue', '')}")
            for element in elements(audit):
                print(f"      {element}")
    return good


def median_of(reports: list[dict[str, Any]], name: str) -> str:
    value = statistics.median(report["audits"][name]["numericValue"] for report in reports)
    unit = reports[0]["audits"][name]["numericUnit"]
    if unit == "byte":
        return f"{value / 1000:.0f} kB"
    return f"{value:.0f} ms" if unit == "millisecond" else f"{value:.3f}"


def elements(audit: dict[str, Any]) -> list[str]:
    """What the audit names: an element by its selector, or an address."""
    found: list[str] = []

    def walk(item: Any) -> None:
        if isinstance(item, list):
            for each in item:
                walk(each)
        elif isinstance(item, dict):
            if item.get("type") == "node":
                found.append(f"{item.get('selector', '')}  {item.get('snippet', '')}"[:200])
            elif isinstance(item.get("url"), str):
                numbers = {key: round(value) for key, value in item.items() if isinstance(value, int | float)}
                found.append(f"{item['url'][:120]} {numbers or ''}")
            for value in item.values():
                walk(value)

    walk((audit.get("details") or {}).get("items", []))
    return list(dict.fromkeys(found))[:ELEMENTS]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="paths, with commas between")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--entries", type=int, default=2000)
    parser.add_argument("--out", type=Path, default=ROOT / "var" / "lighthouse")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    good = True
    with (
        instance(options.entries, every_widget=True) as (address, who),
        signed_in(address, str(who["session"])) as folder,
    ):
        for path in options.only.split(",") if options.only else PAGES:
            name = path.partition("?")[0].strip("/") or "start"
            reports = [
                examine(address + path, folder, options.out / f"{name}-{run}.json")
                for run in range(1, options.runs + 1)
            ]
            good = show(path, reports) and good
    if not good:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
