"""A setting that cannot be read stops the start with one sentence, and never with what may be a password."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from timetracker.web.environment import Environment

DATABASE = "DATABASE_URL is no address of PostgreSQL or SQLite, like postgres://user:password@host:5432/name: "
REDIS = "REDIS_URL is no address of Redis, like redis://:password@host:6379/0: "
EMAIL = "EMAIL_URL is no address for mail, like smtp+tls://user:password@host:587: "
LEVELS = "DEBUG, INFO, WARNING, ERROR and CRITICAL"
# Reads the settings once for each environment: starting Python anew takes ten times as long.
READ_EACH = """
import importlib, json, os, sys
from django.core.exceptions import ImproperlyConfigured
kept = dict(os.environ)
for case in json.load(sys.stdin):
    os.environ.clear()
    os.environ.update(kept, **case)
    sys.modules.pop("timetracker.settings", None)
    try:
        importlib.import_module("timetracker.settings")
    except ImproperlyConfigured as error:
        print(json.dumps(str(error)))
    else:
        print(json.dumps(None))
"""
FAULTS = {
    ("DATABASE_URL", "foo"): f"{DATABASE}***.",
    ("DATABASE_URL", "mysql://me:hidden@db/tt"): f"{DATABASE}mysql://***.",
    ("DATABASE_URL", "postgres://me:hid/den@db/tt"): f"{DATABASE}postgres://***.",
    ("DATABASE_URL", "postgres:hidden"): f"{DATABASE}***.",
    ("REDIS_URL", "foo"): f"{REDIS}***.",
    ("REDIS_URL", "redis://:hid/den@redis/0"): f"{REDIS}redis://***.",
    ("REDIS_URL", "redis://:hidden@redis/first"): f"{REDIS}redis://***.",
    ("EMAIL_URL", "foo"): f"{EMAIL}***.",
    ("EMAIL_URL", "smtp://me:hidden@mail:many"): f"{EMAIL}smtp://***.",
    ("EMAIL_URL", "smtp://"): f"{EMAIL}smtp://***.",
    ("PUBLIC_URL", "http://[x"): "PUBLIC_URL is no address of the web, like https://time.example.org: http://***.",
    ("LOG_LEVEL", "verbose"): f"LOG_LEVEL is no level of the log, which are {LEVELS}: verbose.",
    ("BACKUP_KEEP_DAILY", "x"): "BACKUP_KEEP_DAILY is no whole number: x.",
    ("EVENTS_KEEP_DAYS", "-1"): "EVENTS_KEEP_DAYS is less than 0: -1.",
    ("METRICS_PORT", "abc"): "METRICS_PORT is no whole number: abc.",
    ("PORT", "x"): "PORT is no whole number: x.",
    ("PORT", "65536"): "PORT is more than 65535: 65536.",
    ("TRUSTED_PROXIES", "10.0.0.0/8,foo"): "TRUSTED_PROXIES holds what is no address or network, like 10.0.0.0/8: foo.",
    ("OUTBOUND_ALLOWED_NETWORKS", "x"): "OUTBOUND_ALLOWED_NETWORKS holds what is no address or network, "
    "like 10.0.0.0/8: x.",
    ("DEBUG", "maybe"): "DEBUG is neither on nor off: maybe.",
    ("BACKUP_AT", "3am"): "BACKUP_AT is neither a time of day, like 03:00, nor off: 3am.",
    ("SECRET_KEY_FILE", "/dev/null/no"): "SECRET_KEY_FILE names a file that cannot be read.",
    ("REDIS_URL_FILE", "/dev/null/no"): "REDIS_URL_FILE names a file that cannot be read.",
    ("DATA_DIR", "/dev/null/no"): "DATA_DIR names a folder that is not there and cannot be made: /dev/null/no.",
}
WELL = [
    ("DATABASE_URL", "postgres://me:hid#den@db.example/tt?sslmode=require"),
    ("DATABASE_URL", "postgres://me:hidden@one:5432,two:5433/tt"),
    ("DATABASE_URL", "sqlite://:memory:"),
    ("REDIS_URL", "rediss://:hidden@redis:6379"),
    ("EMAIL_URL", ""),
    ("LOG_LEVEL", "debug"),
    ("METRICS_PORT", ""),
    ("TRUSTED_PROXIES", "10.0.0.0/8, ::1"),
    ("DEBUG", "False"),
    ("BACKUP_AT", "off"),
]


def environment(tmp_path: Path, **changed: str) -> dict[str, str]:
    """As on a machine where nothing is set."""
    cleared = {name.removesuffix("_FILE") for name, _ in [*FAULTS, *WELL]}
    kept = {name: value for name, value in os.environ.items() if name not in cleared}
    return {**kept, "DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "timetracker.settings", **changed}


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], str | None]:
    cases = [*FAULTS, *WELL]
    data = tmp_path_factory.mktemp("data")
    done = subprocess.run(
        [sys.executable, "-c", READ_EACH], input=json.dumps([{name: value} for name, value in cases]),
        env=environment(data), cwd=settings.BASE_DIR, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return dict(zip(cases, map(json.loads, done.stdout.splitlines()), strict=True))


@pytest.mark.parametrize("case", FAULTS, ids="=".join)
def test_the_sentence_names_the_variable(said: dict[tuple[str, str], str | None], case: tuple[str, str]):
    assert said[case] == FAULTS[case]


@pytest.mark.parametrize("case", WELL, ids="=".join)
def test_what_can_be_read_starts(said: dict[tuple[str, str], str | None], case: tuple[str, str]):
    assert said[case] is None


def test_an_empty_number_or_level_is_the_default(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Environment, "ENVIRON", {"PORT": "", "LOG_LEVEL": ""})
    assert Environment().whole("PORT", default=8000) == 8000
    assert Environment().log_level("LOG_LEVEL", default="INFO") == "INFO"


@pytest.mark.parametrize(("text", "on"), [("on", True), ("1", True), ("Yes", True), ("off", False), ("", False)])
def test_a_switch_is_on_or_off(monkeypatch: pytest.MonkeyPatch, text: str, *, on: bool):
    monkeypatch.setattr(Environment, "ENVIRON", {"DEBUG": text})
    assert Environment().switch("DEBUG", default=not on) is on


def test_the_librarys_own_words_are_not_shown(monkeypatch: pytest.MonkeyPatch):
    """They quote the password: with a slash in it, they take its first half for a port."""
    monkeypatch.setattr(Environment, "ENVIRON", {"DATABASE_URL": "postgres://me:hid/den@db/tt"})
    with pytest.raises(ImproperlyConfigured) as refusal:
        Environment().database("DATABASE_URL")
    assert refusal.value.__suppress_context__
    assert "hid" not in str(refusal.value)


def test_a_secret_that_cannot_be_read_is_a_sentence_too(tmp_path: Path):
    (tmp_path / "secret_key").mkdir()  # refused to everybody, root too
    done = ran(tmp_path, "manage.py", "migrate", SECRET_KEY="", METRICS_PORT="")
    expected = f"Not started: The secret key in {tmp_path}/secret_key cannot be read: see who may read it.\n"
    assert (done.returncode, done.stderr) == (1, expected)


# ── Who says it ──────────────────────────────────────────────────────────────
def ran(tmp_path: Path, *command: str, **changed: str) -> subprocess.CompletedProcess[str]:
    env = environment(tmp_path, **{"METRICS_PORT": "abc", **changed})
    return subprocess.run(
        [sys.executable, *command], env=env, cwd=settings.BASE_DIR,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


SENTENCE = "METRICS_PORT is no whole number: abc."
SOCKETS = ["-m", "daphne", "--port", "0", "timetracker.asgi:application"]


@pytest.mark.parametrize("command", [["manage.py", "migrate"], ["manage.py", "serve"], SOCKETS], ids=" ".join)
def test_nothing_starts(tmp_path: Path, command: list[str]):
    done = ran(tmp_path, *command)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"Not started: {SENTENCE}\n")


@pytest.mark.parametrize("kind", ["worker", "beat"])
def test_celery_ends_with_the_sentence(tmp_path: Path, kind: str):
    done = ran(tmp_path, "-m", "celery", "-A", "timetracker", kind)
    assert done.returncode == 1
    assert done.stderr.rstrip().endswith(SENTENCE)


def test_gunicorn_ends_with_the_sentence(tmp_path: Path):
    done = ran(
        tmp_path, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "--bind", "127.0.0.1:0", "timetracker.wsgi"
    )
    assert done.returncode == 1
    assert done.stderr.rstrip().endswith(f"Not started: {SENTENCE}")


def test_the_doctor_finds_it(tmp_path: Path):
    done = ran(tmp_path, "manage.py", "doctor")
    assert (done.returncode, done.stdout, done.stderr) == (1, f"mend  settings      {SENTENCE}\n", "")


def test_scripts_read_the_same(tmp_path: Path):
    done = ran(tmp_path, "manage.py", "doctor", "--json")
    assert (done.returncode, done.stderr) == (1, "")
    assert json.loads(done.stdout) == [{"check": "settings", "ok": False, "sentence": SENTENCE}]


def test_a_programmer_sees_where(tmp_path: Path):
    assert "Traceback" in ran(tmp_path, "manage.py", "migrate", "--traceback").stderr
