from __future__ import annotations

from tests.rights.rows import Row, get, post, rights

ROWS: list[Row] = [
    *rights(
        "patterns",
        "see one’s own; nobody else’s can be asked for",
        get("/insights/"),
        get("/api/analytics/insights/productivity-patterns"),
    ),
    *rights(
        "a team's patterns",
        "see",
        get("/insights/team/{team}/"),
        get("/api/analytics/insights/team-patterns?team_id={team}"),
        get("/insights/team/", ok=302),
    ),
    *rights(
        "the private project",
        "see",
        get("/insights/projects/{project}/"),
        get("/insights/projects/{project}/row/"),
        get("/api/analytics/insights/project-health/?project_id={project}"),
    ),
    *rights("projects", "list", get("/insights/projects/")),
    *rights(
        "the own productivity score",
        "say how much its parts count",
        post("/insights/score/weights/", {"focus": "2"}),
    ),
    *rights(
        "recommendations",
        "dismiss and bring back, for oneself",
        post("/insights/advice/dismiss/", {"key": "project:1:overdue"}),
        post("/insights/advice/bring-back/", {"key": "project:1:stale"}),
    ),
    *rights(
        "how good estimates were",
        "see, of the tasks one sees",
        get("/insights/estimates/"),
        get("/insights/estimates/?months=3"),
        get("/insights/estimates/?project={open project}"),
    ),
    *rights("how good estimates were", "see of the private project", get("/insights/estimates/?project={project}")),
    *rights(
        "the models behind estimates",
        "read their cards",
        get("/insights/estimates/model/time-estimate/"),
        get("/insights/estimates/model/rough-estimate/"),
    ),
    *rights(
        "telemetry",
        "see, switch on and off, renew its id, delete its record",
        get("/settings/telemetry/"),
        post("/settings/telemetry/switch/", {"on": ""}, quiet=True),
        post("/settings/telemetry/renew/"),
        post("/settings/telemetry/forget/", {"noted": "on"}),
    ),
    *rights("telemetry", "read what could be sent", get("/telemetry/")),
    *rights("telemetry", "have keys counted", post("/telemetry/shortcuts/", {"go-insights": "1"}, ok=204, quiet=True)),
    *rights(
        "a task of the private project",
        "see what it may take",
        get("/insights/estimates/task/{task}/"),
        get("/insights/estimates/task/{task}/similar/"),
    ),
    *rights(
        "tasks",
        "see what they may take",
        get("/insights/estimates/tasks/?task={task}"),
        get("/insights/estimates/draft/?project={project}&assignee={owner}&estimate=2"),
    ),
]
