"""What is switched off for everybody is not said, and is said again when it is on."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.core.cache import cache
from django.utils import timezone
from waffle.models import Switch

from accounts.models import User
from analytics.models import DigestMark, Prediction
from analytics.services.digest import tell_weeks
from tests.analytics.finished import make_finished
from tests.analytics.foresight import DAY, say
from tests.conftest import ClientFor
from tests.tracking.pages import HTMX, NOON
from tests.tracking.tiles import drawn
from tests.work import make_entry, make_project, make_task
from timetracker.events.models import Event

pytestmark = pytest.mark.django_db
MONDAY = dt.datetime(2026, 3, 9, 8, tzinfo=dt.UTC)
OFF = "Suggested estimates are switched off for everybody."


def switch(name: str, *, on: bool) -> None:
    Switch.objects.update_or_create(name=name, defaults={"active": on})
    cache.clear()  # a test's transaction never commits, which is when waffle forgets what it kept


@pytest.mark.usefixtures("wednesday")
def test_suggested_estimates(owner: User, client_for: ClientFor) -> None:
    project = make_project(manager=owner, name="Relaunch")
    make_finished(40, project, assignee=owner)
    task = make_task(project, assignee=owner, estimated_hours=Decimal(4), estimated_at=timezone.now())
    browser = client_for(owner)
    panel, rows = f"/insights/estimates/task/{task.pk}/", f"/insights/estimates/tasks/?task={task.pk}"
    draft = f"/insights/estimates/draft/?project={project.pk}&estimate=4&name=Draw"

    def said(path: str) -> str:
        response = browser.get(path, headers=HTMX)
        assert response.status_code == 200
        return response.content.decode()

    switch("estimates", on=False)
    assert OFF in said(panel)
    assert "usually" not in said(rows)
    assert "Usually" not in said(draft)
    assert not Prediction.objects.exists()
    switch("estimates", on=True)
    assert OFF not in said(panel)
    assert "usually" in said(rows)
    assert "Usually" in said(draft)
    assert Prediction.objects.filter(task=task).count() == 1
    switch("estimates", on=False)
    assert "usually" not in said(rows)


@pytest.mark.usefixtures("wednesday")
def test_the_widget_of_the_next_estimate(owner: User) -> None:
    task = make_task(assignee=owner, estimated_hours=4, due_at=NOON + DAY)
    say(task, 3.02, 7.4, made_at=NOON)
    switch("estimates", on=False)
    assert OFF in drawn(owner, "next-estimate")
    assert "7.4 h" not in drawn(owner, "next-estimate", "medium")
    switch("estimates", on=True)
    assert "7.4 h" in drawn(owner, "next-estimate", "medium")


def test_the_week_in_numbers(owner: User) -> None:
    owner.date_joined = MONDAY - 60 * DAY
    owner.save()
    make_entry(owner, MONDAY - 4 * DAY, 90)
    switch("weekly_digest", on=False)
    assert tell_weeks(MONDAY) == 0
    assert not Event.objects.filter(type="digest_ready").exists()
    assert not DigestMark.objects.exists()
    switch("weekly_digest", on=True)
    with time_machine.travel(MONDAY + DAY, tick=False):
        assert tell_weeks(MONDAY + DAY) == 1
    assert Event.objects.filter(type="digest_ready", person_id=owner.pk).count() == 1
