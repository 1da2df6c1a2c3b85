from __future__ import annotations

from tests.rights.rows import Row, delete, get, patch, post, put, rights

SPAN = {"started_at": "2026-03-05T09:00:00Z", "ended_at": "2026-03-05T10:00:00Z"}
TYPED = {"day": "2026-03-05", "start": "9", "end": "10", "description": "typed"}
COLLEAGUES = "a colleague's entry"
TIMER = "start, stop, pause, change"


def booking(target: str, project: str, task: str, code: str) -> list[Row]:
    return rights(
        target,
        "book time on it",
        post("/api/time-entries/", {**SPAN, "project": f"{{{project}}}"}, refused=400),
        post("/api/time-entries/", {**SPAN, "task": f"{{{task}}}"}, refused=400),
        post("/entries/new/", {**TYPED, "work": f"project-{{{project}}}"}, refused=422),
        post("/api/timer/start/", {"project": f"{{{project}}}"}, refused=400),
        post("/track/", {"project": f"{{{project}}}"}, refused=422),
        post("/entries/quick/", {"line": f"9-10 2026-03-05 @{code}"}, refused=422, shows=frozenset({code})),
    )


ENTRIES = [
    *rights(
        "an own entry",
        "see",
        get("/entries/"),
        get("/entries/?q=zephyr&week=2026-03-02"),
        get("/entries/?q=zephyr&weeks=all&person=all"),
        get("/entries/{own entry}/"),
        get("/api/time-entries/"),
        get("/api/time-entries/?project={project}"),
        get("/api/time-entries/?user={owner}"),
        get("/api/time-entries/?search=zephyr&deleted=true"),
        get("/api/time-entries/{own entry}/"),
        get("/timer/suggest/?q=zephyr"),
        get("/entries/{own entry}/history/"),
        get("/entries/trash/"),
        get("/entries/choices/"),
        get("/entries/review/"),
    ),
    *rights(
        "an own entry",
        "create",
        get("/entries/new/"),
        post("/entries/new/", TYPED),
        get("/entries/quick/"),
        get("/entries/quick/preview/?line=2h+@zephyrine"),
        post("/entries/quick/", {"line": "9-10 typed 2026-03-05"}),
        post("/api/time-entries/", SPAN),
    ),
    *rights(
        "an own entry",
        "change",
        post("/entries/{own entry}/", TYPED),
        patch("/api/time-entries/{own entry}/", {"description": "other"}),
        put("/api/time-entries/{own entry}/", SPAN),
        get("/entries/{own entry}/split/"),
        post("/entries/{own entry}/split/", {"time": "9:30"}),
        post("/entries/{own entry}/duplicate/"),
        post("/entries/{own timer}/stop/"),
        post("/entries/{own entry}/accept/"),
        post("/entries/{own entry}/history/{own line}/revert/"),
        post("/changes/{own change}/undo/"),
        post("/entries/bulk/", {"ids": "{own entry}", "action": "billable", "value": "yes"}),
        post("/entries/merge/", {"ids": ["{own entry}", "{own second}"]}),
    ),
    *rights(
        "an own entry",
        "delete or bring back",
        post("/entries/{own entry}/delete/"),
        post("/entries/{own trash}/restore/"),
        delete("/api/time-entries/{own entry}/"),
        post("/api/time-entries/{own trash}/restore/", ok=200),
    ),
    *rights("an own entry", "start a timer from it", post("/entries/{own entry}/continue/")),
    *rights(
        COLLEAGUES,
        "see",
        get("/entries/{entry}/"),
        get("/entries/{entry}/history/"),
        get("/entries/new/?person={owner}"),
        get("/entries/?person={owner}&week=2026-03-02"),
        get("/entries/?person={owner}&q=zephyr&weeks=all"),
        get("/api/time-entries/{entry}/"),
    ),
    *rights(COLLEAGUES, "create", post("/entries/new/?person={owner}", TYPED)),
    *rights(COLLEAGUES, "create over the API", post("/api/time-entries/", {**SPAN, "user": "{owner}"})),
    *rights(
        COLLEAGUES,
        "change",
        post("/entries/{entry}/", {**TYPED, "work": "task-{task}"}),
        patch("/api/time-entries/{entry}/", {"description": "other"}),
        put("/api/time-entries/{entry}/", SPAN),
        get("/entries/{entry}/split/"),
        post("/entries/{entry}/split/", {"time": "9:30"}),
        post("/entries/{running}/stop/"),
        post("/entries/{entry}/duplicate/"),
        post("/entries/{entry}/accept/", quiet=True),  # nothing is odd about it
        post("/entries/{entry}/history/{line}/revert/"),
    ),
    *rights(COLLEAGUES, "merge", post("/entries/merge/", {"ids": ["{entry}", "{entry two}"]}, refused=409)),
    *rights(
        COLLEAGUES,
        "change or bill among many",
        post("/entries/bulk/", {"ids": "{entry}", "action": "billable", "value": "no"}, quiet=False),
        post("/entries/bulk/", {"ids": "{entry}", "action": "bill"}),
    ),
    *rights("a colleague's change", "undo", post("/changes/{change}/undo/")),
    *rights(
        COLLEAGUES,
        "delete or bring back",
        post("/entries/{entry}/delete/"),
        post("/entries/{trash}/restore/"),
        delete("/api/time-entries/{entry}/"),
        post("/api/time-entries/{trash}/restore/", ok=200),
    ),
    *rights(COLLEAGUES, "see", post("/entries/{colleague entry}/continue/")),
    *booking("the private project", "project", "task", "ZPHCODE"),
    *booking("an open project", "open project", "open task", "open-house"),
]
FAVOURITES = [
    *rights(
        "an own favourite",
        "see, pin, start, move, unpin, bring back",
        get("/entries/favourites/"),
        post("/entries/{own entry}/pin/", quiet=True),
        post("/entries/favourites/{own pin}/start/"),
        post("/entries/favourites/{own pin}/move/", {"to": "up"}, quiet=True),
        post("/entries/favourites/{own pin}/unpin/", quiet=True),
        post("/entries/favourites/{own pin}/restore/", quiet=True),
    ),
    *rights(
        "a colleague's favourite",
        "start, move, unpin, bring back",
        post("/entries/favourites/{pin}/start/"),
        post("/entries/favourites/{pin}/move/", {"to": "up"}),
        post("/entries/favourites/{pin}/unpin/"),
        post("/entries/favourites/{pin}/restore/"),
    ),
    *rights("a colleague's favourite", "pin a colleague's entry", post("/entries/{entry}/pin/")),
]
TIMERS = [
    *rights(
        "the own timer",
        "see",
        get("/timer/bar/"),
        get("/track/"),
        get("/track/?project={project}"),
        get("/timer/suggest/work/?q=Zephyr"),
        get("/api/timer/"),
    ),
    *rights(
        "the own timer",
        TIMER,
        post("/timer/start/", {"description": "next"}),
        post("/timer/line/", {"line": "next #ux"}),
        post("/timer/stop/"),
        post("/timer/pause/"),
        post("/timer/resume/", quiet=True),  # it is not paused
        post("/timer/discard/"),
        post("/timer/again/"),
        post("/timer/recent/1/", quiet=True),  # nothing was worked on of late
        post("/timer/start-time/", {"shift": "-5"}, quiet=True),
        post("/timer/edit/", {"entry": "{own timer}", "description": "other"}),
        post("/track/", {"description": "from a bookmark"}),
        post("/api/timer/start/", {"description": "next"}),
        post("/api/timer/stop/", ok=200),
        post("/api/timer/pause/", ok=200),
        post("/api/timer/resume/", ok=200, quiet=True),
        post("/api/timer/discard/", ok=200),
    ),
    *rights("a colleague's timer", "stop", post("/api/timer/stop/", {"id": "{running}"}, ok=200)),
]
IMPORTS = [
    *rights("an own import", "see", get("/import/"), get("/import/{own import}/")),
    *rights(
        "an own import",
        "bring, begin or throw away",
        post("/import/", {"format": "toggl"}, ok=422, quiet=True),  # without a file
        post("/import/{own import}/people/", ok=409, quiet=True),  # its file is gone
        post("/import/{own import}/begin/", quiet=True),
        post("/import/{own import}/discard/", quiet=True),
    ),
    *rights("a colleague's import", "see", get("/import/{import}/")),
    *rights(
        "a colleague's import",
        "begin or throw away",
        post("/import/{import}/people/"),
        post("/import/{import}/begin/"),
        post("/import/{import}/discard/"),
    ),
]
REPORTS = [
    *rights(
        "a report",
        "see one's own part",
        get("/reports/?preset=this-year&group=client&then=project"),
        get("/reports/?preset=this-year&group=person&then=task"),
        get("/reports/choices/project/?find_project=zephyr"),
        get("/reports/choices/task/"),
        get("/reports/choices/client/"),
        get("/reports/choices/tag/"),
        get("/reports/choices/person/"),
        get("/reports/entries.csv?preset=this-year"),
        get("/reports/lines.csv?preset=this-year&group=client&then=task"),
        get("/reports/entries.xlsx?preset=this-year"),
        get("/api/reports/?first=2026-01-01&last=2026-12-31&group=client,project"),
        get("/api/reports/?first=2026-01-01&last=2026-12-31&output=entries"),
    ),
    *rights(
        "a colleague's entry",
        "choose in a report",
        get("/reports/?person={owner}&preset=this-year", refused=422),
        get("/reports/choices/person/?person={owner}", refused=422),
        get("/reports/entries.csv?person={owner}&preset=this-year", refused=422),
        get("/api/reports/?person={owner}&preset=this-year", refused=400),
    ),
]
BOARD = "the dashboard and the activity"
CHART = "/dashboard/widgets/time-chart/"
OVERVIEW = [
    *rights(
        BOARD,
        "see",
        get("/"),
        get("/?edit"),
        get("/dashboard/board/"),
        get("/dashboard/widgets/"),
        get("/dashboard/widgets/?edit"),
        get("/dashboard/widgets/?topic=entries"),
        get(CHART),
        get("/dashboard/gallery/"),
        get("/activity/"),
        get("/activity/?person={owner}"),
        get("/activity/?type=time_logged"),
    ),
    *rights(
        BOARD,
        "arrange one's own",
        post("/dashboard/widgets/my-tasks/add/"),
        post("/dashboard/widgets/quick-stats/remove/"),
        post("/dashboard/widgets/recent-entries/resize/", {"size": "large"}),
        post("/dashboard/widgets/recent-entries/move/", {"step": "-1"}),
        get(f"{CHART}settings/"),
        post(f"{CHART}settings/", {"range": "this-month", "scope": "team"}),
        post("/dashboard/arrange/", {"names": ["time-chart", "quick-stats"]}),
        post("/dashboard/tidy/"),
        post("/dashboard/reset/", quiet=True),  # it is the standard one
        post("/dashboard/restore/?was={own board}"),
    ),
    *rights(BOARD, "make it everybody's", post("/dashboard/standard/")),
]
FILTERED = rights(
    "the private project",
    "see",
    get("/activity/?project={project}"),
    get("/entries/?project={project}"),
    get("/entries/?project={project}&weeks=all"),
)
ROWS = [*ENTRIES, *FAVOURITES, *TIMERS, *IMPORTS, *REPORTS, *OVERVIEW, *FILTERED]
