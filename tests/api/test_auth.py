"""Who may speak to the API at all: tokens and their scope, sessions and their CSRF token, nobody."""

from __future__ import annotations

import datetime as dt

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.choices import Scope
from accounts.models import ApiToken, User
from tests.api.problems import assert_problem
from tests.work import make_entry
from tracking.models import TimeEntry

pytestmark = pytest.mark.django_db
SENT = {"started_at": "2026-03-02T09:00:00Z", "duration": 60}


@pytest.mark.parametrize(
    "path", ["clients/", "projects/", "tasks/", "tags/", "time-entries/", "timer/", "people/", "me/"]
)
def test_nobody_is_told_how_to_come_in(api, path, organisation):
    answer = api(None).get(path)
    assert_problem(answer, 401)
    assert answer.headers["WWW-Authenticate"] == "Token"


def test_nobody_writes(api, organisation):
    assert_problem(api(None).post("time-entries/", SENT), 401)
    assert_problem(api(None).post("timer/start/"), 401)


def test_a_reading_token_reads(api, owner: User):
    reader = api(owner, Scope.READ)
    entry = make_entry(owner)
    assert reader.get("time-entries/").status_code == 200
    path = f"time-entries/{entry.pk}/"
    for answer in (
        reader.post("time-entries/", SENT),
        reader.patch(path, {"description": "x"}),
        reader.put(path, SENT),
        reader.delete(path),
        reader.post("timer/start/"),
    ):
        assert_problem(answer, 403)
    assert TimeEntry.objects.count() == 1


def test_tokens_that_count_no_more(api, owner: User):
    caller = api(owner)
    ApiToken.objects.update(expiry=timezone.now() - dt.timedelta(seconds=1))
    assert_problem(caller.get("me/"), 401)
    ApiToken.objects.update(expiry=None)
    assert caller.get("me/").status_code == 200
    User.objects.filter(pk=owner.pk).update(is_active=False)
    assert_problem(caller.get("me/"), 401)
    for wrong in ("Token nonsense", "Token", "Token a b", "Token \xff", f"Bearer {'x' * 64}"):
        assert Client().get("/api/me/", headers={"Authorization": wrong}).status_code == 401


def test_a_session_writes_only_with_its_csrf_token(owner: User):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(owner, backend=settings.AUTHENTICATION_BACKENDS[0])
    assert browser.get("/api/time-entries/").status_code == 200
    for path in ("/api/time-entries/", "/api/timer/start/"):
        assert_problem(browser.post(path, SENT, content_type="application/json"), 403)
    assert not TimeEntry.objects.exists()
    csrf = "a" * 32
    browser.cookies["csrftoken"] = csrf
    answer = browser.post("/api/time-entries/", SENT, content_type="application/json", headers={"X-CSRFToken": csrf})
    assert answer.status_code == 201


def test_problems_speak_the_callers_language(api, owner: User):
    User.objects.filter(pk=owner.pk).update(language="de")
    assert api(owner).get("me/").headers["Content-Language"] == "de"
