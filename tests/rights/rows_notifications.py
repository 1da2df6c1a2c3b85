from __future__ import annotations

from tests.rights.rows import Row, delete, get, patch, post, put, rights

OWN = "an own notification"
COLLEAGUES = "a colleague's notification"


def alert(target: str, project: str) -> list[Row]:
    sent = {"project": f"{{{project}}}", "percent": 85}
    return rights(target, "be alerted to its budget", post("/api/notifications/budget-alert/", sent, refused=400))


NOTIFICATIONS = [
    *rights(
        OWN,
        "see",
        get("/api/notifications/"),
        get("/api/notifications/?search=zephyr"),
        get("/api/notifications/?scheduled=true"),
        get("/api/notifications/{own notification}/"),
        get("/api/notifications/{own reminder}/"),
        get("/api/notifications/unread-count/"),
    ),
    *rights(
        OWN,
        "create",
        post("/api/notifications/", {"title": "Hello"}),
        post("/api/notifications/", {"title": "Standup", "deliver_in": 600}, quiet=True),
        post("/api/notifications/achievement/", {"title": "100 hours"}),
        post("/api/notifications/test/"),
    ),
    *rights(
        OWN,
        "change or delete",
        patch("/api/notifications/{own notification}/", {"read": True}, quiet=True),
        put("/api/notifications/{own reminder}/", {"title": "Retro"}, quiet=True),
        post("/api/notifications/read-all/", ok=200, quiet=True),
        delete("/api/notifications/{own notification}/", quiet=True),
        delete("/api/notifications/{own reminder}/", quiet=True),
    ),
    *rights(
        OWN,
        "choose where one is told",
        get("/api/notifications/preferences/"),
        patch("/api/notifications/preferences/", {"grid": {"own": {"toast": False}}}, quiet=True),
    ),
    *rights(COLLEAGUES, "see", get("/api/notifications/{notification}/"), get("/api/notifications/{reminder}/")),
    *rights(
        COLLEAGUES,
        "change or delete",
        patch("/api/notifications/{notification}/", {"read": True}),
        put("/api/notifications/{reminder}/", {"title": "Retro"}),
        delete("/api/notifications/{notification}/"),
        delete("/api/notifications/{reminder}/"),
    ),
]
ROWS = [*NOTIFICATIONS, *alert("the private project", "project"), *alert("an open project", "open project")]
