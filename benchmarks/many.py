"""All processes of an instance that has outgrown one machine, on this one: each can be killed and started again.

PostgreSQL and Redis are of our own, in a folder that is thrown away: nobody else's are restarted.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.bench import ROOT, environment, free_port, run, wait_for

QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
POSTGRES_OPTIONS = "-c listen_addresses=127.0.0.1 -c max_connections=100"


class Many:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.redis_port, self.postgres_port, self.pages = free_port(), free_port(), free_port()
        self.sockets = [free_port(), free_port()]
        self.env = environment("gunicorn", str(folder / "data"), self.pages) | {
            "DATABASE_URL": f"postgres://postgres@127.0.0.1:{self.postgres_port}/postgres",
            "REDIS_URL": f"redis://127.0.0.1:{self.redis_port}/0",
            "STATIC_ROOT": str(ROOT / "var" / "static"),  # as `make setup` has collected it
            "LOG_LEVEL": "ERROR",
        }
        python = sys.executable
        daphne = [python, "-m", "daphne", "-b", "127.0.0.1"]
        celery = [python, "-m", "celery", "-A", "timetracker"]
        self.commands = {
            "web": [
                python, "-m", "gunicorn", "timetracker.wsgi", "--config=deploy/gunicorn.conf.py",
                f"--bind=127.0.0.1:{self.pages}", "--log-level=error",
            ],
            **{
                f"live{number}": [*daphne, "-p", str(port), "timetracker.asgi:application"]
                for number, port in enumerate(self.sockets, 1)
            },
            **{
                f"worker{number}": [*celery, "worker", "-n", f"worker{number}@here", "--concurrency=2", "-l", "error"]
                for number in (1, 2)
            },
            "beat": [*celery, "beat", "-l", "error", "-s", f"{folder}/beat"],
        }  # fmt: skip
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    # ── PostgreSQL and Redis ─────────────────────────────────────────────────
    def start_redis(self) -> None:
        command = ["redis-server", "--port", str(self.redis_port), "--bind", "127.0.0.1", "--appendonly", "yes"]
        self.processes["redis"] = subprocess.Popen([*command, "--dir", str(self.folder)], **QUIET)  # type: ignore[call-overload]

    def postgres(self, *what: str) -> None:
        """`pg_ctl`, by the person who owns the cluster: it refuses to be root's."""
        as_owner = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        subprocess.run(
            [*as_owner, str(_tools() / "pg_ctl"), f"--pgdata={self.folder}/postgres", "--wait", *what],
            check=True, cwd="/", **QUIET,
        )  # type: ignore[call-overload]  # fmt: skip

    def make_postgres(self) -> None:
        data = self.folder / "postgres"
        data.mkdir()
        self.folder.chmod(0o711)
        as_owner: list[str] = []
        if os.getuid() == 0:
            shutil.chown(data, "postgres")
            as_owner = ["runuser", "-u", "postgres", "--"]
        command = [
            str(_tools() / "initdb"),
            f"--pgdata={data}",
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
        ]
        subprocess.run([*as_owner, *command, "--locale=C.UTF-8"], check=True, cwd="/", **QUIET)  # type: ignore[call-overload]
        self.start_postgres()

    def start_postgres(self) -> None:
        options = f"-p {self.postgres_port} {POSTGRES_OPTIONS} -c unix_socket_directories={self.folder}/postgres"
        self.postgres("start", f"--options={options}", f"--log={self.folder}/postgres/log")

    # ── Our own ──────────────────────────────────────────────────────────────
    def start(self, name: str) -> None:
        self.processes[name] = subprocess.Popen(
            self.commands[name], cwd=ROOT, env=self.env, start_new_session=True, **QUIET
        )  # type: ignore[call-overload]

    def kill(self, name: str) -> None:
        """The process and all its children, as when a machine goes."""
        os.killpg(self.processes[name].pid, signal.SIGKILL)
        self.processes.pop(name).wait()

    def kill_a_child(self, name: str) -> None:
        pid = self.processes[name].pid
        os.kill(int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0]), signal.SIGKILL)

    def ready(self) -> None:
        wait_for(self.processes["web"], self.pages)
        for number, port in enumerate(self.sockets, 1):
            wait_for(self.processes[f"live{number}"], port)


def _tools() -> Path:
    found = shutil.which("pg_ctl")
    if found:
        return Path(found).parent
    newest = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda path: int(path.parts[-3]))
    if not newest:
        raise SystemExit("PostgreSQL's pg_ctl is not here.")
    return newest[-1].parent


@contextlib.contextmanager
def many_processes(folder: Path) -> Iterator[Many]:
    """Migrated and serving."""
    many = Many(folder)
    (folder / "data").mkdir()
    many.make_postgres()
    many.start_redis()
    try:
        run(many.env, "manage.py", "migrate", "--verbosity", "0")
        for name in many.commands:
            many.start(name)
        many.ready()
        yield many
    finally:
        for name, process in many.processes.items():
            with contextlib.suppress(ProcessLookupError):
                process.terminate() if name == "redis" else os.killpg(process.pid, signal.SIGTERM)
        for process in many.processes.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(15)
        time.sleep(0.2)
        many.postgres("stop", "--mode=immediate")
