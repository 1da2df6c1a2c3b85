"""Synchronous pages inside an asynchronous server: a pool of threads, each with a database connection that stays open.

asgiref's own adapter runs everything in one thread, waits for the loop after each chunk and never closes the answer (so
Django would not hear that the request is over). This one keeps its translation of a request and replaces the rest.
"""

from __future__ import annotations

import asyncio
import contextvars
import os
import threading
from collections.abc import Awaitable, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from wsgiref.util import FileWrapper

from asgiref.wsgi import WsgiToAsgiInstance

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

PAGE_THREADS = 4
STREAM_THREADS = 8
"""More than pages have: each slow reader holds one."""
IN_MEMORY = FILE_BLOCK = STREAM_BLOCK = 64 * 1024
PATIENCE = 60.0
"""Seconds within which the reader of a stream takes what the connection holds for it, which is about two blocks."""
ABORT = "timetracker.abort"
"""Scope extension: a function that breaks the connection off. What was cut short must not look complete."""
PACE = "timetracker.pace"
"""Scope extension: a function that takes one of Twisted's push producers, which is told when the connection is full."""


class WsgiBridge:
    def __init__(self, application: Callable[..., Iterable[bytes]], patience: float = PATIENCE) -> None:
        self.application, self.patience = application, patience
        self.pages = ThreadPoolExecutor(PAGE_THREADS, thread_name_prefix="page")
        # A stream may take its time; meanwhile the threads above serve everybody else.
        self.streams = ThreadPoolExecutor(STREAM_THREADS, thread_name_prefix="stream")

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        await _Exchange(self)(scope, receive, send)

    def close(self) -> None:
        """Takes nothing new and waits for what is under way."""
        for pool in (self.pages, self.streams):
            pool.shutdown(cancel_futures=True)


class _ClientGone(Exception):
    """Nobody reads what a thread was about to send."""


class _Exchange(WsgiToAsgiInstance):
    """One request and its answer. Threads put messages into `outbox`, the loop sends them on.

    A page never waits: it is made already. A stream is a block ahead of the connection and no more, so however much
    it has to tell and however slowly that is read, little of it is in memory.
    """

    def __init__(self, bridge: WsgiBridge) -> None:
        super().__init__(bridge.application)
        self.bridge = bridge
        self.outbox: asyncio.Queue[Message | None] = asyncio.Queue()
        self.start: Message | None = None
        self.bytes_sent = 0
        self.client_gone = False
        self.room: threading.Semaphore | None = None  # of streams
        self.writable = asyncio.Event()
        self.writable.set()

    # ── On the loop ──────────────────────────────────────────────────────────
    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        self.scope = scope
        self.loop = asyncio.get_running_loop()
        body = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed by the thread that reads it
        if not await _receive_body(receive, body):
            body.close()
            return
        helpers = [self.loop.create_task(self._pump(send)), self.loop.create_task(self._watch(receive))]
        try:
            await self._work(body)
            self.outbox.put_nowait(None)
            await helpers[0]
        finally:
            self.stopProducing()
            for helper in helpers:
                helper.cancel()

    async def _work(self, body: IO[bytes]) -> None:
        whole = False
        try:
            rest = await self.loop.run_in_executor(self.bridge.pages, self._answer, body)
            if rest:
                self._extension(PACE)(self)
                # Shielded: what waits for a thread when Daphne gives it up still has to be closed by one.
                await asyncio.shield(self.loop.run_in_executor(self.bridge.streams, rest))
            whole = True
        finally:
            # What raised is logged by the server, which answers 500 where nothing has been said yet.
            if self.response_started and not whole:
                self._extension(ABORT)()

    def _extension(self, name: str) -> Callable[..., Any]:
        found: Callable[..., Any] = self.scope.get("extensions", {}).get(name, lambda *_: None)
        return found

    async def _pump(self, send: Send) -> None:
        try:
            while (message := await self.outbox.get()) is not None:
                if not self.writable.is_set():
                    async with asyncio.timeout(self.bridge.patience):
                        await self.writable.wait()
                if self.room:
                    self.room.release()
                await send(message)
        except TimeoutError:
            self._extension(ABORT)()
        finally:
            self.stopProducing()

    async def _watch(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self.stopProducing()

    # What Twisted calls when the connection holds too much for its reader, when that is read, and when all is over.
    def pauseProducing(self) -> None:  # noqa: N802 - Twisted's name
        self.writable.clear()

    def resumeProducing(self) -> None:  # noqa: N802 - Twisted's name
        self.writable.set()

    def stopProducing(self) -> None:  # noqa: N802 - Twisted's name
        self.client_gone = True
        if self.room:
            self.room.release()  # the thread looks whether anybody is there before it waits again

    # ── In a thread ──────────────────────────────────────────────────────────
    def _answer(self, body: IO[bytes]) -> Callable[[], None] | None:
        """Run the page. What it wants to stream is returned, to be done in a thread of its own."""
        try:
            environ = self.build_environ(self.scope, body)
        except ValueError:  # a hundred headers of one name
            self.start = {"type": "http.response.start", "status": 400, "headers": []}
            self._pour([b"Bad request"], body)
            return None
        environ["wsgi.file_wrapper"] = _file_wrapper
        # A body that came in chunks announced no length, and Django reads no further than that.
        environ["CONTENT_LENGTH"] = str(body.seek(0, os.SEEK_END))
        body.seek(0)
        answer = self.wsgi_application(environ, self.start_response)
        pour = partial(self._pour, answer, body)
        if getattr(answer, "streaming", False):
            self.room = threading.Semaphore()
            # Language and time zone of the request come along.
            return partial(contextvars.copy_context().run, pour)
        pour()
        return None

    def start_response(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        self.response_content_length = next(
            (int(value) for name, value in headers if name.lower() == "content-length"), None
        )
        self.start = {
            "type": "http.response.start",
            "status": int(status.split(" ", 1)[0]),
            "headers": [(name.lower().encode("latin1"), value.encode("latin1")) for name, value in headers],
        }

    def _pour(self, answer: Iterable[bytes], body: IO[bytes]) -> None:
        try:
            for block in self._blocks(answer):
                if self._emit(block):
                    return
            self._emit(b"", last=True)
        except _ClientGone:
            return
        finally:
            body.close()
            if hasattr(answer, "close"):
                answer.close()

    def _blocks(self, answer: Iterable[bytes]) -> Iterator[bytes]:
        """A page as it comes, a stream in blocks of a size that the connection may hold."""
        # Daphne keeps back only the first part of what HEAD must not send; the rest would be read as an answer.
        if self.client_gone or self.scope["method"] == "HEAD":
            return
        for chunk in answer:
            size = STREAM_BLOCK if self.room else len(chunk) or 1
            for start in range(0, len(chunk), size):
                yield chunk[start : start + size]

    def _emit(self, chunk: bytes, *, last: bool = False) -> bool:
        """True where the answer is complete with this, as far as its announced length says."""
        if not self.response_started:
            self.response_started = True
            self._put(self.start)
        self.bytes_sent += len(chunk)
        last = last or self.bytes_sent == self.response_content_length
        self._put({"type": "http.response.body", "body": chunk, "more_body": not last})
        return last

    def _put(self, message: Message | None) -> None:
        if self.room:
            self.room.acquire()
        if self.client_gone:
            raise _ClientGone
        self.loop.call_soon_threadsafe(self.outbox.put_nowait, message)


async def _receive_body(receive: Receive, body: IO[bytes]) -> bool:
    """False where the client went away before it had sent everything."""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return False
        body.write(message.get("body", b""))
        if not message.get("more_body"):
            body.seek(0)
            return True


def _file_wrapper(file: Any, _block_size: int) -> FileWrapper:
    return FileWrapper(file, FILE_BLOCK)
