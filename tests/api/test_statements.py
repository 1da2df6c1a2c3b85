"""How many statements a list takes must not depend on how many rows there are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from notifications.categories import TASK_ASSIGNED
from tests.notices import make_notice, make_reminder
from tests.work import MONDAY, make_client, make_entry, make_project, make_tag, make_task

pytestmark = pytest.mark.django_db
MOST = 5  # token, rows, tags, breaks


def some_work(owner: User) -> None:
    """One more of everything, with all that hangs on it."""
    client = make_client(hourly_rate=90)
    project = make_project(owner, client=client, rate="80", budget_type="hours", budget_amount=10)
    task = make_task(project, assignee=owner)
    tags = [make_tag(), make_tag()]
    task.tags.add(*tags)
    pause = (MONDAY + dt.timedelta(minutes=5), MONDAY + dt.timedelta(minutes=10))
    make_entry(owner, task=task, tags=tags, breaks=[pause])


def statements(call: Callable[[], Any]) -> int:
    call()  # the token notes its first use
    with CaptureQueriesContext(
        connection,
    ) as captured:
        answer = call()
    assert answer.status_code == 200
    return len(captured)


@pytest.mark.parametrize("name", ["clients", "projects", "tasks", "tags", "time-entries", "people"])
def test_lists(api, owner: User, administrator: User, name):
    for caller in (api(owner), api(administrator)):
        some_work(owner)
        few = statements(lambda caller=caller: caller.get(f"{name}/"))
        some_work(owner)
        some_work(owner)
        many = statements(lambda caller=caller: caller.get(f"{name}/"))
        assert len(caller.rows(f"{name}/")) >= 3 or name == "people"
        assert few == many <= MOST


def test_notifications(api, owner: User):
    caller = api(owner)
    for path in ("notifications/", "notifications/?unread=true&type=info&search=h", "notifications/?scheduled=true"):
        found = []
        for _ in range(3):
            make_notice(owner, category=TASK_ASSIGNED, subject=make_task(make_project(owner)))
            make_reminder(owner)
            found.append(statements(lambda path=path: caller.get(path)))
        assert len(caller.rows(path)) >= 3
        assert found[0] == found[2] <= 2
    made = make_notice(owner)
    assert statements(lambda: caller.get(f"notifications/{made.pk}/")) <= 3  # and its outcomes
    assert statements(lambda: caller.get("notifications/unread-count/")) <= 2
    assert statements(lambda: caller.get("notifications/preferences/")) <= 3


def test_filters_add_none(api, owner: User):
    some_work(owner)
    caller = api(owner)
    plain = statements(lambda: caller.get("time-entries/"))
    query = {
        "project": 1,
        "client": 1,
        "tag": "a,b",
        "search": "x",
        "billable": "true",
        "started_at_after": "2026-03-01",
    }
    assert statements(lambda: caller.get("time-entries/", **query)) <= plain


def test_a_create_is_lean(api, owner: User):
    project = make_project(rate="90")
    make_tag("design")
    caller = api(owner)
    sent = {"started_at": "2026-03-02T09:00:00Z", "duration": 60, "project": project.pk, "tags": ["design"]}
    caller.post("time-entries/", sent)
    with CaptureQueriesContext(connection) as captured:
        assert caller.post("time-entries/", sent | {"started_at": "2026-03-02T10:00:00Z"}).status_code == 201
    assert len(captured) <= 25, "\n".join(query["sql"][:150] for query in captured)
    caller.post("timer/start/")
    with CaptureQueriesContext(connection) as captured:
        assert caller.post("timer/stop/").status_code == 200
    assert len(captured) <= 22, "\n".join(query["sql"][:150] for query in captured)
