"""What deploy/ describes, on this machine: the commands of the units for systemd, with other ports and folders.

    python -m tests.deploy.stack --database postgres://… --redis redis://…/5 [--proxy caddy]

runs gunicorn with two processes, two servers of sockets, two workers, one more for long work and the clock behind a
proxy until Ctrl+C. The database has to be there and may be empty; docs/install.md says more. Each part can be killed
and started again: tests do so, and tests/deploy/many.py, which has a PostgreSQL and a Redis of its own.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "timetracker.settings")

from tests.deploy import proxies, units
from tests.live.tools import answers, free_port, soon

ROOT = Path(__file__).resolve().parents[2]
WITHIN = 120.0
"""Seconds. Seven programs start at once, and a busy machine takes its time."""
PARTS = {
    "web": "web", "worker-1": "worker", "worker-2": "worker", "long": "long", "beat": "beat", "live-1": "live",
    "live-2": "live",
}  # fmt: skip
"""The part of deploy/systemd that each process is, by its name."""


class Stack(contextlib.AbstractContextManager["Stack"]):
    def __init__(self, folder: Path, *, database: str, redis: str, settings: str = "timetracker.settings") -> None:
        self.folder = folder
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.ports = proxies.Ports(
            http=free_port(), https=free_port(), web=free_port(), live=(free_port(), free_port())
        )
        self.figures: dict[str, int] = {}
        """The port at which each part shows its own, by its name."""
        self.url = f"https://localhost:{self.ports.https}"
        self.env = {
            **os.environ,
            **units.variables(units.part("web")),  # the same for all, a test says
            "DJANGO_SETTINGS_MODULE": settings,
            "DATA_DIR": str(folder / "data"),
            "STATIC_ROOT": os.environ.get("STATIC_ROOT") or str(ROOT / "var" / "static"),
            "DATABASE_URL": database,
            "REDIS_URL": redis,
            "PUBLIC_URL": self.url,
            "TRUSTED_PROXIES": "127.0.0.1",
            "EMAIL_URL": "dummymail://",
            "PYTHONPATH": str(ROOT),
        }

    def manage(self, *arguments: str, **env: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT, env=self.env | env, check=True, capture_output=True, text=True,
        )  # fmt: skip
        return done.stdout

    def run(self, name: str, command: list[str], **env: str) -> subprocess.Popen[bytes]:
        """Until the stack ends, in a group of its own. What it says is in a file of its name."""
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, env=self.env | env, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )
        self.processes[name] = process
        return process

    def __exit__(self, *_exception: object) -> None:
        """All are told before the first is waited for."""
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            ended(process)

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def start(self, name: str) -> Callable[[], None]:
        """As its unit says, with figures on a port of its own, as in a container. What is returned waits for it."""
        part, port = PARTS[name], self._port(name)
        command = [self._here(each, port) for each in units.command(part)]
        if part == "worker":
            command.append(f"--hostname={name}@%h")  # two of one name would be taken for one
        self.figures[name] = self.ports.web if part == "web" else free_port()
        alive = self.folder / f"{name}.alive"
        alive.unlink(missing_ok=True)
        env = {"PROMETHEUS_MULTIPROC_DIR": str(self.folder / f"{name}.figures"), "ALIVE_FILE": str(alive)}
        if part != "web":  # which has pages to show them on
            env["METRICS_PORT"] = str(self.figures[name])
        process = self.run(name, command, **env)
        return lambda: self._wait(name, process, alive.exists if port is None else lambda: answers(port))

    def _port(self, name: str) -> int | None:
        return {"web": self.ports.web, "live-1": self.ports.live[0], "live-2": self.ports.live[1]}.get(name)

    def kill(self, name: str) -> None:
        """The process and all its children, as when a machine goes."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def kill_a_child(self, name: str) -> int:
        pid = self.processes[name].pid
        child = int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[-1])
        os.kill(child, signal.SIGKILL)
        return child

    def _wait(self, name: str, process: subprocess.Popen[bytes], is_ready: Callable[[], bool]) -> None:
        assert soon(lambda: is_ready() or process.poll() is not None, within=WITHIN), self.log(name)
        assert process.poll() is None, self.log(name)

    def _here(self, argument: str, port: int | None) -> str:
        argument = argument.replace(f"{units.HOME}/.venv/bin", str(Path(sys.executable).parent))
        argument = argument.replace("/var/lib/timetracker", str(self.folder / "data"))
        if port is not None:
            argument = re.sub(r"^(8001)$|(?<=127\.0\.0\.1:)8000$", str(port), argument)
        return argument

    def start_parts(self, *names: str) -> None:
        """These, or all."""
        (self.folder / "data").mkdir(exist_ok=True)
        for wait in [self.start(name) for name in names or PARTS]:
            wait()

    @contextlib.contextmanager
    def behind(self, kind: str) -> Iterator[str]:
        """The address for people, while that proxy stands before the parts."""
        folder = self.folder / kind
        folder.mkdir()
        proxy = proxies.KINDS[kind](folder, self.ports)
        process = self.run(kind, proxy.command, **proxy.env)
        try:
            self._wait(kind, process, lambda: answers(self.ports.https))
            yield self.url
        finally:
            process.terminate()
            ended(self.processes.pop(kind))


def ended(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(30)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", required=True, help="postgres://…, may be empty")
    parser.add_argument("--redis", required=True, help="redis://…")
    parser.add_argument("--proxy", choices=proxies.KINDS, default="nginx")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with (
        tempfile.TemporaryDirectory(prefix="timetracker-") as folder,
        Stack(Path(folder), database=options.database, redis=options.redis) as stack,
    ):
        stack.manage("migrate", "--noinput")
        stack.start_parts()
        with stack.behind(options.proxy) as url:
            sys.stdout.write(f"{stack.manage('setup_link')}{url} serves, logs are in {folder}, figures at:\n")
            sys.stdout.writelines(
                f"  {name}\thttp://127.0.0.1:{port}/metrics\n" for name, port in stack.figures.items()
            )
            sys.stdout.flush()
            with contextlib.suppress(KeyboardInterrupt):
                signal.pause()


if __name__ == "__main__":
    main()
