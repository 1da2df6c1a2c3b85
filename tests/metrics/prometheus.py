"""Debian's Prometheus beside a server of ours, with the configuration of deploy/."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from django.conf import settings

from tests.live.tools import free_port, soon

DEPLOY = Path(settings.BASE_DIR) / "deploy"


def tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed (Debian: prometheus)")
    return found


@dataclass(frozen=True)
class Prometheus:
    port: int

    def ask(self, path: str, **params: str) -> Any:
        answer = httpx.get(f"http://127.0.0.1:{self.port}/api/v1/{path}", params=params, timeout=20).json()
        assert answer["status"] == "success", answer
        return answer["data"]

    def value(self, expr: str) -> float:
        """Of the only series there is; 0 where there is none."""
        found = self.ask("query", query=expr)["result"]
        assert len(found) <= 1, found
        return float(found[0]["value"][1]) if found else 0.0

    def names(self) -> set[str]:
        return set(self.ask("label/__name__/values"))


def configuration(folder: Path, port: int, token: str) -> Path:
    """As deployed, but for where the server is, where the token lies, and how often it is asked."""
    config = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text())
    config["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    config["rule_files"] = [str(DEPLOY / "prometheus" / name) for name in config["rule_files"]]
    pages = next(one for one in config["scrape_configs"] if one["job_name"] == "timetracker")
    (folder / "token").write_text(token)
    pages["authorization"]["credentials_file"] = str(folder / "token")
    del pages["dns_sd_configs"]
    pages["static_configs"] = [{"targets": [f"127.0.0.1:{port}"]}]
    config["scrape_configs"] = [pages]
    path = folder / "prometheus.yml"
    path.write_text(yaml.safe_dump(config))
    return path


@contextlib.contextmanager
def watching(folder: Path, port: int, token: str) -> Iterator[Prometheus]:
    program, own_port = tool("prometheus"), free_port()
    options = [f"--config.file={configuration(folder, port, token)}", f"--storage.tsdb.path={folder / 'data'}",
               f"--web.listen-address=127.0.0.1:{own_port}"]  # fmt: skip
    with (folder / "prometheus.log").open("wb") as log:
        process = subprocess.Popen([program, *options], stdout=log, stderr=subprocess.STDOUT)
        try:
            found = Prometheus(own_port)
            assert soon(lambda: process.poll() is not None or _is_ready(own_port), within=60)
            assert process.poll() is None, (folder / "prometheus.log").read_text()
            yield found
        finally:
            process.terminate()
            process.wait(20)


def _is_ready(port: int) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return httpx.get(f"http://127.0.0.1:{port}/-/ready").status_code == 200
    return False
