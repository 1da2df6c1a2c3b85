from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from accounts.models import Organisation
from tests.deploy.stack import Stack
from tests.live.tools import database_url


@pytest.fixture
def stack(tmp_path: Path, transactional_db: None) -> Iterator[Stack]:
    """On the test's own database, with a clock that turns every second; the test starts what it needs of it.

    Pages are asked at gunicorn itself: what a proxy adds is tried in tests/browser/test_deployment.py.
    """
    if connection.vendor == "sqlite" or not settings.REDIS_URL:
        pytest.skip("Several processes share PostgreSQL and Redis.")
    database = {"database": database_url(), "redis": settings.REDIS_URL}
    with Stack(tmp_path, **database, settings="tests.deploy.quick_clock") as stack:
        stack.env["SECRET_KEY"] = settings.SECRET_KEY  # the sessions that tests make have to be good there
        stack.env["PUBLIC_URL"] = f"http://localhost:{stack.ports.web}"
        yield stack


@pytest.fixture
def organisation(transactional_db: None) -> Organisation:
    """Gunicorn keeps its set-up link in this row, so it may be there already."""
    return Organisation.objects.update_or_create(pk=Organisation.PK, defaults={"name": "Kestrel Studio"})[0]
