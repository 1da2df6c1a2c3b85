"""Every figure that is counted as things happen: `docs/metrics.md` is made from this list and that of `state.py`.

Labels take their values from lists that the code holds (addresses by name, handlers, jobs, event types), never from
what somebody typed: the number of series has a bound.

Imported by `receivers.py` alone, once `processes.begin()` has made room for this process.
"""

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics

disable_created_metrics()  # a second series for each, which nobody asks for

PAGE = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
PUSH = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
LAG = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 1800, 7200)
JOB = (0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300)

# ── Pages and API ────────────────────────────────────────────────────────────
REQUESTS = Counter(
    "timetracker_requests_total", "Requests answered, by the name of their address.", ["view", "method", "status"]
)
REQUEST_SECONDS = Histogram(
    "timetracker_request_seconds", "Time until an answer was ready, by the name of its address.", ["view"], buckets=PAGE
)

# ── Time ─────────────────────────────────────────────────────────────────────
TIMERS_STARTED = Counter("timetracker_timers_started_total", "Timers started, by people, scripts and rules.")
TIMERS_STOPPED = Counter("timetracker_timers_stopped_total", "Timers stopped; one that another replaced counts too.")
ENTRIES_LOGGED = Counter(
    "timetracker_entries_logged_total", "Entries that came with their end, by how: by hand or imported.", ["source"]
)

# ── Events and what follows ──────────────────────────────────────────────────
EVENTS = Counter("timetracker_events_total", "Events recorded, by type.", ["type"])
DELIVERIES = Counter(
    "timetracker_deliveries_total",
    "Tries to deliver an event, by handler and what came of it: done, failed (tried again), dead (given up), lost.",
    ["handler", "outcome"],
)
DELIVERY_LAG = Histogram(
    "timetracker_delivery_lag_seconds",
    "From an event to the end of its handler, tries that failed included.",
    ["handler"],
    buckets=LAG,
)
RULE_RUNS = Counter(
    "timetracker_rule_runs_total", "Runs of rules that came to an end, by what came of them.", ["outcome"]
)
NOTIFICATIONS = Counter(
    "timetracker_notifications_total",
    "How far notifications got in a channel, and why they were held back or failed.",
    ["channel", "outcome", "reason"],
)

# ── Sockets ──────────────────────────────────────────────────────────────────
SOCKETS_OPEN = Gauge(
    "timetracker_sockets_open", "Pages that listen right now.", multiprocess_mode="livesum"
)  # fmt: skip
SOCKETS_OPENED = Counter("timetracker_sockets_opened_total", "Sockets opened by signed-in people.")
PUSHES = Counter("timetracker_pushes_total", "Messages handed to the channel layer: sent or failed.", ["outcome"])
PUSH_SECONDS = Histogram(
    "timetracker_push_seconds", "From a push to the moment a page's socket has it.", buckets=PUSH
)  # fmt: skip

# ── The clock ────────────────────────────────────────────────────────────────
CLOCK_TURNS = Counter("timetracker_clock_turns_total", "Times that the clock asked every job whether it is due.")
JOBS = Counter("timetracker_jobs_total", "Runs of due jobs: done or failed.", ["name", "outcome"])
JOB_SECONDS = Histogram("timetracker_job_seconds", "How long due jobs took.", ["name"], buckets=JOB)

COUNTED = (
    REQUESTS, REQUEST_SECONDS, TIMERS_STARTED, TIMERS_STOPPED, ENTRIES_LOGGED, EVENTS, DELIVERIES, DELIVERY_LAG,
    RULE_RUNS, NOTIFICATIONS, SOCKETS_OPEN, SOCKETS_OPENED, PUSHES, PUSH_SECONDS, CLOCK_TURNS, JOBS, JOB_SECONDS,
)  # fmt: skip
