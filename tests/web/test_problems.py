from typing import Any

import pytest
from django.core.signals import got_request_exception
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

pytestmark = [pytest.mark.usefixtures("rooms_alone"), pytest.mark.django_db]


@pytest.mark.parametrize(
    ("name", "status", "kind"),
    [
        ("conflict", 409, "timer_running"),
        ("not-allowed", 403, "permission_denied"),
        ("denied", 403, "permission_denied"),
        ("gone", 404, "not_found"),
        ("suspicious", 400, "parse_error"),
        ("data", 400, "parse_error"),
        ("fields", 400, "validation"),
    ],
)
def test_every_refusal_is_a_problem(api: APIClient, name: str, status: int, kind: str) -> None:
    response = api.get(f"/api/groups/fail/{name}/")
    problem = response.json()
    assert (response.status_code, response.headers["Content-Type"]) == (status, "application/problem+json")
    assert set(problem) == {"type", "title", "status", "detail", "instance", "errors"}
    assert problem["type"] == f"urn:timetracker:problem:{kind}"
    assert (problem["status"], problem["instance"]) == (status, f"/api/groups/fail/{name}/")
    assert problem["detail"]


def errors(api: APIClient, name: str) -> list[dict[str, str]]:
    return api.get(f"/api/groups/fail/{name}/").json()["errors"]


def test_errors_field_by_field(api: APIClient) -> None:
    assert errors(api, "fields") == [
        {"field": "ended_at", "message": "The end is before the start.", "code": "end_before_start"}
    ]
    assert errors(api, "whole") == [{"field": "", "message": "These do not fit together.", "code": "invalid"}]
    assert errors(api, "nested") == [
        {"field": "tags.1.name", "message": "Too long.", "code": "invalid"},
        {"field": "", "message": "No.", "code": "invalid"},
    ]


def test_a_serializers_own_errors(api: APIClient) -> None:
    problem = api.post("/api/groups/", {}, format="json").json()
    (error,) = problem["errors"]
    assert (error["field"], error["code"]) == ("name", "required")


def test_broken_json_is_no_field(api: APIClient) -> None:
    response = api.post("/api/groups/", "{", content_type="application/json")
    assert (response.status_code, response.json()["errors"]) == (400, [])
    assert response.json()["type"].endswith(":parse_error")


def test_a_fault_says_nothing_of_the_inside(alice: Any, caplog: pytest.LogCaptureFixture) -> None:
    client = APIClient(raise_request_exception=False)
    client.force_login(alice)
    told: list[Any] = []
    receiver = lambda **kwargs: told.append(kwargs["request"])  # noqa: E731 - the signal keeps a weak reference
    got_request_exception.connect(receiver)
    response = client.get("/api/groups/fail/fault/")
    got_request_exception.disconnect(receiver)
    assert (response.status_code, response.headers["Content-Type"]) == (500, "application/problem+json")
    assert "secret inside" not in response.content.decode()
    assert "secret inside" in caplog.text
    assert len(told) == 1


def test_nobody_and_the_wrong_method() -> None:
    assert APIClient().get("/api/groups/").status_code == 403  # a session has no WWW-Authenticate to send


def test_wrong_method(api: APIClient) -> None:
    response = api.put("/api/groups/", {}, format="json")
    assert (response.status_code, response.json()["type"]) == (405, "urn:timetracker:problem:method_not_allowed")


def test_too_large(api: APIClient, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    response = api.post("/api/groups/", {"name": "x" * 200}, format="json", headers={"Idempotency-Key": "large"})
    assert response.status_code == 413


def test_problems_speak_the_persons_language(api: APIClient) -> None:
    problem = api.post("/api/groups/", {}, format="json").json()
    assert problem["errors"][0]["message"] == "Dieses Feld ist zwingend erforderlich."


@pytest.mark.parametrize("path", ["/api/groups", "/api/groups/"])
def test_the_slash_is_optional(api: APIClient, path: str) -> None:
    made = api.post(path, {"name": "Team"}, format="json")
    assert made.status_code == 201
    assert api.get(path).json()["results"] == [made.json()]
    assert api.get(f"{path.rstrip('/')}/{made.json()['id']}").status_code == 200


def test_the_schema_documents_problems_and_keys() -> None:
    schema = SchemaGenerator(urlconf="tests.web.urls").get_schema(request=None, public=True)
    paths = schema["paths"]
    assert "/api/groups/{id}/" in paths
    assert not [path for path in paths if "?" in path]
    for operations in paths.values():
        for method, operation in operations.items():
            assert {"400", "401", "403", "404", "409", "429"} <= set(operation["responses"])
            named = {parameter["name"] for parameter in operation.get("parameters", [])}
            assert ("Idempotency-Key" in named) == (method != "get")
    problem = {"$ref": "#/components/schemas/Problem"}
    listed = paths["/api/groups/"]["get"]
    assert listed["responses"]["400"]["content"]["application/problem+json"]["schema"] == problem
    assert {"cursor", "page_size"} <= {parameter["name"] for parameter in listed["parameters"]}
