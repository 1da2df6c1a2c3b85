"""The timer over the API: 201 with the entry, 204 when nothing runs, 200 with the first end for every further stop."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
import time_machine

from accounts.models import Organisation, User
from tests.api.problems import assert_problem
from tests.work import make_entry, make_project, make_task
from timetracker.events.models import Event
from tracking.access import get_entry
from tracking.models import TimeEntry
from tracking.services.timer import discard_timer, start_timer

pytestmark = pytest.mark.django_db
NINE = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def clock():
    with time_machine.travel(NINE, tick=False) as traveller:
        yield traveller


def test_a_day_with_the_timer(api, owner: User, clock):
    caller = api(owner)
    assert (caller.get("timer/").status_code, caller.get("timer/").content) == (204, b"")
    task = make_task()
    answer = caller.post("timer/start/", {"task": task.pk, "description": "Sketch", "tags": ["ux"]})
    assert answer.status_code == 201
    row = answer.json()
    assert (row["task"], row["project"], row["tags"], row["source"]) == (task.pk, task.project_id, ["ux"], "timer")
    assert (row["started_at"], row["ended_at"], row["duration"]) == ("2026-03-02T09:00:00Z", None, None)
    assert caller.get("timer/").json() == row
    clock.shift(3600)
    assert caller.post("timer/pause/").json()["paused_at"] == "2026-03-02T10:00:00Z"
    clock.shift(600)
    assert caller.post("timer/resume/").json()["paused_at"] is None
    clock.shift(1200)
    row = caller.post("timer/stop/").json()
    assert (row["ended_at"], row["duration"]) == ("2026-03-02T10:30:00Z", 4800)
    assert row["breaks"] == [{"started_at": "2026-03-02T10:00:00Z", "ended_at": "2026-03-02T10:10:00Z"}]
    assert caller.get("timer/").status_code == 204


def test_stop_answers_the_first_end_again(api, owner: User, clock):
    caller = api(owner)
    entry = caller.post("timer/start/").json()
    clock.shift(60)
    first = caller.post("timer/stop/", {"id": entry["id"]})
    clock.shift(60)
    again = caller.post("timer/stop/", {"id": entry["id"]})
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert Event.objects.filter(type="timer_stopped").count() == 1
    assert_problem(caller.post("timer/stop/"), 409)


@pytest.mark.parametrize("name", ["stop", "pause", "resume", "discard"])
def test_with_nothing_running(api, owner: User, name):
    problem = assert_problem(api(owner).post(f"timer/{name}/"), 409)
    assert problem["type"] == "urn:timetracker:problem:not_running"


def test_the_same_uid_starts_once(api, owner: User):
    sent = {"uid": str(uuid.uuid4()), "description": "from the train"}
    first, again = api(owner).post("timer/start/", sent), api(owner).post("timer/start/", sent)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert TimeEntry.objects.count() == 1


def test_a_second_start_stops_the_first_or_is_refused(api, owner: User):
    first = api(owner).post("timer/start/").json()
    second = api(owner).post("timer/start/").json()
    assert api(owner).get(f"time-entries/{first['id']}/").json()["ended_at"] is not None
    Organisation.objects.update(refuse_second_timer=True)
    problem = assert_problem(api(owner).post("timer/start/"), 409)
    assert problem["type"] == "urn:timetracker:problem:already_running"
    assert api(owner).get("timer/").json()["id"] == second["id"]


def test_an_earlier_start_with_an_offset(api, owner: User, clock):
    row = api(owner).post("timer/start/", {"started_at": "2026-03-02T09:30:00+01:00"}).json()
    assert row["started_at"] == "2026-03-02T08:30:00Z"
    api(owner).post("timer/discard/")
    assert_problem(api(owner).post("timer/start/", {"started_at": "2026-03-02T09:30:00Z"}), 400, "started_at")
    assert_problem(api(owner).post("timer/start/", {"started_at": "2026-03-02T08:30:00"}), 400, "started_at")


def test_discard_goes_to_the_trash(api, owner: User, clock):
    entry = api(owner).post("timer/start/").json()
    clock.shift(120)
    assert api(owner).post("timer/discard/").json()["id"] == entry["id"]
    assert api(owner).get("timer/").status_code == 204
    assert api(owner).rows("time-entries/") == []
    assert api(owner).post(f"time-entries/{entry['id']}/restore/").status_code == 200
    assert api(owner).get("timer/").json()["id"] == entry["id"]  # and runs on


def test_whose_timer_one_may_stop(api, owner: User, outsider: User, lead: User, administrator: User):
    entry = start_timer(user=owner)
    assert_problem(api(outsider).post("timer/stop/", {"id": entry.pk}), 404)
    assert_problem(api(lead).post("timer/stop/", {"id": entry.pk}), 403)
    entry.refresh_from_db()
    assert entry.running
    assert api(administrator).post("timer/stop/", {"id": entry.pk}).status_code == 200
    event = Event.objects.get(type="timer_stopped")
    assert (event.actor_id, event.person_id) == (administrator.pk, owner.pk)


def test_stopping_an_entry_that_never_ran(api, owner: User):
    entry = make_entry(owner)
    assert api(owner).post("timer/stop/", {"id": entry.pk}).json()["ended_at"] == "2026-03-02T10:00:00Z"


@pytest.mark.parametrize("wrong", [0, -1, "x", 2**63, 10**30, True, [], {}, None])
def test_a_wrong_id_is_said_at_its_field(api, owner: User, wrong):
    assert_problem(api(owner).post("timer/stop/", {"id": wrong}), 400, "id")


def test_only_open_projects_one_sees(api, owner: User, outsider: User):
    private = make_project(is_public=False, members=(owner,))
    closed = make_project(status="completed")
    for wrong in ({"project": private.pk}, {"project": closed.pk}, {"project": 4711}):
        assert_problem(api(outsider).post("timer/start/", wrong), 400, "project")
    assert_problem(api(outsider).post("timer/start/", {"task": make_task(private).pk}), 400, "task")
    mixed = {"project": make_project().pk, "task": make_task().pk}
    assert_problem(api(outsider).post("timer/start/", mixed), 400, "task")
    assert not TimeEntry.objects.exists()


@pytest.mark.parametrize("path", ["timer", "timer/start", "timer/stop", "timer/pause", "timer/resume", "timer/discard"])
def test_with_and_without_the_slash(api, owner: User, path):
    start_timer(user=owner)
    for form in (path, f"{path}/"):
        answer = api(owner).get(form) if path == "timer" else api(owner).post(form)
        assert answer.status_code in {200, 201, 409}


def test_a_stop_of_what_was_discarded_a_moment_ago(api, owner: User, monkeypatch):
    entry = start_timer(user=owner)

    def found_and_then_discarded(*args: Any, **options: Any) -> TimeEntry:
        found = get_entry(*args, **options)
        discard_timer(user=owner)
        return found

    monkeypatch.setattr("tracking.api.timer.get_entry", found_and_then_discarded)
    assert_problem(api(owner).post("timer/stop/", {"id": entry.pk}), 409)
