"""One side of `bench_watch.py`, in the environment it is measured in: fills it, and prints what each pair costs."""

from __future__ import annotations

import copy
import gc
import random
import statistics
import sys
import time
import timeit
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import django

django.setup()

from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.db import connection
from django.test import RequestFactory

from accounts.models import User
from benchmarks.prepare import MEMBER, credentials, fill
from timetracker.metrics import receivers, statements
from timetracker.metrics.exposition import scrape
from timetracker.metrics.middleware import RequestTimes
from timetracker.metrics.state import state

MOST_PERCENT = 3.0
DEEPEST = 100
PATHS = {
    "start page": "/", "entries": "/entries/", "tasks": "/tasks/", "board": "/tasks/board/", "activity": "/activity/",
    "timer of the API": "/api/timer/",
}  # fmt: skip
Once = Callable[[Any], None]


def answer(handler: Any, environ: dict[str, Any]) -> None:
    """As a server does: ask, read, close."""
    status: list[str] = []
    response = handler(environ, lambda line, _headers: status.append(line))
    b"".join(response)
    response.close()
    assert status[0][:3] in {"200", "201", "204"}, status


def what_is_measured(person: Any) -> dict[str, Once]:
    who = credentials(person)
    browser = RequestFactory(HTTP_HOST="localhost", HTTP_COOKIE=f"sessionid={who['session']}")
    script = RequestFactory(HTTP_HOST="localhost", HTTP_AUTHORIZATION=f"Token {who['token']}")

    def look(path: str) -> Once:
        return lambda handler: answer(handler, browser.get(path).environ)

    def start_and_stop(handler: Any) -> None:
        for verb in ("start", "stop"):
            answer(handler, script.post(f"/api/timer/{verb}/", "{}", content_type="application/json").environ)

    return {
        **{name: look(path) for name, path in PATHS.items()},
        "API start and stop": start_and_stop,
    }


class Idle:
    """In the place of what counts: a stack as deep, and nothing done."""

    def __init__(self, get_response: Callable[[Any], Any]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        response = self.get_response(request)
        return response  # noqa: RET504 - as what it stands for


def handlers() -> tuple[Any, Any]:
    """With the outermost middleware, which counts, and with one that does not; all others are the same objects."""
    watched = WSGIHandler()
    plain = copy.copy(watched)
    outermost = watched._middleware_chain.__wrapped__
    assert isinstance(outermost, RequestTimes)
    plain._middleware_chain = convert_exception_to_response(Idle(outermost.get_response))
    return watched, plain


def deeper(levels: int, once: Once, handler: Any) -> None:
    """A loop that crosses the edge of a block of Python's stack costs a fifth more, and which does depends on how deep
    it is called from. So each pair is called from another depth."""
    if levels:
        deeper(levels - 1, once, handler)
    else:
        once(handler)


def pairs(once: Once, watched: Any, plain: Any, seconds: float) -> tuple[list[float], list[float]]:
    """Milliseconds of this thread on a processor, with metrics and without, round by round."""
    taken: dict[bool, list[float]] = {True: [], False: []}
    number, ends = -10, time.monotonic() + seconds
    while time.monotonic() < ends:
        levels = random.randrange(DEEPEST)
        for is_watched in random.sample([True, False], 2):
            (receivers.connect if is_watched else receivers.disconnect)()
            began = time.thread_time()
            deeper(levels, once, watched if is_watched else plain)
            if number >= 0:  # after those that warm up
                taken[is_watched].append((time.thread_time() - began) * 1000)
        number += 1
    receivers.connect()
    return taken[True], taken[False]


def show(name: str, with_metrics: list[float], without: list[float]) -> None:
    differences = [on - off for on, off in zip(with_metrics, without, strict=True)]
    low, middle, high = statistics.quantiles(differences, n=4)
    base = statistics.median(without)
    percent = middle / base * 100
    over = "  over" if percent > MOST_PERCENT else ""
    print(
        f"  {name:24}{len(differences):6}{base:9.2f}{statistics.median(with_metrics):9.2f}{middle * 1000:9.0f}"
        f"{low * 1000:10.0f} … {high * 1000:<8.0f}{percent:6.1f} %{over}"
    )


def show_alone() -> None:
    """What counting one request and one statement takes by itself, at best: what pairs cannot tell from noise."""
    answered, context = SimpleNamespace(status_code=200), {"connection": connection}
    request = RequestFactory().get("/entries/")
    request.resolver_match = SimpleNamespace(view_name="tracking:entries")
    counting = RequestTimes(lambda _request: answered)
    alone: dict[str, Callable[[], Any]] = {
        "one request": lambda: counting(request),
        "one statement": lambda: statements._timed(lambda *_given: None, "", None, False, context),
    }
    for name, call in alone.items():
        best = min(timeit.repeat(call, timer=time.thread_time, repeat=10, number=5000)) / 5000
        print(f"  {name + ', alone':24}{best * 1e6:9.1f} µs")


def show_scrape() -> None:
    for name, asked_anew in (("scrape, kept state", False), ("scrape, state anew", True)):
        taken = []
        for _ in range(50):
            if asked_anew:
                state.forget()
            began = time.thread_time()
            text = scrape(state)
            taken.append((time.thread_time() - began) * 1000)
        print(f"  {name:24}{statistics.median(taken):9.2f} ms, {len(text):,} bytes")


def bench(entries: int, seconds: int) -> None:
    call_command("migrate", verbosity=0)
    fill(entries)

    measured = what_is_measured(User.objects.get(username=MEMBER))
    watched, plain = handlers()
    gc.collect()
    gc.freeze()
    random.seed(7)
    print(f"  {'':24}{'pairs':>6}{'plain ms':>9}{'with ms':>9}{'costs µs':>9}{'quartiles':>15}{'':>9}{'share':>6}")
    for name, once in measured.items():
        show(name, *pairs(once, watched, plain, seconds))
    show_alone()
    show_scrape()


if __name__ == "__main__":
    bench(*map(int, sys.argv[1:]))
