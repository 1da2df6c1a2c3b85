"""The cast of every test: who may do what is tested with the same eight people."""

from __future__ import annotations

import datetime as dt
import gc
import logging
import math
import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client, override_settings
from django.utils import timezone
from waffle.models import CACHE_EMPTY
from waffle.utils import get_setting
from whitenoise.base import WhiteNoise

from accounts.choices import Role
from accounts.middleware import FirstRunMiddleware
from accounts.models import Organisation, Team, User
from analytics.services.telemetry_switch import switch
from tests.brokers import broken_broker, gone, hanging
from tests.emptied import patient_flush, rights_kept
from tests.factories import TeamFactory, UserFactory
from tests.guard import network
from tests.migrated import django_db_setup

__all__ = ["broken_broker", "django_db_setup", "gone", "hanging", "patient_flush", "rights_kept"]  # fixtures

# Compiling what is tested takes each worker 13 seconds, and each of some thirty processes that tests start a few more.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

ClientFor = Callable[[User | None], Client]


def pytest_collection_finish() -> None:
    """What has been imported stays to the end. Looking through all of it again and again took a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 20, 20)


@pytest.fixture(scope="session", autouse=True)
def _static_files_listed_once() -> Iterator[None]:
    """Each client of a test makes the middleware anew, which else reads some hundred files before its first answer."""
    listed: dict[tuple[object, ...], dict[str, Any]] = {}
    read = WhiteNoise.update_files_dictionary

    def update(self: WhiteNoise, root: str, prefix: str) -> None:
        changed = Path(root).stat().st_mtime_ns
        key = (root, changed, prefix, type(self), self.max_age, str(settings.STORAGES["staticfiles"]))
        if key not in listed:
            before, self.files = self.files, {}
            read(self, root, prefix)
            listed[key], self.files = self.files, before
        self.files.update(listed[key])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoise, "update_files_dictionary", update)
        yield


@pytest.fixture(scope="session", autouse=True)
def _quick() -> Iterator[None]:
    """Passwords that cost nothing, also those of a world that a whole file shares, and static files without a build."""
    changed: dict[str, Any] = {"PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"]}
    changed["TELEMETRY_STRICT"] = True  # what is not declared fails the test that uses it
    changed |= {"FLAGS": {}, "FLAGS_STRICT": True, "BACKUP_AT": None}
    if not Path(settings.STATIC_ROOT, "staticfiles.json").exists():
        storage = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
        changed["STORAGES"] = {**settings.STORAGES, "staticfiles": storage}
        Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # WhiteNoise warns where there is none
    with override_settings(**changed):
        yield


@pytest.fixture(scope="session", autouse=True)
def _no_second_log() -> None:
    """pytest keeps the lines for a test that fails; writing them to the terminal as well costs most of their time."""
    for handler in logging.getLogger().handlers:
        if type(handler) is logging.StreamHandler:
            handler.setLevel(logging.CRITICAL + 1)


@pytest.fixture(scope="session", autouse=True)
def went_outside() -> Iterator[list[str]]:
    """What wanted to leave this machine since the last test."""
    tries: list[str] = []
    remove = network.install(tries.append)
    yield tries
    remove()


@pytest.fixture(autouse=True)
def _stays_on_this_machine(went_outside: list[str]) -> Iterator[None]:
    """Says the address, also where the code under test swallowed the error."""
    yield
    tries, went_outside[:] = went_outside[:], []
    assert not tries, f"A test wanted to leave this machine: {', '.join(tries)}"


@pytest.fixture(autouse=True)
def _clean(monkeypatch) -> Iterator[None]:
    """Counters of tries at zero, and feature flags read before, as in a process that has been serving for a while."""
    # As in a process that has been serving for a while; tests of the first run say otherwise.
    monkeypatch.setattr(FirstRunMiddleware, "set_up", True)
    switch.set(False, math.inf)
    cache.clear()
    cache.set(get_setting("ALL_SWITCHES_CACHE_KEY"), CACHE_EMPTY)
    yield
    cache.clear()


@pytest.fixture(scope="module")
def kept_for_the_file(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """What fixtures of a module write after this one stands for all its tests, and is rolled back after the last.

    Only for files none of whose tests commits (`transaction=True`).
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def organisation(db: None) -> Organisation:
    return Organisation.objects.create(pk=Organisation.PK, name="Kestrel Studio", set_up_at=timezone.now())


@pytest.fixture
def administrator(organisation: Organisation) -> User:
    return UserFactory.create(username="ada", display_name="Ada Admin", role=Role.ADMINISTRATOR)


@pytest.fixture
def manager(organisation: Organisation) -> User:
    """By role: creates clients and projects. Leads nobody."""
    return UserFactory.create(username="mara", display_name="Mara Manager", role=Role.MANAGER)


@pytest.fixture
def owner(organisation: Organisation) -> User:
    """Whose things they are: no role beyond member."""
    return UserFactory.create(username="olga", display_name="Olga Owner")


@pytest.fixture
def teammate(owner: User, team: Team) -> User:
    person = UserFactory.create(username="tom", display_name="Tom Teammate")
    team.memberships.create(user=person)
    return person


@pytest.fixture
def lead(team: Team) -> User:
    """Leads the team of `owner`."""
    person = UserFactory.create(username="lea", display_name="Lea Lead")
    team.memberships.create(user=person, is_lead=True)
    return person


@pytest.fixture
def outsider(organisation: Organisation) -> User:
    """Works here, in another team, and shares no private project."""
    person = UserFactory.create(username="otto", display_name="Otto Outsider")
    TeamFactory.create(name="Elsewhere", members=[person])
    return person


@pytest.fixture
def former(organisation: Organisation) -> User:
    left_at = timezone.now() - dt.timedelta(days=30)
    return UserFactory.create(username="fritz", display_name="Fritz Former", is_active=False, left_at=left_at)


@pytest.fixture
def team(owner: User) -> Team:
    return TeamFactory.create(name="Studio", members=[owner])


@pytest.fixture
def client_for() -> ClientFor:
    """A browser that somebody is signed in with; nobody for None."""

    def sign_in(user: User | None) -> Client:
        client = Client()
        if user is not None:
            client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        return client

    return sign_in


@pytest.fixture
def run_at_once() -> Callable[..., list[Any]]:
    """Each function in a thread of its own, with a database connection of its own. Gives what they return."""

    def run(*functions: Callable[[], Any]) -> list[Any]:
        answers: list[Any] = []

        def one(function: Callable[[], Any]) -> None:
            try:
                answers.append(function())
            finally:
                connection.close()

        threads = [threading.Thread(target=one, args=[function]) for function in functions]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return answers

    return run
