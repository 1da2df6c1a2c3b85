"""docker-compose.yml: its parts, by the names of the units for systemd. tests/metrics/test_deploy.py has more."""

from __future__ import annotations

import re
import shlex
from typing import Any

import pytest

from tests.deploy import units
from tests.deploy.names import ROOT, VARIABLES, check_command, loaded

COMPOSE = loaded("docker-compose.yml")
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
PARTS = ("web", "live", "worker", "long", "beat")
OURS = (*PARTS, "migrate")


def seconds(text: str) -> int:
    return int(text.removesuffix("s"))


def options(words: list[str]) -> dict[str, str]:
    """Those of a command, with the values that follow them."""
    pairs = zip(words, [*words[1:], ""], strict=True)
    return {name: "" if value.startswith("-") else value for name, value in pairs if name.startswith("--")}


def test_the_order_named_these():
    assert set(SERVICES) == {*OURS, "proxy", "postgres", "redis"}


@pytest.mark.parametrize("name", sorted(set(OURS) - {"web"}))
def test_commands_resolve(name: str):
    words = shlex.split(SERVICES[name]["command"])
    if words[0] != "sh":
        check_command(words)
        return
    script = words[words.index("-c") + 1]
    for command in re.findall(r"python manage\.py [a-z_ -]+", script):
        check_command(shlex.split(command))


@pytest.mark.parametrize("name", PARTS)
def test_parts_are_those_of_systemd(name: str):
    """The same program with the same options; where it listens and keeps things differs."""
    program, *words = units.command(name)
    here = shlex.split(SERVICES[name].get("command", "gunicorn timetracker.wsgi --config=deploy/gunicorn.conf.py"))
    assert program.rpartition("/")[2] == here[0]
    own = {"--bind", "--port", "--schedule"}
    assert {name: value for name, value in options(here).items() if name not in own} == {
        name: value for name, value in options(words).items() if name.partition("=")[0] not in own
    }


@pytest.mark.parametrize("name", PARTS)
def test_health_checks_resolve_and_look_at_what_the_part_does(name: str):
    health = SERVICES[name]["healthcheck"]
    kind, *command = health["test"]
    assert kind == "CMD"
    check_command(command)
    asked = command[2:]
    if name == "web":
        assert f':{asked[0]}"' in (ROOT / "deploy" / "gunicorn.conf.py").read_text()
    elif name == "live":
        assert options(shlex.split(SERVICES[name]["command"]))["--port"] == asked[0]
    else:
        assert asked[0] == SERVICES[name]["environment"]["ALIVE_FILE"]
        assert int(asked[1]) >= {"worker": 20, "long": 20, "beat": 120}[name], "the clock turns every minute"
    assert seconds(health["timeout"]) < seconds(health["interval"])


def test_every_service_is_looked_at_ends_in_its_time_and_fills_no_disk():
    for name, service in SERVICES.items():
        assert service["healthcheck"], name
        assert service["logging"]["options"] == {"max-size": "10m", "max-file": "5"}
        assert service["restart"] == ("no" if name == "migrate" else "unless-stopped")
        assert "no-new-privileges:true" in service["security_opt"]
        if name != "migrate":
            assert re.fullmatch(r"\d+[mg]", service["mem_limit"]), name
    for name in PARTS:
        grace = int(units.part(name)["Service"]["TimeoutStopSec"][0])
        assert seconds(SERVICES[name]["stop_grace_period"]) == grace


def test_ours_write_into_their_volume_and_memory_alone():
    for name in OURS:
        service = SERVICES[name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        kept = [*service["tmpfs"], *[volume.partition(":")[2] for volume in service["volumes"]]]
        assert kept == ["/tmp", "/data"]  # noqa: S108 - in the container
        environment = service["environment"]
        for written in (environment["ALIVE_FILE"], environment["PROMETHEUS_MULTIPROC_DIR"]):
            assert written.startswith("/tmp/")  # noqa: S108 - as above


def test_only_the_proxy_is_reached_from_outside_and_last():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert {name: wait["condition"] for name, wait in SERVICES["proxy"]["depends_on"].items()} == {
        "web": "service_healthy",
        "live": "service_healthy",
    }
    for name in PARTS:
        assert SERVICES[name]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}


def test_what_may_be_set_is_said_in_the_guide():
    """What the file takes from the environment of whoever starts it."""
    guide = (ROOT / "docs" / "install.md").read_text()
    for name in re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text()):
        assert f"`{name}`" in guide, name
    assert set(SERVICES["web"]["environment"]) <= VARIABLES
    assert SERVICES["web"]["env_file"] == [{"path": "timetracker.env", "required": False}]
    assert "timetracker.env" in guide
