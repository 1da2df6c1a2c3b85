from __future__ import annotations

import time

from structlog.testing import capture_logs

from tests.live.tools import soon
from timetracker.live import push as push_module
from timetracker.live.push import push, session_group


def test_a_push_to_a_redis_that_is_gone_costs_nothing_and_is_logged(settings):
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "timetracker.live.redis_layer.ReturningLayer",
            "CONFIG": {"hosts": ["redis://127.0.0.1:1/0"]},
        }
    }
    with capture_logs() as logs:
        began = time.monotonic()
        push(range(1000), "work")
        assert time.monotonic() - began < 0.2
        assert soon(lambda: bool(logs))
    assert logs[0]["event"] == "push_failed"


def test_the_session_key_is_not_told_to_redis():
    group = session_group("a-secret-key")
    assert "secret" not in group
    assert group == session_group("a-secret-key") != session_group("another")


def test_a_forked_worker_has_a_sender_of_its_own(monkeypatch):
    push([1], "timer")
    inherited = push_module._sender
    monkeypatch.setattr(push_module, "_sender", inherited)  # put back at the end
    push_module._begin_anew()
    own = push_module._sender
    own.send({"user.1": {"type": "x"}}).result(5)
    assert own._loop is not inherited._loop
    own._loop.call_soon_threadsafe(own._loop.stop)
    assert soon(lambda: not own._loop.is_running())
    own._loop.close()
