"""Servers as people start them: each says that it is there, and takes its word back when it ends."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from tests.live.test_serve import database_url
from tests.live.tools import free_port, server, soon
from timetracker.metrics.models import ProcessReport

pytestmark = pytest.mark.django_db(transaction=True)
GUNICORN = ["-m", "gunicorn", "timetracker.wsgi", "--config", "deploy/gunicorn.conf.py", "--workers", "1", "--bind"]
DAPHNE = ["-m", "daphne", "--bind", "127.0.0.1", "--port"]


def command(kind: str, port: int) -> list[str]:
    if kind == "all":
        return ["manage.py", "serve"]
    if kind == "pages":
        return [*GUNICORN, f"127.0.0.1:{port}"]
    return [*DAPHNE, str(port), "timetracker.asgi:application"]


@pytest.mark.parametrize("kind", ["all", "pages", "sockets"])
def test_from_its_start_to_its_end(kind: str, tmp_path: Path):
    port = free_port()
    env = {
        "DATABASE_URL": database_url(), "DATA_DIR": str(tmp_path), "SECRET_KEY": settings.SECRET_KEY,
        "STATIC_ROOT": str(settings.STATIC_ROOT), "PORT": str(port), "REDIS_URL": "",
    }  # fmt: skip
    with server(command(kind, port), port, tmp_path / "log", **env) as process:
        assert soon(lambda: ProcessReport.objects.filter(kind=kind).exists(), within=30)
        report = ProcessReport.objects.get()
        assert (report.pid == process.pid) == (kind != "pages"), "gunicorn's own process serves nothing"
    assert not ProcessReport.objects.exists()
