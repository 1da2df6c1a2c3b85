"""People on a working morning, as a server sees them: each with a browser that keeps its connection and its socket.

What a page asks for by itself (`hx-trigger="load"`, `live:…` after the socket named a topic) is read from the page, and
is asked for as often as `static/src/js/topics.js` would. Times run from when somebody wanted something, not from when
the client came round to asking: a server that is late is seen to be late.
"""

from __future__ import annotations

import asyncio
import random
import re
import time
import urllib.parse
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

from benchmarks.sockets import Listener

OWN = frozenset({"timer", "entries", "notifications", "devices", "rules", "dashboard", "achievements"})
OWN_SECONDS, TEAM_SECONDS, SPREAD = 1.0, 15.0, 1.0
"""As in topics.js."""
PASSWORD = "a-morning-of-work"  # noqa: S105 - of people who are made up
GIVE_UP = 30.0
"""Seconds after which a browser would say that the server does not answer."""
_TAG = re.compile(r"<[a-z]+\s[^>]*hx-trigger=\"[^\"]*\"[^>]*>")
_ATTRIBUTE = re.compile(r"([a-z-]+)=\"([^\"]*)\"")
_TOPIC = re.compile(r"live:([\w-]+)")
_STATUS = re.compile(rb"HTTP/1\.1 (\d{3})")
_COOKIE = re.compile(rb"(?im)^set-cookie:\s*(\w+)=([^;\r]*)")
_LENGTH = re.compile(rb"(?im)^content-length:\s*(\d+)")

# How often a person does what in an hour of work: once every seven and a half minutes they change what they work on.
HOURLY = {"switch": 8, "start page": 6, "entries": 4, "tasks": 3, "palette": 4, "report": 2, "project": 2}
PAGES = {
    "start page": "/",
    "entries": "/entries/",
    "tasks": "/tasks/",
    "palette": "/palette/?q=re",
    "report": "/reports/?preset=this-month&group=client&then=project",
    "project": "/projects/",
}


class Refused(Exception):
    """An answer that nobody wants, or none."""


@dataclass
class Times:
    """Milliseconds by what was asked for."""

    by_name: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    faults: list[str] = field(default_factory=list)

    def all(self) -> list[float]:
        return sorted(each for taken in self.by_name.values() for each in taken)


def share(ordered: list[float], part: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else 0.0


@dataclass
class Ports:
    pages: int
    sockets: list[int]


class Person:
    def __init__(self, name: str, ports: Ports, times: Times, rng: random.Random) -> None:
        self.name, self.ports, self.times, self.rng = name, ports, times, rng
        self.cookies: dict[str, str] = {}
        self.connection: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self.one_at_a_time = asyncio.Lock()
        self.live: dict[str, list[str]] = {}
        self.fired: dict[str, float] = {}
        self.due: dict[str, asyncio.Task[None]] = {}
        self.socket: Listener | None = None
        self.runs = False
        self.address = ".".join(["10", *(str(rng.randrange(1, 255)) for _ in range(3))])

    # ── What they do ─────────────────────────────────────────────────────────
    async def arrive(self) -> None:
        """Signs in, looks at the dashboard, and starts to work."""
        await self.ask("sign-in page", "/accounts/login/")
        form = {"login": self.name, "password": PASSWORD}
        await self.ask("sign in", "/accounts/login/", form=form, expect=(302,))
        await self.open("start page", "/")
        await self.listen()
        await self.switch()

    async def listen(self) -> None:
        port = self.rng.choice(self.ports.sockets)
        self.socket = await Listener.open(port, self.ports.pages, self.cookies["sessionid"], on_topics=self.hear)

    async def act(self, what: str) -> None:
        if what == "switch":
            await self.switch()
        elif what == "palette":
            await self.ask(what, PAGES[what], htmx=True)
        else:
            await self.open(what, PAGES[what])

    async def switch(self) -> None:
        if self.runs:
            await self.ask("stop", "/timer/stop/", form={}, expect=(200, 204))
        await self.ask("start", "/timer/start/", form={"description": "morning"}, expect=(200, 201, 204))
        self.runs = True

    async def open(self, name: str, path: str) -> None:
        """The page, and what it asks for once it is there."""
        self.live = {}
        page = await self.ask(name, path)
        for fetched in self.read(page, path):
            self.read(await self.ask("parts of a page", fetched, htmx=True), path)

    def read(self, page: str, here: str) -> list[str]:
        """Notes what listens to which topic; gives what is asked for at once."""
        at_once = []
        for tag in _TAG.findall(page):
            attributes = dict(_ATTRIBUTE.findall(tag))
            path = attributes.get("hx-get", "").replace("&amp;", "&") or here
            for topic in _TOPIC.findall(attributes["hx-trigger"]):
                if path not in self.live.setdefault(topic, []):
                    self.live[topic].append(path)
            if attributes["hx-trigger"].startswith("load"):
                at_once.append(path)
        return at_once

    # ── What the page does by itself ─────────────────────────────────────────
    def hear(self, topics: list[str]) -> None:
        for topic in topics:
            if topic not in self.due and self.live.get(topic):
                self.due[topic] = asyncio.create_task(self.refresh(topic))

    async def refresh(self, topic: str) -> None:
        own = topic in OWN
        wait = self.fired.get(topic, 0.0) + (OWN_SECONDS if own else TEAM_SECONDS) - time.perf_counter()
        await asyncio.sleep(max(0.0, wait) + (0.0 if own else self.rng.random() * SPREAD))
        self.fired[topic] = time.perf_counter()
        del self.due[topic]
        with suppress(Refused):
            for path in list(self.live.get(topic, [])):
                await self.ask("live refresh", path, htmx=True)

    # ── How ──────────────────────────────────────────────────────────────────
    async def ask(
        self, name: str, path: str, *, form: dict[str, str] | None = None, htmx: bool = False,
        expect: tuple[int, ...] = (200, 204),
    ) -> str:  # fmt: skip
        wanted = time.perf_counter()
        async with self.one_at_a_time:
            try:
                status, body = await asyncio.wait_for(self.send(path, form, htmx=htmx), GIVE_UP)
            except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
                self.connection = None
                status, body = 0, repr(error)
        self.times.by_name[name].append((time.perf_counter() - wanted) * 1000)
        if status not in expect:
            self.times.faults.append(f"{name}: {path} answered {status}: {body[:200]}")
            raise Refused(name)
        return body

    async def send(self, path: str, form: dict[str, str] | None, *, htmx: bool) -> tuple[int, str]:
        if self.connection is None or self.connection[1].is_closing():
            self.connection = await asyncio.open_connection("127.0.0.1", self.ports.pages)
        reader, writer = self.connection
        host = f"localhost:{self.ports.pages}"
        body = "" if form is None else urllib.parse.urlencode(form)
        lines = [f"{'GET' if form is None else 'POST'} {path} HTTP/1.1", f"Host: {host}", "Accept-Encoding: identity"]
        lines.append(f"X-Forwarded-For: {self.address}")
        lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        if htmx or (form is not None and "sessionid" in self.cookies):
            lines.append("HX-Request: true")
        if form is not None:
            lines += [f"Origin: http://{host}", f"X-CSRFToken: {self.cookies.get('csrftoken', '')}"]
            lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
        writer.write(("\r\n".join(lines) + "\r\n\r\n" + body).encode())
        head = await reader.readuntil(b"\r\n\r\n")
        for name, value in _COOKIE.findall(head):
            self.cookies[name.decode()] = value.decode()
        length = _LENGTH.search(head)
        content = await reader.readexactly(int(length[1])) if length else b""
        if b"connection: close" in head.lower():
            writer.close()
        return int(_STATUS.match(head)[1]), content.decode(errors="replace")  # type: ignore[index]  # HTTP it is

    def leave(self) -> None:
        for task in self.due.values():
            task.cancel()
        if self.socket is not None:
            self.socket.close()
        if self.connection is not None:
            self.connection[1].close()


async def at_random(
    rate: float, seconds: float, do: Callable[[], Awaitable[None]], rng: random.Random, patience: float = GIVE_UP
) -> None:
    """Begins `do` so many times a second on average, at moments that know nothing of each other, and waits for all."""
    begun = time.perf_counter()
    moment = rng.expovariate(rate)
    tasks = []
    while moment < seconds:
        await asyncio.sleep(max(0.0, begun + moment - time.perf_counter()))
        tasks.append(asyncio.create_task(_unless_refused(do)))
        moment += rng.expovariate(rate)
    if tasks:
        await asyncio.wait(tasks, timeout=patience)


async def _unless_refused(do: Callable[[], Awaitable[None]]) -> None:
    with suppress(Refused):  # noted among the faults
        await do()
