"""The units name what is there, and systemd knows every directive of theirs."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.deploy import units
from tests.deploy.names import ROOT, VARIABLES, check_command

SERVICES = sorted(units.FOLDER.glob("*.service"))
TARGET = units.FOLDER / "timetracker.target"
PARTS = ("web", "live", "worker", "long", "beat")
DIRECTIVES = {
    "Unit": "After Conflicts Description Documentation PartOf Requires Wants",
    "Service": """
        AmbientCapabilities CapabilityBoundingSet Environment EnvironmentFile ExecReload ExecStart Group KillMode
        LockPersonality MemoryMax NoNewPrivileges NotifyAccess PrivateDevices PrivateTmp ProtectClock
        ProtectControlGroups ProtectHome ProtectHostname ProtectKernelLogs ProtectKernelModules ProtectKernelTunables
        ProtectProc ProtectSystem RemainAfterExit RemoveIPC Restart RestartSec RestrictAddressFamilies
        RestrictNamespaces RestrictRealtime RestrictSUIDSGID RuntimeDirectory RuntimeDirectoryPreserve StateDirectory
        StateDirectoryMode SystemCallArchitectures SystemCallErrorNumber SystemCallFilter TimeoutStartSec TimeoutStopSec
        Type UMask User WorkingDirectory
    """,
    "Install": "WantedBy",
}
by_name = pytest.mark.parametrize("path", [*SERVICES, TARGET], ids=lambda path: path.name)
services = pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)


@by_name
def test_directives_are_systemds(path: Path):
    for section, found in units.read(path).items():
        assert set(found) <= set(DIRECTIVES[section].split())


@by_name
def test_units_that_are_named_are_there_or_the_systems(path: Path):
    of_system = {"network-online.target", "multi-user.target", "postgresql.service", "redis-server.service"}
    unit = units.read(path)
    named = [
        name
        for section in unit.values()
        for directive in ("After", "Conflicts", "PartOf", "Requires", "Wants", "WantedBy")
        for line in section.get(directive, [])
        for name in line.split()
    ]
    assert set(named) - of_system <= {each.name for each in (*SERVICES, TARGET)}


@by_name
def test_documents_that_are_named_are_there(path: Path):
    (document,) = units.read(path)["Unit"].get("Documentation", [""])
    assert (ROOT / document.removeprefix(f"file://{units.HOME}/")).is_file()


@services
def test_commands_resolve(path: Path):
    (line,) = units.read(path)["Service"]["ExecStart"]
    program, *arguments = shlex.split(line)
    assert program.startswith(f"{units.HOME}/.venv/bin/")
    check_command([program, *arguments])


@services
def test_variables_are_read_by_somebody(path: Path):
    unit = units.read(path)
    assert set(units.variables(unit)) <= VARIABLES
    assert unit["Service"]["WorkingDirectory"] == [units.HOME]
    assert units.variables(unit)["DATA_DIR"] == f"/var/lib/{unit['Service']['StateDirectory'][0]}"


def test_the_example_of_the_environment_sets_what_is_read():
    lines = (units.FOLDER / "timetracker.env.example").read_text().splitlines()
    names = {line.partition("=")[0] for line in lines if line and not line.startswith("#")}
    assert {"PUBLIC_URL", "TRUSTED_PROXIES", "DATABASE_URL", "REDIS_URL"} <= names <= VARIABLES


@services
def test_all_are_confined_alike_and_run_as_one_user(path: Path):
    first, *_others = SERVICES
    same = [name for name in units.read(first)["Service"] if re.match("Protect|Restrict|Private|System|No|Capab", name)]
    same = [name for name in same if name != "NotifyAccess"]
    assert len(same) > 15
    for name in (*same, "User", "Group", "UMask", "EnvironmentFile", "StateDirectory"):
        assert units.read(path)["Service"][name] == units.read(first)["Service"][name], name


def test_the_target_is_all_parts_and_tables_come_first():
    (wanted,) = units.read(TARGET)["Unit"]["Requires"]
    assert wanted.split() == [f"timetracker-{part}.service" for part in PARTS]
    for part in PARTS:
        unit = units.part(part)
        assert unit["Unit"]["PartOf"] == ["timetracker.target"]
        assert unit["Unit"]["Requires"] == ["timetracker-migrate.service"]
        assert "timetracker-migrate.service" in unit["Unit"]["After"][0].split()
        assert units.variables(unit) == units.variables(units.part("web"))
        assert unit["Service"]["Restart"] == ["always"]
