#!/usr/bin/env python
"""How soon a key shows its effect, in Chromium against the real server: `make bench-keys`.

    python benchmarks/bench_keys.py [--entries 10000] [--rounds 15]

From the key to the first frame that shows the effect, as the page's own clock has it; for another page to its first
contentful paint. What the page does by itself and what asks the server are told apart.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.screenshots import instance

WARM = 3
WATCH = """([selector, attribute, value]) => {
  const before = document.querySelector(selector)?.getAttribute(attribute);
  window.sawKey = 0;
  window.sawEffect = 0;
  addEventListener("keydown", (event) => { window.sawKey = event.timeStamp; }, { capture: true });
  const shows = () => [...document.querySelectorAll(selector)].some((element) =>
    attribute === "focus" ? element === document.activeElement
    : attribute === "visible" ? element.checkVisibility()
    : attribute === "text" ? element.checkVisibility() && element.textContent.includes(value)
    : attribute === "checked" ? element.checked
    : element.getAttribute(attribute) !== before);
  const look = (now) => {
    if (window.sawKey && shows()) requestAnimationFrame((painted) => { window.sawEffect = painted; });
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""
PAINTED = "performance.timeOrigin + performance.getEntriesByName('first-contentful-paint')[0].startTime"


@dataclass(frozen=True)
class Effect:
    name: str
    keys: str
    sees: tuple[str, str, str]
    """Selector; `visible`, `focus`, `checked`, `text` with its words, or an attribute that changes."""
    first: str = ""
    """Keys before, and what they bring."""
    ready: str = ""
    path: str = "/tasks/"


HERE = [
    Effect("list of shortcuts", "?", ("#shortcuts", "visible", "")),
    Effect("palette", "Control+k", ("#palette-text", "focus", "")),
    Effect(
        "a letter in the palette",
        "t",
        ("#palette-list", "text", "Commands"),
        first="Control+k",
        ready="#palette-option-0",
    ),
    Effect("quick actions", "q", ("#quick-menu", "visible", "")),
    Effect("first row", "j", ("#main [data-row]", "focus", "")),
    Effect(
        "select the row",
        "x",
        ("#main [data-row] [data-select-row]", "checked", ""),
        first="j",
        ready="[data-row]:focus",
    ),
    Effect("select all", "Control+a", ("#main [data-select-all]", "checked", "")),
    Effect("menu of the row", "m", ("#main [data-row] [popover]", "visible", ""), first="j", ready="[data-row]:focus"),
    Effect("the next timer", "t s", ("#palette-text", "focus", "")),
    Effect("sidebar", "Control+b", ("html", "data-sidebar", "")),
    Effect("dark theme", "Control+d", ("html", "data-theme", "")),
]
ASKED = [
    Effect("new task", "c t", ("#dialog", "visible", "")),
    Effect("log time", "t l", ("#quick-line", "focus", "")),
    Effect("go on with the last work", "t r", ("#toasts", "text", "Started"), first="t x", ready="#timer-go"),
    Effect("stop the timer", "t x", ("#toasts", "text", "Stopped"), first="t r", ready="#timer-stop"),
]
PAGES = [("tasks", "g t"), ("entries", "g e"), ("projects", "g p"), ("reports", "g r")]


def press(page: Page, keys: str) -> None:
    for key in keys.split():
        page.keyboard.press(key)


def seen(browser: Browser, address: str, cookie: str, effect: Effect) -> float:
    """Milliseconds, on a page of its own."""
    page = opened(browser, address, cookie, effect.path)
    if effect.first:
        press(page, effect.first)
        page.locator(effect.ready).first.wait_for()
    page.evaluate(WATCH, list(effect.sees))
    press(page, effect.keys)
    page.wait_for_function("window.sawEffect > 0")
    took = float(page.evaluate("window.sawEffect - window.sawKey"))
    page.context.close()
    return took


def led(browser: Browser, address: str, cookie: str, keys: str) -> float:
    page = opened(browser, address, cookie, "/")
    page.evaluate("addEventListener('keydown', (event) => name = performance.timeOrigin + event.timeStamp, true)")
    with page.expect_navigation(wait_until="load"):
        press(page, keys)
    pressed = float(page.evaluate("window.name"))
    page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length")
    took = float(page.evaluate(PAINTED)) - pressed
    page.context.close()
    return took


def opened(browser: Browser, address: str, cookie: str, path: str) -> Page:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, bypass_csp=True)
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": address}])
    page = context.new_page()
    page.goto(address + path)
    page.wait_for_load_state("networkidle")
    return page


def report(name: str, keys: str, times: list[float]) -> None:
    kept = sorted(times[WARM:])
    p95 = kept[min(len(kept) - 1, int(len(kept) * 0.95))]
    print(f"  {name:28}{keys:12}{statistics.median(kept):11.0f}{p95:9.0f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    rounds = range(options.rounds + WARM)
    with sync_playwright() as playwright, instance(options.entries) as (address, who):
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
        )
        cookie = str(who["session"])
        print(f"Key to effect, {options.entries:,} entries\n{'':42}{'median ms':>9}{'p95 ms':>9}")
        for title, effects in (("by the page", HERE), ("by the server", ASKED)):
            print(title)
            for effect in effects:
                report(effect.name, effect.keys, [seen(browser, address, cookie, effect) for _ in rounds])
        print("another page")
        for name, keys in PAGES:
            report(name, keys, [led(browser, address, cookie, keys) for _ in rounds])
        browser.close()


if __name__ == "__main__":
    main()
