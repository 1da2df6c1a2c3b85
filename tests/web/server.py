"""A small web server for the tests of outgoing requests; each path misbehaves in its own way."""

import contextlib
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Misbehaving(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        getattr(self, f"answer_{self.path.strip('/').split('?')[0]}")()

    do_POST = do_GET  # noqa: N815 - the name http.server looks for

    def log_message(self, *args: object) -> None:
        pass

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in {"content_length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def answer_echo(self) -> None:
        sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.seen.append((self.command, {name.lower(): value for name, value in self.headers.items()}, sent))
        self._answer(200, b"echo:" + sent, x_answer="yes")

    def answer_fail(self) -> None:
        self._answer(503, b"later")

    def answer_hop(self) -> None:
        self._answer(307, location="/echo")

    def answer_see(self) -> None:
        self._answer(303, location="/echo")

    def answer_private(self) -> None:
        self._answer(302, location="http://10.0.0.1/")

    def answer_file(self) -> None:
        self._answer(302, location="file:///etc/passwd")

    def answer_elsewhere(self) -> None:
        self._answer(307, location=f"http://elsewhere.test:{self.server.server_port}/echo")

    def answer_loop(self) -> None:
        self._answer(302, location="/loop")

    def answer_announced(self) -> None:
        self._answer(200, content_length=str(1024**3))

    def answer_gigabyte(self) -> None:
        self.send_response(200)
        self.end_headers()
        with contextlib.suppress(OSError):  # the other side hangs up, as it should
            for _ in range(16 * 1024):
                self.wfile.write(b"x" * 65536)
                self.server.sent += 65536

    def answer_drip(self) -> None:
        self.send_response(200)
        self.end_headers()
        self._drip(b"x")

    def answer_headerdrip(self) -> None:
        self.wfile.write(b"HTTP/1.0 200 OK\r\nX-Slow: ")
        self._drip(b"x")

    def _drip(self, byte: bytes) -> None:
        with contextlib.suppress(OSError):
            for _ in range(100):
                self.wfile.write(byte)
                self.wfile.flush()
                time.sleep(0.05)

    def answer_bomb(self) -> None:
        self._answer(200, b"\x1f\x8b", content_encoding="gzip")

    def answer_garbage(self) -> None:
        self.wfile.write(b"not http at all\r\n\r\n")


@contextlib.contextmanager
def running(handler: type[BaseHTTPRequestHandler] = Misbehaving) -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.seen, server.sent = [], 0
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
