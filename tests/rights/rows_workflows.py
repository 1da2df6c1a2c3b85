from __future__ import annotations

from typing import Any

from tests.rights.rows import Row, delete, get, patch, post, put, rights

RULE: dict[str, Any] = {
    "name": "Tell me",
    "trigger": {"type": "task_completed"},
    "actions": [{"type": "send_notification", "title": "{{ task.name }}"}],
}

DRAFT = {"name": "Tell me", "trigger": "task_completed", "a.0.type": "send_notification", "a.0.title": "Done"}
PAGES = ("", "edit/", "misses/", "try/", "versions/", "export/")


def buttons(kind: str) -> list[Row]:
    """What stands behind the buttons of a rule."""
    deeds = [post(f"/workflows/{{{kind}rule}}/{deed}/") for deed in ("off", "delete")]
    already_on = post(f"/workflows/{{{kind}rule}}/on/", quiet=True)
    return [*deeds, already_on, post(f"/workflows/{{{kind}deleted rule}}/restore/")]


ROWS = [
    *rights(
        "an own rule",
        "see",
        get("/api/workflows/"),
        get("/api/workflows/?search=zephyr"),
        get("/api/workflows/{own rule}/"),
        get("/api/workflows/{own rule}/executions/"),
        *(get(f"/workflows/{page}") for page in ("", "history/", "gallery/", "new/", "import/")),
        *(get(f"/workflows/{{own rule}}/{page}") for page in PAGES),
        get("/workflows/runs/{own run}/"),
    ),
    *rights(
        "an own rule",
        "make, change or delete",
        post("/api/workflows/", RULE),
        patch("/api/workflows/{own rule}/", {"enabled": False}),
        put("/api/workflows/{own rule}/", RULE),
        delete("/api/workflows/{own rule}/"),
        post("/workflows/new/", DRAFT),
        post("/workflows/import/", {"text": "{}"}, ok=200, quiet=True),
        post("/workflows/draft/", DRAFT, ok=200, quiet=True),
        post("/workflows/{own rule}/edit/", DRAFT),
        post("/workflows/{own rule}/versions/1/", quiet=True),
        *buttons("own "),
    ),
    *rights("an own rule", "run again", post("/workflows/runs/{own run}/again/", ok=409, quiet=True)),
    *rights("an own rule", "try", post("/workflows/draft/try/", DRAFT, ok=200, quiet=True)),
    *rights("an own rule", "try", post("/api/workflows/{own rule}/test/", ok=409, quiet=True)),
    *rights(
        "an own rule",
        "make a new webhook secret",
        post("/api/workflows/{own rule}/webhook-secret/", ok=409, quiet=True),
        get("/workflows/{own rule}/secret/"),
        post("/workflows/{own rule}/secret/new/", ok=409, quiet=True),
    ),
    *rights("an own rule", "make of what others do", post("/api/workflows/", {**RULE, "scope": "team"})),
    *rights(
        "a colleague's rule",
        "see",
        get("/api/workflows/{rule}/"),
        get("/api/workflows/{rule}/executions/"),
        *(get(f"/workflows/{{rule}}/{page}") for page in PAGES),
        get("/workflows/runs/{run}/"),
        post("/api/workflows/{rule}/test/"),
    ),
    *rights(
        "a colleague's rule",
        "change or delete",
        patch("/api/workflows/{rule}/", {"enabled": False}),
        put("/api/workflows/{rule}/", RULE),
        delete("/api/workflows/{rule}/"),
        post("/workflows/{rule}/edit/", DRAFT),
        post("/workflows/{rule}/versions/1/"),
        post("/workflows/draft/", {**DRAFT, "rule": "{rule}"}),
        post("/workflows/runs/{run}/again/"),
        *buttons(""),
        post("/api/workflows/{rule}/webhook-secret/"),
        get("/workflows/{rule}/secret/"),
        post("/workflows/{rule}/secret/new/"),
    ),
]
