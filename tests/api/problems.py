"""What a refusal looks like."""

from __future__ import annotations

from typing import Any


def assert_problem(answer: Any, status: int, *fields: str) -> dict[str, Any]:
    """A problem document of this status that blames exactly these fields."""
    assert answer.status_code == status, (answer.status_code, answer.content[:500])
    assert answer.headers["Content-Type"] == "application/problem+json"
    document = answer.json()
    assert document["status"] == status
    assert set(document) == {"type", "title", "status", "detail", "instance", "errors"}
    assert {error["field"] for error in document["errors"]} == set(fields)
    assert all(error["message"] and error["code"] for error in document["errors"])
    return document
