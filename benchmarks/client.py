"""A client that times requests on one keep-alive connection, and several processes of it for the load figures."""

from __future__ import annotations

import http.client
import json
import multiprocessing
import re
import statistics
import time
import urllib.parse
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Request:
    name: str
    method: str
    path: str
    form: dict[str, str] | None = None
    data: dict[str, Any] | None = None
    token: bool = False
    htmx: bool = False
    expect: tuple[int, ...] = (200,)


@dataclass(frozen=True, slots=True)
class Figure:
    name: str
    statements: str
    median: float
    p95: float
    bytes: int


class Browser:
    """One person's signed-in connection. Redirects are not followed."""

    def __init__(self, port: int, who: dict[str, Any]) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.port, self.who, self.csrf = port, who, "b" * 32

    def send(self, request: Request) -> tuple[float, http.client.HTTPResponse, bytes]:
        headers = {"Host": f"localhost:{self.port}", "Accept-Encoding": "identity"}
        body: str | None = None
        if request.token:
            headers["Authorization"] = f"Token {self.who['token']}"
        else:
            headers["Cookie"] = f"sessionid={self.who['session']}; csrftoken={self.csrf}"
            headers["X-CSRFToken"] = self.csrf
            headers["Origin"] = f"http://localhost:{self.port}"
            if request.htmx or request.method == "POST":
                headers["HX-Request"] = "true"
        if request.data is not None:
            headers["Content-Type"], body = "application/json", json.dumps(request.data)
        elif request.form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urllib.parse.urlencode(request.form)
        begun = time.perf_counter()
        self.connection.request(request.method, request.path, body, headers)
        response = self.connection.getresponse()
        content = response.read()
        seconds = time.perf_counter() - begun
        if response.status not in request.expect:
            text = re.sub(r"\s+", " ", content.decode(errors="replace"))[:300]
            raise SystemExit(f"{request.name}: {request.method} {request.path} answered {response.status}: {text}")
        return seconds * 1000, response, content


def measure(browser: Browser, cycle: list[Request], rounds: int, warm: int = 5) -> list[Figure]:
    """Each request of the cycle in turn, `rounds` times; figures in milliseconds."""
    times: dict[str, list[float]] = {request.name: [] for request in cycle}
    last: dict[str, tuple[str, int]] = {}
    for place in range(rounds + warm):
        for request in cycle:
            taken, response, content = browser.send(request)
            if place >= warm:
                times[request.name].append(taken)
                last[request.name] = (response.headers.get("X-Statements", "?"), len(content))
    return [
        Figure(name, last[name][0], statistics.median(taken), sorted(taken)[int(len(taken) * 0.95) - 1], last[name][1])
        for name, taken in times.items()
    ]


def _loop(port: int, who: dict[str, Any], cycle: list[Request], seconds: float, count: Any) -> None:
    browser = Browser(port, who)
    end, done = time.perf_counter() + seconds, 0
    while time.perf_counter() < end:
        for request in cycle:
            browser.send(request)
            done += 1
    with count.get_lock():
        count.value += done


def load(port: int, people: list[dict[str, Any]], cycle: list[Request], seconds: float = 4.0) -> float:
    """Requests a second with one process for each of `people`, each as fast as it is answered."""
    count = multiprocessing.Value("i", 0)
    processes = [multiprocessing.Process(target=_loop, args=(port, who, cycle, seconds, count)) for who in people]
    begun = time.perf_counter()
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    return float(count.value) / (time.perf_counter() - begun)
