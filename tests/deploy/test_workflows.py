"""The workflows run what is there, with the rights they need and versions that nobody can exchange."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.deploy.names import ROOT, loaded

FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
WORKFLOWS = {path.name: loaded(str(path.relative_to(ROOT))) for path in FILES}
each = pytest.mark.parametrize("name", WORKFLOWS)


def steps(name: str) -> list[dict[str, Any]]:
    return [step for job in WORKFLOWS[name]["jobs"].values() for step in job.get("steps", [])]


@each
def test_actions_are_named_by_what_is_in_them(name: str):
    text = (ROOT / ".github" / "workflows" / name).read_text()
    for action in re.findall(r"uses: (\S+.*)", text):
        if action.startswith("./"):
            assert (ROOT / action).is_file()
        else:
            assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action), action


@each
def test_rights_are_the_least(name: str):
    assert WORKFLOWS[name]["permissions"] == {"contents": "read"}
    more = {job: found["permissions"] for job, found in WORKFLOWS[name]["jobs"].items() if "permissions" in found}
    assert more == ({"publish": {"contents": "read", "packages": "write"}} if name == "image.yml" else {})
    for step in steps(name):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"] == {"persist-credentials": False}


@each
def test_every_job_ends_by_itself(name: str):
    assert all("timeout-minutes" in job or "uses" in job for job in WORKFLOWS[name]["jobs"].values())


def test_tests_are_run_as_everywhere():
    (command,) = [step["run"] for step in steps("test.yml") if "run" in step]
    script = ROOT / command
    assert script.stat().st_mode & 0o111
    assert "STRICT=1" in script.read_text()


def test_the_container_of_tests_has_what_the_image_has():
    image = WORKFLOWS["test.yml"]["jobs"]["everything"]["container"]["image"]
    version = image.removeprefix("node:").partition("-")[0]
    assert f"FROM node:{version}-bookworm-slim" in (ROOT / "deploy" / "Dockerfile").read_text()


def test_the_image_is_built_from_what_is_there_and_only_after_the_tests():
    job = WORKFLOWS["image.yml"]["jobs"]["publish"]
    assert job["needs"] == "tests"
    (built,) = [step["with"] for step in steps("image.yml") if "build-push" in step.get("uses", "")]
    assert (ROOT / built["file"]).is_file()
    arguments = {line.partition("=")[0] for line in built["build-args"].splitlines()}
    assert arguments == set(re.findall(r"(?m)^ARG (\w+)=", (ROOT / built["file"]).read_text()))
