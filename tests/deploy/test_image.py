"""The image: what it is made of, and that the product works with no more than that."""

from __future__ import annotations

import fnmatch
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests.deploy.names import OF_PYTHON, ROOT, VARIABLES, check_command, loaded

DOCKERFILE = re.sub(r"\\\n", " ", (ROOT / "deploy" / "Dockerfile").read_text())
STAGES = re.split(r"(?m)^(?=FROM )", DOCKERFILE)[1:]
LAST = STAGES[-1]
IGNORED = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
MADE = {"static/dist", "/venv", "/app", "/app/static/dist", "/client"}


def instructions(name: str, text: str = DOCKERFILE) -> list[str]:
    return re.findall(rf"(?m)^{name} (.+)$", text)


def is_ignored(path: str) -> bool:
    """As Docker reads patterns, as far as ours go."""
    parts = path.split("/")
    below = ["/".join(parts[: number + 1]) for number in range(len(parts))]
    for pattern in IGNORED:
        if pattern.startswith("**/"):
            if any(fnmatch.fnmatch(part, pattern[3:]) for part in parts):
                return True
        elif any(fnmatch.fnmatch(each, pattern) and each.count("/") == pattern.count("/") for each in below):
            return True
    return False


def context() -> Iterator[str]:
    """What Docker is sent: all files here that are not left out."""
    for folder, folders, files in os.walk(ROOT):
        here = Path(folder).relative_to(ROOT)
        folders[:] = [name for name in folders if not is_ignored((here / name).as_posix())]
        yield from (path for name in files if not is_ignored(path := (here / name).as_posix()))


def test_images_have_a_major_version_and_the_last_stage_builds_nothing():
    for image in instructions("FROM"):
        assert re.match(r"(node|python):\d+(\.\d+)?-[\w-]+( AS \w+)?$", image), image
    assert not re.search(r"\b(pip|uv|npm|gcc)\b", LAST)
    assert re.findall(r"apt-get install [-a-z ]+ (\S+) +&&", LAST) == ["libpq5"], "what pg_dump reads"
    assert {line.split()[0] for line in instructions("COPY", LAST)} == {"--from=builder", "--from=client"}


def test_pg_dump_is_as_new_as_the_server_and_packages_are_of_the_system_that_runs_them():
    server = loaded("docker-compose.yml")["services"]["postgres"]["image"].partition(":")[2]
    assert set(re.findall(r"postgresql(?:-client-|/)(\d+)", DOCKERFILE)) == {server}
    of_python = {image.partition(" ")[0] for image in instructions("FROM") if image.startswith("python:")}
    assert len(of_python) == 1


def test_what_is_copied_is_there():
    stages = set(re.findall(r"(?m)^FROM .* AS (\w+)$", DOCKERFILE))
    for line in instructions("COPY"):
        words = line.split()
        if words[0].startswith("--from="):
            assert words[0].removeprefix("--from=") in stages
            assert words[1] in MADE
        else:
            assert all((ROOT / word).exists() and not is_ignored(word) for word in words[:-1]), line


def test_it_runs_as_nobody_and_by_number():
    (user,) = instructions("USER")
    numbers = re.findall(r"--[ug]id (\d+)", LAST)
    assert user.split(":") == numbers
    assert int(user.split(":")[0]) > 999


def test_commands_resolve_and_variables_are_read():
    for line in (*instructions("CMD"), instructions("HEALTHCHECK")[0].partition("CMD ")[2]):
        check_command(json.loads(line))
    names = {word.partition("=")[0] for line in instructions("ENV") for word in line.split()}
    assert names - OF_PYTHON == {"DATA_DIR", "STATIC_ROOT"}
    assert names <= VARIABLES
    (port,) = instructions("EXPOSE")
    assert f'"{port}"' in instructions("HEALTHCHECK")[0]
    assert f':{port}"' in (ROOT / "deploy" / "gunicorn.conf.py").read_text()


def test_files_that_are_removed_were_there():
    (removed,) = re.findall(r"rm -rf (static/src .+?) *&&", DOCKERFILE)
    assert all((ROOT / name).exists() for name in removed.split())


@pytest.mark.parametrize("name", [".env", "timetracker.env", "var/secret_key", ".git/config", "tests/conftest.py"])
def test_secrets_and_tests_stay_outside(name: str):
    assert is_ignored(name)


def test_the_product_works_with_what_is_in_the_image(tmp_path: Path):
    """Neither tests nor documents nor the sources of scripts are read by what runs."""
    (removed,) = re.findall(r"rm -rf (static/src .+?) *&&", DOCKERFILE)
    gone = tuple(removed.split())
    for name in context():
        if not name.startswith(gone):
            (tmp_path / "app" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, tmp_path / "app" / name)
    (tmp_path / "app" / "static" / "dist").mkdir(parents=True)
    env = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path / "data"), "STATIC_ROOT": str(settings.STATIC_ROOT)}
    program = (
        "from timetracker.celery import app\n"
        "app.loader.import_default_modules()\n"
        "from django.core.management import call_command\n"
        "call_command('migrate', verbosity=0)\n"
        "call_command('check')\n"
        "import timetracker.wsgi, timetracker.asgi\n"
        "import deploy.healthy, runpy, timetracker.urls; runpy.run_path('deploy/gunicorn.conf.py')\n"
        "print(timetracker.__file__)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        cwd=tmp_path / "app", env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert str(tmp_path) in done.stdout
