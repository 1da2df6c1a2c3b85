"""The lock files name packages by hash and never say where they came from."""

import json
import re

import pytest

from tests.house.files import ROOT, text

LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


def pinned(name: str) -> dict[str, str]:
    return dict(re.findall(r"^([\w.\-]+)==([^\s;]+)", text(ROOT / "requirements" / name), re.MULTILINE))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_python_locks_have_hashes_and_no_addresses(lock):
    content = text(lock)

    assert pinned(lock.name)
    assert not re.search(r"https?://|file:|--(?:extra-)?index-url|--find-links", content)
    assert all("--hash=" in entry for entry in re.split(r"^(?=[\w.\-]+==)", content, flags=re.MULTILINE)[1:])


def test_tests_run_with_the_versions_that_are_served():
    app, dev = pinned("app.txt"), pinned("dev.txt")

    assert app == {name: version for name, version in dev.items() if name in app}


def test_the_npm_lock_has_hashes_and_no_addresses():
    packages = json.loads(text(ROOT / "package-lock.json"))["packages"]
    locked = {name: package for name, package in packages.items() if name}

    assert not [name for name, package in locked.items() if "resolved" in package]
    assert not [name for name, package in locked.items() if "integrity" not in package and not package.get("inBundle")]


def test_npm_packages_are_pinned():
    manifest = json.loads(text(ROOT / "package.json"))
    wanted = manifest["dependencies"] | manifest["devDependencies"]

    assert not {name: version for name, version in wanted.items() if not re.fullmatch(r"[\d.]+", version)}
