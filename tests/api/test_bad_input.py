"""Whatever is sent: a problem document at the right field, and never a fault of ours."""

from __future__ import annotations

import json

import pytest

from accounts.models import User
from tests.api.problems import assert_problem
from tests.work import make_project, make_task
from tracking.models import TimeEntry

pytestmark = pytest.mark.django_db
FINE = {"started_at": "2026-03-02T09:00:00Z", "ended_at": "2026-03-02T10:00:00Z"}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"ended_at": "2026-03-02T08:00:00Z"}, "ended_at"),
        ({"ended_at": "2026-03-02T09:00:00Z"}, "ended_at"),
        ({"ended_at": "2026-03-02T09:30:00+01:00"}, "ended_at"),  # honoured, the offset puts it before the start
        ({"started_at": "2099-01-01T00:00:00Z", "ended_at": "2099-01-01T01:00:00Z"}, "ended_at"),
        ({"ended_at": "2999-12-31T00:00:00Z"}, "ended_at"),
        ({"started_at": "1066-10-14T09:00:00Z"}, "started_at"),
        ({"started_at": "1950-01-01T00:00:00Z"}, "started_at"),
        ({"started_at": "9999-12-31T23:59:59-12:00"}, "started_at"),
        ({"started_at": "2026-03-02T09:00:00 Europe/Atlantis"}, "started_at"),
        ({"started_at": "2026-02-30T09:00:00Z"}, "started_at"),
        ({"started_at": "2026-03-02T25:00:00Z"}, "started_at"),
        ({"started_at": 1772442000}, "started_at"),
        ({"started_at": None}, "started_at"),
        ({"started_at": {}}, "started_at"),
        ({"started_at": "\x00"}, "started_at"),
        ({"description": "x" * 5000}, "description"),
        ({"description": "a\x00b"}, "description"),
        ({"description": "\ud800"}, "description"),
        ({"description": ["a"]}, "description"),
        ({"description": None}, "description"),
        ({"billable": "perhaps"}, "billable"),
        ({"billable": None}, "billable"),
        ({"billable": []}, "billable"),
        ({"project": "x"}, "project"),
        ({"project": True}, "project"),
        ({"project": 1.0}, "project"),
        ({"project": -1}, "project"),
        ({"project": 10**100}, "project"),
        ({"project": {"id": 1}}, "project"),
        ({"task": "9" * 40}, "task"),
        ({"user": 10**19}, "user"),
        ({"uid": "x"}, "uid"),
        ({"uid": -1}, "uid"),
        ({"uid": None}, "uid"),
        ({"duration": -5}, "duration"),
        ({"duration": 10**30}, "duration"),
        ({"duration": "1h30"}, "duration"),
        ({"duration": 1.5}, "duration"),
        ({"tags": None}, "tags"),
        ({"tags": {"a": 1}}, "tags"),
        ({"tags": ["a b"]}, "tags"),
        ({"tags": ["x" * 61]}, "tags"),
        ({"tags": ["\x00"]}, "tags"),
        ({"tags": ["a"] * 51}, "tags"),
        ({"breaks": "none"}, "breaks"),
        ({"breaks": [{}]}, "breaks"),
        ({"breaks": [{"started_at": "2026-03-02T09:10:00", "ended_at": "2026-03-02T09:20:00Z"}]}, "breaks"),
        ({"breaks": [[]]}, "breaks"),
    ],
    ids=lambda value: json.dumps(value)[:50] if isinstance(value, dict) else "",
)
def test_an_entry_with_one_wrong_field(api, owner: User, wrong, field):
    answer = api(owner).post("time-entries/", {**FINE, **wrong})
    fields = {error["field"] for error in answer.json().get("errors", [])}
    assert_problem(answer, 400, *fields)
    assert {name.split(".")[0] for name in fields} == {field}
    assert not TimeEntry.objects.exists()


def test_a_task_of_another_project(api, owner: User):
    sent = {**FINE, "project": make_project().pk, "task": make_task().pk}
    assert_problem(api(owner).post("time-entries/", sent), 400, "task")


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"nonsense", b"\xff\xfe", b'{"started_at": NaN}', b"[" * 100_000, b'{"a":' * 50_000, b"1" * 5_000],
    ids=["empty", "open", "text", "bytes", "nan", "deep list", "deep map", "digits"],
)
def test_a_body_that_is_no_json(api, owner: User, body):
    caller = api(owner)
    for path in ("/api/time-entries/", "/api/timer/start/", "/api/tags/"):
        answer = caller.client.post(path, body, content_type="application/json", headers=caller.headers)
        if path == "/api/timer/start/" and not body:
            assert answer.status_code == 201  # a start needs nothing
        else:
            fields = {error["field"] for error in answer.json()["errors"]}
            assert_problem(answer, 400, *fields)


@pytest.mark.parametrize("body", [[], "text", 7, None, True])
def test_json_that_is_no_map(api, owner: User, body):
    assert_problem(api(owner).send("post", "time-entries/", json.dumps(body)), 400, "")


def test_another_content_type(api, owner: User):
    caller = api(owner)
    for kind in ("application/xml", "application/x-www-form-urlencoded", "text/plain"):
        answer = caller.client.post("/api/tags/", b"name=x", content_type=kind, headers=caller.headers)
        assert_problem(answer, 415)


def test_a_body_that_is_too_large(api, owner: User, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    for headers in ({}, {"Idempotency_Key": "k"}):
        assert_problem(api(owner).post("tags/", {"name": "x" * 2000}, **headers), 413)


@pytest.mark.parametrize("pk", ["0", "9223372036854775807", "9999999999999999999", "9" * 40, "-1", "x", "1.5", "%00"])
def test_ids_in_the_path(api, administrator: User, pk):
    for name in ("clients", "projects", "tasks", "tags", "time-entries", "notifications"):
        for answer in (api(administrator).get(f"{name}/{pk}/"), api(administrator).delete(f"{name}/{pk}/")):
            assert_problem(answer, 404)


def test_methods_that_are_not_there(api, administrator: User):
    assert_problem(api(administrator).delete("time-entries/"), 405)
    assert_problem(api(administrator).post("timer/"), 405)
    assert_problem(api(administrator).get("timer/start/"), 405)
    assert_problem(api(administrator).send("options", "tags/"), 405)


@pytest.mark.parametrize("path", ["clients/", "projects/", "tasks/", "tags/", "time-entries/", "people/", "reports/"])
def test_a_filter_that_does_not_exist(api, owner: User, path: str):
    document = assert_problem(api(owner).get(path, bogus="1", Project="2"), 400, "bogus", "Project")
    assert {error["code"] for error in document["errors"]} == {"unknown"}
