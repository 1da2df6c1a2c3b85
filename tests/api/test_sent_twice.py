"""A write with an Idempotency-Key happens once, whatever write it is."""

from __future__ import annotations

import pytest

from accounts.models import User
from tests.work import make_client, make_entry, make_project, make_tag, make_task
from timetracker.events.models import Event
from tracking.services.entries import delete_entry
from tracking.services.timer import start_timer

pytestmark = pytest.mark.django_db
SPAN = {"started_at": "2026-03-05T09:00:00Z", "duration": 60}


@pytest.fixture
def paths(administrator: User) -> dict[str, str]:
    project = make_project(administrator)
    start_timer(user=administrator)
    trash = delete_entry(entry=make_entry(administrator), actor=administrator)
    return {
        "client": f"clients/{make_client().pk}/",
        "project": f"projects/{project.pk}/",
        "task": f"tasks/{make_task(project).pk}/",
        "tag": f"tags/{make_tag().pk}/",
        "entry": f"time-entries/{make_entry(administrator).pk}/",
        "restore": f"time-entries/{trash.pk}/restore/",
    }


@pytest.mark.parametrize(
    ("method", "path", "data"),
    [
        ("post", "clients/", {"name": "Once"}),
        ("post", "projects/", {"name": "Once"}),
        ("post", "tags/", {"name": "once"}),
        ("post", "time-entries/", {**SPAN, "tags": ["once"]}),
        ("patch", "client", {"name": "Once"}),
        ("put", "project", {"name": "Once"}),
        ("patch", "task", {"status": "done"}),
        ("delete", "task", None),
        ("delete", "tag", None),
        ("delete", "entry", None),
        ("post", "restore", {}),
        ("post", "timer/start/", {}),
        ("post", "timer/pause/", {}),
        ("post", "timer/stop/", {}),
        ("post", "timer/discard/", {}),
    ],
)
def test_the_second_gets_the_first_answer(api, administrator: User, paths, method, path, data):
    caller, path = api(administrator), paths.get(path, path)
    first = caller.send(method, path, data, Idempotency_Key="a key")
    assert first.status_code < 300
    events = Event.objects.count()
    again = caller.send(method, path, data, Idempotency_Key="a key")
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert Event.objects.count() == events


def test_a_refusal_is_an_answer_too(api, administrator: User):
    caller = api(administrator)
    answers = [caller.post("timer/stop/", {}, Idempotency_Key="b") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [409, 409]
    assert answers[0].content == answers[1].content
