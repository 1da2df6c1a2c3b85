"""A plugin for `pytest -n`: each worker gets a Redis database and a channel prefix of its own.

`cache.clear()` empties a whole database, and a push reaches everybody who listens under the same name.
Settings read REDIS_URL while pytest starts, before any conftest, so this is loaded by `-p tests.workers`.
"""

import os

import pytest

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
REDIS_URL = os.environ.get("REDIS_URL", "")

if WORKER and REDIS_URL:
    server, _, number = REDIS_URL.rpartition("/")
    os.environ["REDIS_URL"] = f"{server}/{int(number) - 1 - int(WORKER.removeprefix('gw'))}"


@pytest.hookimpl(trylast=True)
def pytest_configure() -> None:
    from django.conf import settings

    if WORKER and REDIS_URL:
        settings.CHANNEL_LAYERS["default"]["CONFIG"]["prefix"] = WORKER
