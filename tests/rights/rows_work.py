from __future__ import annotations

from tests.rights.rows import Row, delete, get, patch, post, put, rights

PROJECT = {"name": "Renamed", "color": "sky", "status": "active", "budget_type": "none", "is_public": "False"}
TASK = {"name": "Renamed", "status": "todo", "priority": "normal"}
CLIENT = {"name": "Renamed", "currency": "EUR"}


def one_project(target: str, name: str, empty: str, member: str, rate: str) -> list[Row]:
    """The private and an open one differ in who sees them, not in what there is to do."""
    page, api = f"/projects/{{{name}}}/", f"/api/projects/{{{name}}}/"
    people = f"{page}people/{{{member}}}/"
    return [
        *rights(target, "see", get(page), get(f"{page}people/"), get(api)),
        *rights(target, "mark as favourite", post(f"{page}favourite/", quiet=True)),
        *rights(
            target,
            "change",
            get(f"{page}edit/"),
            post(f"{page}edit/", PROJECT),
            patch(api, {"name": "Renamed"}),
            put(api, {"name": "Renamed"}),
        ),
        *rights(
            target,
            "archive or delete",
            post(f"{page}archive/"),
            post(f"{page}bring-back/", quiet=True),  # it is not archived
            post(f"/projects/{{{empty}}}/delete/"),
            patch(api, {"status": "archived"}),
            delete(f"/api/projects/{{{empty}}}/"),
        ),
        *rights(
            target,
            "choose its people",
            post(f"{page}people/add/", {"user": "{newcomer}"}),
            post(f"{page}people/restore/?user={{newcomer}}"),
            post(f"{people}manager/"),
            post(f"{people}member/"),
            post(f"{people}none/"),
        ),
        *rights(
            target,
            "set its rates",
            post(f"{page}rates/add/", {"valid_from": "2026-02-01", "hourly_rate": "50"}),
            post(f"{page}rates/restore/?valid_from=2026-02-01&hourly_rate=50"),
            post(f"{page}rates/{{{rate}}}/remove/"),
            patch(api, {"hourly_rate": "60"}),
        ),
        *rights(
            target,
            "add a task",
            post("/tasks/new/", {**TASK, "project": f"{{{name}}}"}, refused=422),
            post("/tasks/quick/", {"name": "One more", "project": f"{{{name}}}"}, refused=422),
            post("/api/tasks/", {"name": "One more", "project": f"{{{name}}}"}, refused=400),
        ),
    ]


PROJECTS = [
    *one_project("the private project", "project", "empty project", "owner", "rate"),
    *one_project("an open project", "open project", "empty open project", "colleague", "open rate"),
    *rights(
        "the private project", "change among many", post("/projects/bulk/", {"ids": "{project}", "status": "paused"})
    ),
    *rights(
        "projects",
        "list",
        get("/projects/"),
        get("/projects/?q=Zephyr&show=all"),
        get("/projects/?client={client}"),
        get("/api/projects/"),
        get("/api/projects/?search=Zephyr"),
        get("/timer/suggest/project/?q=Zephyr"),
    ),
    *rights(
        "projects",
        "create",
        get("/projects/new/"),
        post("/projects/new/", PROJECT),
        post("/timer/new-project/", {"name": "From the bar"}, ok=200),
        post("/api/projects/", {"name": "By script"}),
    ),
]
CLIENTS = [
    *rights("the private project's client", "see", get("/clients/{client}/"), get("/api/clients/{client}/")),
    *rights(
        "the private project's client",
        "change",
        get("/clients/{client}/edit/"),
        post("/clients/{client}/edit/", CLIENT),
        patch("/api/clients/{client}/", {"name": "Renamed"}),
        put("/api/clients/{client}/", {"name": "Renamed"}),
    ),
    *rights(
        "the private project's client",
        "archive or delete",
        post("/clients/{client}/archive/"),
        post("/clients/{client}/bring-back/", quiet=True),
        patch("/api/clients/{client}/", {"archived": True}),
    ),
    *rights("a client without projects", "see", get("/clients/{empty client}/"), get("/api/clients/{empty client}/")),
    *rights(
        "a client without projects",
        "delete",
        post("/clients/{empty client}/delete/"),
        delete("/api/clients/{empty client}/"),
    ),
    *rights(
        "clients",
        "list",
        get("/clients/"),
        get("/clients/?q=Zephyr&show=all"),
        get("/api/clients/"),
        get("/api/clients/?search=Zephyr"),
    ),
    *rights("clients", "create", get("/clients/new/"), post("/clients/new/", CLIENT), post("/api/clients/", CLIENT)),
    *rights(
        "clients",
        "change among many",
        post("/clients/archive/", {"ids": "{client}"}),
        post("/clients/bring-back/", {"ids": "{client}"}, quiet=True),
    ),
]
TASKS = [
    *rights(
        "a task of the private project",
        "see",
        get("/tasks/{task}/"),
        get("/api/tasks/{task}/"),
        get("/api/analytics/predictions/time-estimate/?task_id={task}"),
    ),
    *rights(
        "a task of the private project",
        "change",
        get("/tasks/{task}/edit/"),
        post("/tasks/{task}/edit/", {**TASK, "project": "{project}"}),
        post("/tasks/{task}/status/", {"status": "review"}),
        post("/tasks/{task}/timer/"),
        post("/tasks/{task}/move/", {"status": "review", "after": ""}),
        patch("/api/tasks/{task}/", {"status": "done"}),
        put("/api/tasks/{task}/", {"project": "{project}", "name": "Renamed"}),
    ),
    *rights(
        "a task of the private project",
        "archive or delete",
        post("/tasks/{task}/archive/"),
        post("/tasks/{task}/bring-back/", quiet=True),
        post("/tasks/{empty task}/delete/"),
        patch("/api/tasks/{task}/", {"archived": True}),
        delete("/api/tasks/{empty task}/"),
    ),
    *rights(
        "a task of the private project",
        "change among many",
        post("/tasks/bulk/", {"ids": "{task}", "action": "priority", "value": "urgent"}),
    ),
    *rights(
        "a task of the private project",
        "archive among many",
        post("/tasks/bulk/", {"ids": "{task}", "action": "archive", "value": "1"}),
    ),
    *rights(
        "an own task without time",
        "archive or delete",
        post("/tasks/{own task}/archive/"),
        post("/tasks/{own task}/delete/"),
        delete("/api/tasks/{own task}/"),
    ),
    *rights(
        "tasks",
        "list",
        get("/tasks/"),
        get("/tasks/?show=all&q=Zephyr"),
        get("/tasks/?project={project}"),
        get("/tasks/board/"),
        get("/tasks/board/?project={project}"),
        get("/tasks/?assignee={owner}&show=all"),
        get("/api/tasks/"),
        get("/api/tasks/?project={project}"),
        get("/api/tasks/?search=Zephyr"),
    ),
    *rights("tasks", "create", get("/tasks/new/"), get("/tasks/new/?project={project}")),
]
TAGS = [
    *rights(
        "a tag",
        "see",
        get("/tags/"),
        get("/timer/suggest/tags/?q=some"),
        get("/api/tags/"),
        get("/api/tags/{tag}/"),
    ),
    *rights(
        "a tag",
        "create",
        get("/tags/new/"),
        post("/tags/new/", {"name": "fresh"}),
        post("/tags/again/?name=fresh"),
        post("/timer/new-tag/", {"name": "fresh"}, ok=200),
        post("/api/tags/", {"name": "fresh"}),
    ),
    *rights(
        "a tag",
        "change",
        get("/tags/{tag}/edit/"),
        post("/tags/{tag}/edit/", {"name": "renamed"}),
        patch("/api/tags/{tag}/", {"name": "renamed"}),
        put("/api/tags/{tag}/", {"name": "renamed"}),
    ),
    *rights(
        "a tag",
        "archive or delete",
        post("/tags/{tag}/archive/"),
        post("/tags/{tag}/bring-back/", quiet=True),
        post("/tags/{tag}/delete/"),
        post("/tags/archive/", {"ids": "{tag}"}),
        post("/tags/bring-back/", {"ids": "{tag}"}, quiet=True),
        delete("/api/tags/{tag}/"),
    ),
]
ROWS = [*PROJECTS, *CLIENTS, *TASKS, *TAGS]
