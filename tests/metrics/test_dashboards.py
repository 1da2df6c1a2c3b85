"""What a real Prometheus finds in a real server, and whether dashboards and alerts ask for nothing else."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from django.conf import settings
from django.utils import timezone

from accounts.models import Organisation
from accounts.services.tokens import create_token
from tests.analytics.foresight import make_model
from tests.backups.kept import keep
from tests.live.test_serve import serving
from tests.live.tools import WebSocket, free_port, soon
from tests.metrics.prometheus import DEPLOY, Prometheus, tool, watching
from tests.work import make_project
from tests.workflows.rules import make_rule
from timetracker.events.choices import Kind, Status
from timetracker.events.models import Delivery, Event
from timetracker.metrics.definitions import COUNTED
from timetracker.metrics.state import STATE

pytestmark = pytest.mark.django_db(transaction=True)
TOKEN = "a-token-of-this-test"
BOARDS = sorted((DEPLOY / "grafana" / "dashboards").glob("*.json"))
OF_PROMETHEUS = {"ALERTS", "up", "scrape_duration_seconds"}
OURS = ("timetracker_", "django_")
WORDS = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
HOUR = dt.timedelta(hours=1)
TELL = {"type": "send_notification", "title": "Well done"}


def panels(path: Path) -> list[dict[str, Any]]:
    return [panel for panel in json.loads(path.read_text())["panels"] if panel["type"] != "row"]


def exprs(kind: str) -> Iterator[tuple[str, str]]:
    """Where it stands, and the query as Grafana would send it."""
    for path in BOARDS:
        for panel in panels(path):
            for target in panel["targets"]:
                if target["datasource"]["type"] == kind:
                    expr = target["expr"].replace("$__rate_interval", "1m")
                    yield f"{path.stem}: {panel['title']}", expr


def alerts() -> Iterator[tuple[str, str]]:
    for path in sorted((DEPLOY / "prometheus" / "rules").glob("*.yml")):
        for group in yaml.safe_load(path.read_text())["groups"]:
            yield from ((f"{path.stem}: {rule['alert']}", rule["expr"]) for rule in group["rules"])


def names_in(expr: str) -> set[str]:
    """Metrics stand before a brace, a bracket or alone; words inside of strings, braces and `by (…)` are none."""
    bare = re.sub(r'"[^"]*"', "", expr)
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]|\bby\s*\([^)]*\)", " ", bare)
    return {
        word for word in WORDS.findall(bare) if word in OF_PROMETHEUS or word.startswith(("timetracker_", "django_"))
    }


@pytest.fixture
def organisation(transactional_db: None) -> Organisation:
    """The server keeps its set-up link in this row, so it may be there already."""
    return Organisation.objects.update_or_create(pk=Organisation.PK, defaults={"name": "Kestrel Studio"})[0]


# ── A day in a minute ────────────────────────────────────────────────────────
@pytest.fixture
def served(tmp_path: Path, transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    tool("prometheus")  # else a server would be started for nothing
    monkeypatch.setenv("METRICS_TOKEN", TOKEN)
    port = free_port()
    with serving(tmp_path / "log", port):
        yield port


def live_through(port: int, owner: Any, cookie: str) -> None:
    """Something of everything that is counted, in the server's own process."""
    make_rule(owner, "timer_stopped", TELL)
    _key, token = create_token(actor=owner, person=owner, name="prometheus")
    api = httpx.Client(base_url=f"http://localhost:{port}/api", headers={"Authorization": f"Token {token}"}, timeout=20)
    now = timezone.now()
    with api, WebSocket(port, cookie) as page:
        assert api.post("/timer/start/", json={"description": "Review"}).status_code == 201
        while "timer" not in page.read()["topics"]:  # others come too; without it, reading ends after ten seconds
            continue
        assert api.post("/timer/stop/", json={}).status_code == 200
        entry = {"started_at": (now - 2 * HOUR).isoformat(), "ended_at": (now - HOUR).isoformat()}
        assert api.post("/time-entries/", json=entry).status_code == 201
        assert api.get("/nothing/").status_code == 404
        assert httpx.get(f"http://localhost:{port}/entries/", headers={"Cookie": cookie}).status_code == 200
        assert soon(lambda: Event.objects.filter(type="notification_sent").exists(), within=30)


def add_what_takes_longer(owner: Any, folder: Path) -> None:
    make_project(owner)
    make_model()
    keep(folder, timezone.now(), drilled_at=timezone.now())
    event = Event.objects.first()
    Delivery.objects.create(event=event, handler="notifications.mail", kind=Kind.OUTER, status=Status.DEAD)


def test_every_query_finds_what_it_asks_for(served: int, tmp_path: Path, owner: Any, client_for: Any):
    signed_in = f"{settings.SESSION_COOKIE_NAME}={client_for(owner).cookies[settings.SESSION_COOKIE_NAME].value}"
    live_through(served, owner, signed_in)
    add_what_takes_longer(owner, tmp_path)
    with watching(tmp_path, served, TOKEN) as prometheus:
        assert soon(lambda: prometheus.value('max(timetracker_model_version{kind="time-estimate"})') == 1, within=60)
        assert prometheus.value('up{job="timetracker"}') == 1
        assert prometheus.value("timetracker_timers_started_total") == 1
        assert prometheus.value("timetracker_deliveries_dead{handler='notifications.mail'}") == 1
        assert prometheus.value('timetracker_rule_runs_total{outcome="done"}') == 1
        assert "django_db_errors" in prometheus.ask("metadata"), "announced, and no statement has failed"
        known = prometheus.names() | {"django_db_errors_total"}
        missing = {
            where: sorted(lost)
            for where, expr in [*exprs("prometheus"), *alerts()]
            if (lost := names_in(expr) - known - OF_PROMETHEUS)
        }
        refused = [where for where, expr in exprs("prometheus") if not understood(prometheus, expr)]
        ours = {name for name in prometheus.names() if name.startswith("timetracker_")}
        rules = prometheus.ask("rules")["groups"]
    assert (missing, refused) == ({}, [])
    assert not {one.name for one in STATE} - ours
    assert not {family.name for one in COUNTED for family in one.collect()} - {stem(name) for name in ours}
    assert [rule["name"] for group in rules for rule in group["rules"] if rule["health"] == "err"] == []


def understood(prometheus: Prometheus, expr: str) -> bool:
    return "resultType" in prometheus.ask("query", query=expr)


def stem(name: str) -> str:
    return re.sub(r"_(total|bucket|sum|count)$", "", name)


# ── The boards themselves ────────────────────────────────────────────────────
@pytest.mark.parametrize("path", BOARDS, ids=lambda path: path.stem)
def test_boards_are_whole(path: Path):
    board = json.loads(path.read_text())
    assert board["uid"] == f"timetracker-{path.stem}".replace("product-use", "use")
    assert board["description"]
    ids = [panel["id"] for panel in board["panels"]]
    assert len(ids) == len(set(ids))
    for panel in panels(path):
        assert panel["title"], panel["id"]
        assert panel["description"].endswith("."), panel["title"]
        assert {target["datasource"]["uid"] for target in panel["targets"]} <= {"prometheus", "loki"}
        assert all(names_in(t["expr"]) for t in panel["targets"] if t["datasource"]["type"] == "prometheus")


@pytest.mark.parametrize("path", BOARDS, ids=lambda path: path.stem)
def test_no_two_panels_lie_on_each_other(path: Path):
    taken: set[tuple[int, int]] = set()
    for panel in json.loads(path.read_text())["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        taken |= cells


def test_there_are_four_boards():
    assert [path.stem for path in BOARDS] == ["live", "product-use", "rules", "service"]
