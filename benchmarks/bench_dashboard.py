#!/usr/bin/env python
"""The home page with every widget there is, beside what it may take: `make bench-dashboard`.

    python benchmarks/bench_dashboard.py [--entries 100000] [--rounds 40] [--mode embedded,gunicorn] [--no-browser]

Twice: a member's board as the widgets come, and an administrator's with each as large and wide as it goes, of
everybody. `own` are the statements that a widget adds to those of session, person and board. The first view in
Chromium has nothing in its cache. `over` marks what takes more than its bar.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.bench import environment, free_port, prepare_database, run, serving
from benchmarks.client import Browser, Figure, Request, measure

FLOOR, SHELL, NOTHING_NEW, BATCH = "empty page (floor)", "shell", "board as it stands", "all widgets"
BATCH_URL = "/dashboard/widgets/"
SHELL_P95, BATCH_MS, WIDGET_MS = 60, 150, 80
BATCH_STATEMENTS, WIDGET_STATEMENTS = 40, 3
PAGE_KB, MOST_REQUESTS, ASSETS_KB = 60, 15, 150


def requests_for(board: dict[str, Any]) -> list[Request]:
    return [
        Request(FLOOR, "GET", "/floor/page/"),
        Request(SHELL, "GET", "/"),
        Request(NOTHING_NEW, "GET", f"{BATCH_URL}?have={board['digest']}", htmx=True, expect=(204,)),
        Request(BATCH, "GET", BATCH_URL, htmx=True),
        *(Request(f"after: {topic}", "GET", f"{BATCH_URL}?topic={topic}", htmx=True) for topic in board["topics"]),
        *(Request(name, "GET", f"{BATCH_URL}{name}/", htmx=True) for name in board["widgets"]),
    ]


def verdict(figures: list[tuple[float, float]]) -> str:
    return "  over" if any(figure > bar for figure, bar in figures) else ""


def bar_of(figure: Figure, board: dict[str, Any], own: int) -> str:
    if figure.name == SHELL:
        return f"p95 {SHELL_P95} ms{verdict([(figure.p95, SHELL_P95)])}"
    if figure.name == BATCH:
        over = verdict([(figure.median, BATCH_MS), (int(figure.statements), BATCH_STATEMENTS)])
        return f"{BATCH_MS} ms, {BATCH_STATEMENTS} SQL{over}"
    if figure.name in board["widgets"]:
        return (
            f"{WIDGET_MS} ms, {WIDGET_STATEMENTS} own{verdict([(figure.median, WIDGET_MS), (own, WIDGET_STATEMENTS)])}"
        )
    return ""


def show(figures: list[Figure], board: dict[str, Any]) -> None:
    by_name = {figure.name: figure for figure in figures}
    floor, base = by_name[FLOOR].median, int(by_name[NOTHING_NEW].statements)
    print(f"  {'':22}{'SQL':>5}{'own':>5}{'median ms':>11}{'p95 ms':>9}{'bytes':>10}{'x floor':>9}  bar")
    for figure in figures:
        own = int(figure.statements) - base
        shown = f"{own:5}" if figure.name == BATCH or figure.name in board["widgets"] else f"{'':5}"
        print(
            f"  {figure.name:22}{figure.statements:>5}{shown}{figure.median:11.1f}{figure.p95:9.1f}{figure.bytes:10,}"
            f"{figure.median / floor:9.2f}  {bar_of(figure, board, own)}".rstrip()
        )


def show_sizes(browser: Browser) -> None:
    page, batch = (browser.send(Request(path, "GET", path, htmx=path != "/"))[2] for path in ("/", BATCH_URL))
    for name, content in (("page", page), ("widgets", batch), ("both", page + batch)):
        bar = f"  bar {PAGE_KB} kB{verdict([(len(content) / 1000, PAGE_KB)])}" if name == "page" else ""
        print(f"  HTML, {name}: {len(content) / 1000:.1f} kB, {len(gzip.compress(content)) / 1000:.1f} compressed{bar}")


def show_first_view(port: int, session: str) -> None:
    """What Chromium asks for, and how large scripts and styles are."""
    from playwright.sync_api import Response, sync_playwright  # noqa: PLC0415 - `--no-browser` does without

    with sync_playwright() as playwright:
        chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        with playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"]) as browser:
            address = f"http://localhost:{port}"
            context = browser.new_context(viewport={"width": 1440, "height": 900})
            context.add_cookies([{"name": "sessionid", "value": session, "url": address}])
            page = context.new_page()
            seen: list[Response] = []
            page.on("response", lambda response: seen.append(response))
            page.goto(address)
            page.locator("#dashboard-grid:not([aria-busy])").wait_for()
            page.wait_for_load_state("networkidle")
            sizes = {each.url.removeprefix(address): len(gzip.compress(each.body())) / 1000 for each in seen if each.ok}
    assets = {path: size for path, size in sizes.items() if path.split("?")[0].endswith((".js", ".css"))}
    print(f"  first view: {len(seen)} requests  bar {MOST_REQUESTS}{verdict([(len(seen), MOST_REQUESTS)])}")
    total = sum(assets.values())
    print(f"  scripts and styles, gzip: {total:.1f} kB  bar {ASSETS_KB} kB{verdict([(total, ASSETS_KB)])}")
    for path, size in assets.items():
        print(f"    {path.rpartition('/')[2]:36}{size:7.1f} kB")


def bench(mode: str, entries: int, rounds: int, *, in_browser: bool) -> None:
    if not prepare_database(mode):
        print(f"\n{mode}: left out, no PostgreSQL")
        return
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        port = free_port()
        env = environment(mode, folder, port)
        run(env, "benchmarks/prepare.py", "migrate")
        run(env, "manage.py", "collectstatic", "--noinput", "--verbosity", "0")
        who = json.loads(run(env, "benchmarks/prepare.py", str(entries)))
        boards = json.loads(run(env, "benchmarks/prepare.py", "boards"))
        with serving(mode, env, port):
            print(f"\n{mode}, {who['entries']:,} entries, {who['tasks']:,} tasks, {rounds} rounds")
            for name, title in (("person", "a member, as they come"), ("administrator", "an administrator, widest")):
                print(f" {title}: {len(boards[name]['widgets'])} widgets")
                browser = Browser(port, who[name])
                show(measure(browser, requests_for(boards[name]), rounds), boards[name])
                show_sizes(browser)
                if in_browser:
                    show_first_view(port, who[name]["session"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--mode", default="embedded")
    parser.add_argument("--no-browser", action="store_true")
    options = parser.parse_args()
    for mode in options.mode.split(","):
        bench(mode, options.entries, options.rounds, in_browser=not options.no_browser)


if __name__ == "__main__":
    main()
