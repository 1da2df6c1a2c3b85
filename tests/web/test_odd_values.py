"""What a browser never sends and somebody will: an answer on both databases, and never a fault of ours."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from tests.work import make_task
from tracking.services.timer import start_timer

pytestmark = pytest.mark.django_db
HUGE = "9" * 30
NUMBERS = ["²", "٣", HUGE, "9" * 5000, "-1", "1e9", "\x00"]
ADDRESSES = [
    "/entries/?q={}", "/entries/?project={}", "/entries/?person={}", "/entries/?week={}", "/entries/?tag={}",
    "/tasks/?tag={}&project={}&assignee={}", "/tasks/?page={}&sort={}", "/tasks/board/?todo={}&q={}",
    "/tasks/new/?project={}",
    "/projects/?client={}&q={}", "/projects/new/?client={}", "/clients/?q={}&page={}", "/tags/?q={}",
    "/people/?q={}&team={}",
    "/activity/?before={}&person={}&type={}", "/timer/suggest/?q={}", "/timer/suggest/work/?q={}",
    "/track/?project={}&task={}&tags={}",
]  # fmt: skip


@pytest.fixture
def browser(manager: User, client_for) -> Client:
    return client_for(manager)


@pytest.mark.parametrize("value", NUMBERS, ids=lambda value: ascii(value[:8]))
@pytest.mark.parametrize("address", ADDRESSES)
def test_in_an_address(browser: Client, address: str, value: str):
    answer = browser.get(address.replace("{}", value.replace("\x00", "%00")))
    assert answer.status_code < 500


@pytest.mark.parametrize("value", NUMBERS, ids=lambda value: ascii(value[:8]))
def test_in_a_form(browser: Client, manager: User, value: str):
    task = make_task()
    start_timer(user=manager)
    forms = {
        "/tasks/bulk/?action=assignee": {"ids": [value, task.pk], "action": "assignee", "value": value},
        "/tasks/bulk/?action=tag": {"ids": task.pk, "action": "tag", "value": value},
        f"/tasks/{task.pk}/move/": {"status": "review", "after": value},
        f"/tasks/{task.pk}/status/": {"status": value},
        f"/tasks/{task.pk}/edit/": {"name": "x", "project": value, "assignee": value, "tags": value},
        "/tasks/quick/": {"name": "x", "project": value},
        "/tags/archive/": {"ids": value},
        "/clients/archive/": {"ids": value},
        "/projects/bulk/": {"ids": value, "status": value},
        "/timer/start/": {"work": f"project-{value}", "tags": value, "description": "x", "uid": value},
        "/timer/edit/": {"entry": value, "version": value, "tags": value},
        "/timer/start-time/": {"day": value, "time": value, "shift": value},
        "/timer/stop/": {"entry": value},
        "/timer/new-project/": {"name": value},
        "/timer/new-tag/": {"name": value},
        "/entries/new/": {"day": value, "start": value, "end": value, "tags": value, "work": value},
        "/settings/theme/": {"theme": value},
        "/settings/sidebar/": {"collapsed": value},
        "/settings/appearance/": {"look": value, "accent": "own", "own_accent": value, "sidebar_collapsed": value},
        "/settings/": {"week_start": value, "weekly_goal_hours": value, "work_starts": value},
    }
    answers = {path: browser.post(path, data).status_code for path, data in forms.items()}
    assert not {path: status for path, status in answers.items() if status >= 500}
