from __future__ import annotations

from typing import Any

from tests.rights.rows import delete, get, patch, post, put, rights

RULE: dict[str, Any] = {
    "name": "Tell me",
    "trigger": {"type": "task_completed"},
    "actions": [{"type": "send_notification", "title": "{{ task.name }}"}],
}

ROWS = [
    *rights(
        "an own rule",
        "see",
        get("/api/workflows/"),
        get("/api/workflows/?search=zephyr"),
        get("/api/workflows/{own rule}/"),
        get("/api/workflows/{own rule}/executions/"),
    ),
    *rights(
        "an own rule",
        "make, change or delete",
        post("/api/workflows/", RULE),
        patch("/api/workflows/{own rule}/", {"enabled": False}),
        put("/api/workflows/{own rule}/", RULE),
        delete("/api/workflows/{own rule}/"),
    ),
    *rights("an own rule", "try", post("/api/workflows/{own rule}/test/", ok=409, quiet=True)),
    *rights(
        "an own rule",
        "make a new webhook secret",
        post("/api/workflows/{own rule}/webhook-secret/", ok=409, quiet=True),
    ),
    *rights("an own rule", "make of what others do", post("/api/workflows/", {**RULE, "scope": "team"})),
    *rights(
        "a colleague's rule",
        "see",
        get("/api/workflows/{rule}/"),
        get("/api/workflows/{rule}/executions/"),
        post("/api/workflows/{rule}/test/"),
    ),
    *rights(
        "a colleague's rule",
        "change or delete",
        patch("/api/workflows/{rule}/", {"enabled": False}),
        put("/api/workflows/{rule}/", RULE),
        delete("/api/workflows/{rule}/"),
        post("/api/workflows/{rule}/webhook-secret/"),
    ),
]
