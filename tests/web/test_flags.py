"""Feature flags: who decides, that each switches what it says, and what asking costs."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from structlog.testing import capture_logs
from waffle.models import Switch

from timetracker.web import flags
from timetracker.web.flags import FLAGS, UnknownFlag, Why, check_environment, is_on, read_once, state_of

pytestmark = pytest.mark.django_db
NAMES = sorted(FLAGS)


def choose(name: str, *, active: bool) -> None:
    """As the administration does; a test's transaction never commits, which is when waffle forgets what it kept."""
    Switch.objects.update_or_create(name=name, defaults={"active": active})
    cache.clear()


@pytest.mark.parametrize("name", NAMES)
def test_the_environment_comes_before_the_administration_and_that_before_the_default(settings: Any, name: str) -> None:
    flag = FLAGS[name]
    assert (state_of(flag).is_on, state_of(flag).why) == (flag.default, Why.DEFAULT)
    choose(name, active=not flag.default)
    assert (state_of(flag).is_on, state_of(flag).why) == (not flag.default, Why.ADMINISTRATION)
    settings.FLAGS = {name: "on" if flag.default else "OFF"}
    assert (is_on(name), state_of(flag).why) == (flag.default, Why.ENVIRONMENT)
    assert state_of(flag).is_fixed


def test_a_switch_counts_for_its_own_flag_alone() -> None:
    choose("achievements", active=False)
    assert [state.flag.name for state in flags.states() if not state.is_on] == ["achievements"]


def test_an_unknown_flag_is_a_fault_here_and_off_in_production(settings: Any) -> None:
    choose("flying", active=True)
    with pytest.raises(UnknownFlag):
        is_on("flying")
    settings.FLAGS_STRICT = False
    with capture_logs() as lines:
        assert is_on("flying") is False
    assert lines == [{"event": "unknown_flag", "flag": "flying", "log_level": "warning"}]


@pytest.mark.parametrize(
    ("environment", "fault"),
    [
        ({"achievement": "off"}, "There is no flag for FLAG_ACHIEVEMENT"),
        ({"achievements": "nope"}, "FLAG_ACHIEVEMENTS is neither on nor off."),
        ({"achievements": ""}, "FLAG_ACHIEVEMENTS is neither on nor off."),
    ],
)
def test_a_variable_that_means_nothing_stops_the_start(settings: Any, environment: dict[str, str], fault: str) -> None:
    settings.FLAGS = environment
    [error] = check_environment()
    assert error.msg.startswith(fault)
    assert is_on("achievements") is FLAGS["achievements"].default


def test_variables_that_mean_something_do_not(settings: Any) -> None:
    settings.FLAGS = dict.fromkeys(FLAGS, "off")
    assert check_environment() == []
    assert not any(is_on(name) for name in FLAGS)


def test_within_a_request_the_switches_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    read: list[int] = []
    get_all = Switch.get_all
    monkeypatch.setattr(Switch, "get_all", lambda: read.append(1) or get_all())
    with read_once(), CaptureQueriesContext(connection) as queries:
        for name in NAMES * 3:
            is_on(name)
    assert (len(read), len(queries)) == (1, 1)
    with read_once(), CaptureQueriesContext(connection) as queries:
        is_on("achievements")
    assert (len(read), len(queries)) == (2, 0)  # from the cache


def test_each_request_reads_anew() -> None:
    with read_once():
        assert is_on("achievements")
    choose("achievements", active=False)
    with read_once():
        assert not is_on("achievements")


def test_every_flag_says_what_it_switches() -> None:
    assert all(flag.label and flag.owner and str(flag.switches).startswith("Off: ") for flag in FLAGS.values())
