from __future__ import annotations

import datetime as dt

from tests.rights.rows import Row, delete, get, patch, post, put, rights

OWN = "an own notification"
COLLEAGUES = "a colleague's notification"
SOON = f"{dt.datetime.now(dt.UTC).date() + dt.timedelta(days=2)}"
SETTINGS = {
    "least_priority": "low", "quiet_from": "20:00", "quiet_until": "07:00", "idle_minutes": "30",
    "no_timer_minutes": "60", "summary_at": "18:00", "digest": "daily", "digest_at": "08:00", "digest_weekday": "0",
}  # fmt: skip
DEVICE = {
    "endpoint": "https://8.8.8.8/push/x",
    "keys": {
        "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "auth": "BTBZMqHH6r4Tts7J_aSIgg",
    },
}
"""Those of an example in RFC 8291."""


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
        get("/notifications/"),
        get("/notifications/?q=zephyr"),
        get("/notifications/bell/"),
        get("/notifications/bell/?since=2026-01-01T00:00:00Z"),
        get("/notifications/panel/"),
        get("/notifications/{own notification}/open/", ok=302),
        get("/notifications/{own notification}/menu/"),
        get("/notifications/{own notification}/snooze/"),
        get("/notifications/reminders/"),
        get("/notifications/reminders/new/"),
    ),
    *rights(
        OWN,
        "create",
        post("/api/notifications/", {"title": "Hello"}),
        post("/api/notifications/", {"title": "Standup", "deliver_in": 600}, quiet=True),
        post("/api/notifications/achievement/", {"title": "100 hours"}),
        post("/api/notifications/test/"),
        post("/settings/notifications/test/"),
        post("/notifications/reminders/new/", {"title": "Standup", "day": SOON, "clock": "9"}, quiet=True),
    ),
    *rights(
        OWN,
        "change or delete",
        patch("/api/notifications/{own notification}/", {"read": True}, quiet=True),
        put("/api/notifications/{own reminder}/", {"title": "Retro"}, quiet=True),
        post("/api/notifications/read-all/", ok=200, quiet=True),
        delete("/api/notifications/{own notification}/", quiet=True),
        delete("/api/notifications/{own reminder}/", quiet=True),
        post("/notifications/{own notification}/read/", quiet=True),
        post("/notifications/{own notification}/snooze/", {"for": "hour"}, quiet=True),
        post("/notifications/{own notification}/mute/", quiet=True),
        post("/notifications/{own notification}/act/?action=0", ok=307, quiet=True),
        post("/notifications/{own deleted notification}/restore/", quiet=True),
        post("/notifications/read/", quiet=True),
        post("/notifications/several/", {"do": "archive", "ids": ["{own notification}"]}, quiet=True),
        post("/notifications/undo/", refused=409, ok=409, quiet=True),
        post("/notifications/shown/", {"shown": ["{own notification}:toast:seen"]}, ok=204, quiet=True),
        post("/notifications/reminders/{own reminder}/cancel/", quiet=True),
        post("/notifications/away/", {"ago": "60"}, ok=200, quiet=True),
        post("/notifications/away/1/keep/", refused=409, ok=409, quiet=True),
        post("/notifications/triggers/no_timer/not-today/", quiet=True),
        post("/notifications/triggers/no_timer/stop/", quiet=True),
    ),
    *rights(
        OWN,
        "choose where one is told",
        get("/api/notifications/preferences/"),
        patch("/api/notifications/preferences/", {"grid": {"own": {"toast": False}}}, quiet=True),
        get("/settings/notifications/"),
        post("/settings/notifications/", SETTINGS, quiet=True),
        get("/settings/notifications/held/"),
    ),
    *rights(
        "a link in a mail",
        "switch this kind of mail off and on",
        get("/notifications/mute/{mute token}/"),
        post("/notifications/mute/{mute token}/", ok=200, quiet=True),
        post("/notifications/mute/{mute token}/undo/", ok=200, quiet=True),
    ),
    *rights(
        "an own device",
        "see, add, remove",
        get("/api/notifications/devices/"),
        get("/api/notifications/devices/key/"),
        get("/settings/notifications/devices/"),
        post("/api/notifications/devices/", DEVICE, quiet=True),
        delete("/api/notifications/devices/{own device}/", quiet=True),
        post("/settings/notifications/devices/{own device}/remove/", quiet=True),
    ),
    *rights(
        "a colleague's device",
        "remove",
        delete("/api/notifications/devices/{device}/"),
        post("/settings/notifications/devices/{device}/remove/"),
    ),
    *rights(
        "the own achievements",
        "see, switch on and off; nobody else’s can be asked for",
        get("/achievements/"),
        get("/api/notifications/achievements/"),
        post("/achievements/off/", quiet=True),
        post("/achievements/on/", quiet=True),
    ),
    *rights(
        "everybody's defaults of notifications",
        "see and change",
        get("/settings/notifications/defaults/"),
        post("/settings/notifications/defaults/", SETTINGS, quiet=True),
    ),
    *rights(
        COLLEAGUES,
        "see",
        get("/api/notifications/{notification}/"),
        get("/api/notifications/{reminder}/"),
        get("/notifications/{notification}/open/", ok=302),
        get("/notifications/{notification}/menu/"),
        get("/notifications/{notification}/snooze/"),
    ),
    *rights(
        COLLEAGUES,
        "change or delete",
        patch("/api/notifications/{notification}/", {"read": True}),
        put("/api/notifications/{reminder}/", {"title": "Retro"}),
        delete("/api/notifications/{notification}/"),
        delete("/api/notifications/{reminder}/"),
        post("/notifications/{notification}/delete/"),
        post("/notifications/{notification}/snooze/", {"for": "hour"}),
        post("/notifications/{notification}/mute/"),
        post("/notifications/{notification}/act/?action=0"),
        post("/notifications/{deleted notification}/restore/"),
        post("/notifications/reminders/{reminder}/cancel/"),
    ),
]
ROWS = [*NOTIFICATIONS, *alert("the private project", "project"), *alert("an open project", "open project")]
