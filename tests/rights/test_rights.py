"""Every address, every role: the answer is the table's, and what a person may not see is in no answer they get."""

from __future__ import annotations

import copy
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, transaction
from django.urls import resolve

from tests.rights import rows_insights, rows_notifications, rows_people, rows_time, rows_work, rows_workflows
from tests.rights.document import DOCUMENT, written
from tests.rights.rows import Row
from tests.rights.table import HIDDEN, NO, NOTHING, RIGHTS, ROLES, SIGN_IN, YES
from tests.rights.walk import Address, addresses
from tests.rights.world import SECRETS, World, build
from timetracker.events.models import Event

pytestmark = pytest.mark.django_db  # else a run of these alone would be given no test database
ROWS = [
    *rows_work.ROWS,
    *rows_time.ROWS,
    *rows_notifications.ROWS,
    *rows_workflows.ROWS,
    *rows_insights.ROWS,
    *rows_people.ROWS,
]
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
COUNT = f"SELECT COUNT(*) FROM {Event._meta.db_table}"  # noqa: S608 - the name of our own table


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Built once; every request is rolled back."""
    with django_db_blocker.unblock():
        assert "test" in str(connection.settings_dict["NAME"])  # what follows empties it
        # These run last, and a server that another test has ended may have written after that test's own clean-up.
        call_command("flush", interactive=False, verbosity=0)
        with transaction.atomic():
            world = build()
            logging.disable(logging.WARNING)  # a line for each of ten thousand requests; faults are written still
            yield world
            logging.disable(logging.NOTSET)
            transaction.set_rollback(True)


def events() -> int:
    """How many there are, in plain SQL: asked twice for each request, the ORM's would be a tenth of the time."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT)
        return int(cursor.fetchone()[0])


def send(world: World, role: str, method: str, path: str, data: Any = None, **headers: str) -> tuple[Any, int]:
    """The answer, and how many events it left behind before all was rolled back."""
    browser = world.browsers[role]
    kept = copy.deepcopy(browser.cookies)
    is_json = path.startswith("/api/")
    body = {"content_type": "application/json"} if is_json and method != "GET" else {}
    cache.clear()  # the counters of tries
    with transaction.atomic():
        before = events()
        answer = getattr(browser, method.lower())(path, data, headers=headers, **body)
        recorded = events() - before
        transaction.set_rollback(True)
    browser.cookies = kept
    return answer, recorded


def expected(row: Row, verdict: str, place: int) -> int:
    if row.outcomes:
        return int(row.outcomes.split()[place])
    if verdict == SIGN_IN:
        return 401 if row.is_api and row.path != "/api/docs/" else 302
    refused = {NO: row.refused or 403, HIDDEN: row.refused or 404}
    return refused.get(verdict, row.ok)


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_the_answer_is_the_tables(world: World, row: Row):
    wrong = []
    for place, (role, verdict) in enumerate(zip(ROLES, RIGHTS[row.target][row.action].split(), strict=True)):
        path, data = world.filled(row.path, role), world.filled(dict(row.data), role)
        answer, recorded = send(world, role, row.method, path, data or None)
        found = [f"{role}: {answer.status_code}"] if answer.status_code != expected(row, verdict, place) else []
        if row.writes and not row.outcomes:
            may = verdict == YES
            if recorded and not may:
                found.append(f"{role}: refused, and done all the same")
            if may and not recorded and not row.quiet:
                found.append(f"{role}: nothing happened {answer.content[:300]!r}")
        found += leaks(role, answer, row)
        if not row.writes and not row.is_api:
            partial, _recorded = send(world, role, "GET", path, headers=None, **{"HX-Request": "true"})
            found += [f"{role}, by htmx: {partial.status_code}"] if partial.status_code != answer.status_code else []
            found += leaks(role, partial, row)
        wrong += found
    assert not wrong, f"{row}: {wrong}"


def leaks(role: str, answer: Any, row: Row | None = None) -> list[str]:
    text = body(answer)
    hidden = {secret for secret, readers in SECRETS.items() if role not in readers} - (
        row.shows if row else frozenset()
    )
    return [f"{role} reads “{secret}”" for secret in sorted(hidden) if secret in text]


def body(answer: Any) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return content.decode(errors="replace") + str(dict(answer.headers))


def test_the_secrets_are_there_to_be_found(world: World):
    """Else no answer could give them away."""
    seen = ""
    pages = [
        "/projects/{project}/",
        "/projects/{project}/edit/",
        "/clients/{client}/edit/",
        "/api/clients/{client}/",
        "/api/time-entries/",
        "/api/time-entries/?deleted=true",
        "/activity/?person={owner}",
        "/teams/",
        "/people/invite/",
        "/people/{owner}/",
    ]
    for page in pages:
        answer, _recorded = send(world, "administrator", "GET", world.filled(page, "administrator"))
        seen += body(answer)
    missing = [secret for secret, readers in SECRETS.items() if readers and secret not in seen]
    assert not missing


# ── Nothing is left out ──────────────────────────────────────────────────────
OWN_ADDRESSES = [address for address in addresses() if not address.is_admin]


@pytest.fixture(scope="module")
def covered(world: World) -> dict[str, dict[str, str]]:
    """Route to method to a path that the table has for it."""
    found: dict[str, dict[str, str]] = {}
    for row in ROWS:
        path = world.filled(row.path, "administrator")
        found.setdefault(resolve(path.partition("?")[0]).route, {})[row.method] = path
    return found


@pytest.mark.parametrize("address", OWN_ADDRESSES, ids=lambda address: address.path)
def test_every_address_and_method_is_in_the_table(world: World, covered: dict[str, dict[str, str]], address: Address):
    known = covered.get(address.route)
    assert known, f"{address.path} is not in the table"
    path = next(iter(known.values()))
    for method in METHODS:
        if method not in known:
            answer, recorded = send(world, "administrator", method, path)
            assert answer.status_code == 405, f"{method} {address.path} is not in the table"
            assert not recorded


@pytest.mark.django_db  # not for this test: without the mark somewhere pytest-django makes no database for `world`
def test_every_right_is_tested():
    tested = {(row.target, row.action) for row in ROWS}
    written = {(target, action) for target, actions in RIGHTS.items() for action in actions}
    assert written - tested == {("the administration at /admin/", "use")}
    assert all(len(verdicts.split()) == len(ROLES) for actions in RIGHTS.values() for verdicts in actions.values())
    assert {NOTHING, YES, NO, HIDDEN, SIGN_IN} == set("".join(v for a in RIGHTS.values() for v in a.values())) - {" "}


ADMIN = sorted({address.path for address in addresses() if address.is_admin})
OPEN_DOORS = {"/admin/login/", "/admin/jsi18n/"}


@pytest.mark.parametrize("path", ADMIN)
def test_the_administration_is_for_administrators(world: World, path: str):
    """One rule for all of it: others are sent to sign in, whatever they ask for."""
    path = re.sub(r"<\w+>", "1", path).replace("(1)", "1")
    for role in ROLES:
        answer, recorded = send(world, role, "GET", path)
        if role == "administrator":
            assert answer.status_code in {200, 302, 403, 404, 405}, (role, answer.status_code)
        elif path not in OPEN_DOORS:
            assert answer.status_code in {302, 404}, (role, answer.status_code)
            assert not leaks(role, answer)
        assert not recorded


def test_the_document_says_the_same():
    assert DOCUMENT.read_text(encoding="utf-8") == written(), "run: python -m tests.rights.document"
