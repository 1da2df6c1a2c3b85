"""The OpenAPI document: valid, without a warning, complete, and true: whatever it allows is answered as it says."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.translation import override
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accounts.models import User
from tests.work import make_client, make_entry, make_project, make_tag, make_task
from timetracker.wsgi import application
from tracking.services.timer import start_timer

NOT_OPERATIONS = {"schema", "docs"}


def made() -> dict[str, Any]:
    return json.loads(OpenApiJsonRenderer().render(SchemaGenerator().get_schema(request=None, public=True)))


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """As it is served."""
    return made()


@pytest.mark.django_db
def test_it_is_made_once_for_each_language(document, owner, client_for, monkeypatch):
    def served(language: str) -> dict[str, Any]:
        address = f"/api/schema/?lang={language}"
        return client_for(owner).get(address, headers={"Accept": "application/json"}).json()

    with override("de"):
        german = made()
    assert german != document
    for _again in range(2):
        assert served("en") == document
        assert served("de") == german
        monkeypatch.delattr(SchemaGenerator, "parse", raising=False)


def test_it_is_valid_and_gives_no_warning():
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", "/dev/null", stderr=io.StringIO())


def routes(patterns: list[URLPattern | URLResolver], namespace: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            found |= routes(pattern.url_patterns, pattern.namespace or namespace)
        elif namespace == "api":
            found[pattern.name] = pattern.callback
    return found


def test_every_route_is_in_it(document):
    names = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    assert len(names) == len(set(names))
    methods = {
        name: set(view.actions) - {"head"}
        for name, view in routes(get_resolver().url_patterns).items()
        if name not in NOT_OPERATIONS
    }
    assert len(names) == sum(map(len, methods.values())), (names, methods)


def test_only_paths_with_the_slash_are_listed(document):
    assert all(path.endswith("/") for path in document["paths"])


def test_every_operation_says_what_it_answers(document):
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert operation.get("description"), (method, path)
            assert {"401", "403", "404"} <= set(operation["responses"]), (method, path)
            named = {parameter["name"] for parameter in operation.get("parameters", ())}
            assert ("Idempotency-Key" in named) == (method != "get"), (method, path)


def test_answers_have_all_their_fields(document):
    schemas = document["components"]["schemas"]
    for name in ("Client", "Project", "Task", "Tag", "TimeEntry", "Notification", "NotificationInFull", "Preferences"):
        assert set(schemas[name]["required"]) == set(schemas[name]["properties"]), name


# ── What it allows is answered as it says ────────────────────────────────────
TRUE = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
FEW = settings(max_examples=4, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))


@pytest.fixture
def _one_connection() -> Iterator[None]:
    """The application is called as a server calls it; its requests must not close the test's own connection."""
    signals = [request_started, request_finished]
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def headers(administrator: User, api) -> dict[str, str]:
    """Of somebody who may do everything, where a row of each kind is there to be found."""
    project = make_project(administrator, client=make_client(), rate="80")
    task = make_task(project)
    task.tags.add(make_tag())
    make_entry(administrator, task=task)
    start_timer(user=administrator)
    return api(administrator).headers


@pytest.mark.django_db
@pytest.mark.usefixtures("_one_connection")
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_operation_keeps_its_word(document, headers, mode):
    """With values that the document allows, and with some that it does not."""
    schema = schemathesis.openapi.from_dict(document)
    schema.app = application
    for found in schema.get_all_operations():
        operation = found.ok()
        written = document["paths"][operation.path][operation.method]
        if mode.is_negative and not written.keys() & {"parameters", "requestBody"}:
            continue  # it allows everything
        cases = operation.as_strategy(generation_mode=mode)

        @given(case=cases)
        @FEW
        def keeps_its_word(case: schemathesis.Case) -> None:
            case.call_and_validate(checks=TRUE, headers=headers)

        keeps_its_word()
