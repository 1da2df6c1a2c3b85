"""The processes of stack.py with a PostgreSQL and a Redis of their own, which can be killed as well.

Both are in a folder that is thrown away: nobody else's are restarted.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from tests.deploy.stack import PARTS, Stack, ended
from tests.live.tools import answers, free_port, soon

QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
POSTGRES_OPTIONS = "-c listen_addresses=127.0.0.1 -c max_connections=100"


class Many(Stack):
    def __init__(self, folder: Path) -> None:
        self.redis_port, self.postgres_port = free_port(), free_port()
        database = f"postgres://postgres@127.0.0.1:{self.postgres_port}/postgres"
        super().__init__(folder, database=database, redis=f"redis://127.0.0.1:{self.redis_port}/0")
        self.env["LOG_LEVEL"] = "ERROR"

    # ── PostgreSQL and Redis ─────────────────────────────────────────────────
    def start_redis(self) -> None:
        command = ["redis-server", "--port", str(self.redis_port), "--bind", "127.0.0.1", "--appendonly", "yes"]
        self.run("redis", [*command, "--dir", str(self.folder)])
        assert soon(lambda: answers(self.redis_port)), self.log("redis")

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

    def __exit__(self, *exception: object) -> None:
        """Workers say good-bye to Redis."""
        redis = self.processes.pop("redis", None)
        super().__exit__(*exception)
        if redis:
            redis.terminate()
            ended(redis)

    def serves(self) -> bool:
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            urllib.request.urlopen(f"http://127.0.0.1:{self.ports.web}/healthz", timeout=1).read()
            return True
        return False


def why_not() -> str | None:
    if _found_tools() is None:
        return "PostgreSQL's pg_ctl is not here."
    return None if shutil.which("redis-server") else "redis-server is not here."


def _tools() -> Path:
    if found := _found_tools():
        return found
    raise SystemExit(why_not())


def _found_tools() -> Path | None:
    """Debian keeps them where no path leads."""
    if found := shutil.which("pg_ctl"):
        return Path(found).parent
    newest = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda path: int(path.parts[-3]))
    return newest[-1].parent if newest else None


@contextlib.contextmanager
def many_processes(folder: Path, *, behind_a_proxy: bool = False) -> Iterator[Many]:
    """Migrated and serving. Without a proxy gunicorn itself is asked."""
    many = Many(folder)
    if not behind_a_proxy:
        many.env["PUBLIC_URL"] = f"http://localhost:{many.ports.web}"
    many.make_postgres()
    try:
        with many:
            many.start_redis()
            many.manage("migrate", "--verbosity", "0")
            many.start_parts(*PARTS)
            assert soon(many.serves, within=30), many.log("web")
            yield many
    finally:
        many.postgres("stop", "--mode=immediate")
