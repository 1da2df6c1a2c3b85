"""Every ready rule, made as it stands in the gallery and run by what really happens."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable

import pytest
from django.core import mail
from django.test import override_settings
from django.utils import timezone, translation

from accounts.models import User
from notifications.models import Notification
from tests.work import make_entry, make_project, make_task
from tests.workflows.receiver import receiving
from tests.workflows.rules import runs
from tracking.models import Project, Task, TimeEntry
from tracking.queries import running_entry
from tracking.services.budgets import announce_budgets
from tracking.services.deadlines import announce_deadlines
from tracking.services.projects import create_project
from tracking.services.tasks import create_task, update_task
from tracking.services.timer import start_timer, stop_timer
from workflows.document import fields_of
from workflows.gallery import get_ready, ready_rules
from workflows.models import Rule
from workflows.services.firing import fire_due
from workflows.services.rules import create_rule, update_rule

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def use(owner: User, slug: str) -> Rule:
    return create_rule(actor=owner, **fields_of(get_ready(slug).filled()))


def a_task(owner: User, **fields: object) -> Task:
    return make_task(make_project(manager=owner), **{"name": "Landing page", "assignee": owner, **fields})


def told() -> list[str]:
    return list(Notification.objects.filter(category="rule").values_list("title", flat=True))


def log_completed(owner: User) -> None:
    update_task(task=a_task(owner, estimated_hours=1.5), actor=owner, status="done")
    assert runs() == ["done"]
    assert TimeEntry.objects.get().seconds == 5400


def deadline_reminder(owner: User) -> None:
    now = timezone.now()
    a_task(owner, due_at=now + 5 * HOUR)
    announce_deadlines(now)
    assert runs() == ["done"]
    assert Notification.objects.get(category="rule").message == "Landing page is due in 5 hours"


def start_with_task(owner: User) -> None:
    task = a_task(owner)
    update_task(task=task, actor=owner, status="in_progress")
    assert runs() == ["done"]
    running = running_entry(owner)
    assert running is not None
    assert (running.task, running.description) == (task, "Landing page")


def stop_with_task(owner: User) -> None:
    task = a_task(owner)
    start_timer(user=owner, task=task, project=task.project)
    update_task(task=task, actor=owner, status="done")
    assert runs() == ["done"]
    assert running_entry(owner) is None


def long_entries(owner: User) -> None:
    short, long = make_entry(owner, minutes=60), make_entry(owner, minutes=9 * 60)
    assert runs() == ["done"]
    assert [tag.name for tag in long.tags.all()] == ["check"]
    assert not short.tags.exists()


def no_project(owner: User) -> None:
    start_timer(user=owner, description="Call", started_at=timezone.now() - 2 * HOUR)
    stop_timer(user=owner)
    assert runs() == ["done"]
    assert told() == ["What were these 2 hours for?"]


def over_estimate(owner: User) -> None:
    quick, slow = a_task(owner, estimated_hours=4), a_task(owner, estimated_hours=1)
    for task in (quick, slow):
        make_entry(owner, minutes=120, project=task.project, task=task)
        task.refresh_from_db()
        update_task(task=task, actor=owner, status="done")
    assert runs() == ["done"]
    assert told() == ["Landing page took 2 hours"]


def urgent_by_mail(owner: User) -> None:
    User.objects.filter(pk=owner.pk).update(email="olga@example.org")
    create_task(actor=owner, project=make_project(manager=owner), name="Fire", priority="urgent")
    assert runs() == ["done"]
    assert [(sent.subject, sent.to) for sent in mail.outbox] == [("Urgent: Fire", ["olga@example.org"])]


def kick_off(owner: User) -> None:
    User.objects.filter(pk=owner.pk).update(role="manager")
    owner.refresh_from_db()
    create_project(actor=owner, name="Zephyr")
    assert runs() == ["done"]
    assert Task.objects.get().name == "Kick-off for Zephyr"
    assert Task.objects.get().project == Project.objects.get()


def review_task(owner: User) -> None:
    update_task(task=a_task(owner), actor=owner, status="review")
    assert runs() == ["done"]
    assert Task.objects.filter(name="Review: Landing page", priority="high").count() == 1


def no_estimate(owner: User) -> None:
    task = a_task(owner, assignee=None)
    update_task(task=task, actor=owner, assignee=owner)
    assert runs() == ["done"]
    assert told() == ["How long will Landing page take?"]
    assert Notification.objects.get(category="rule").url == f"/tasks/{task.pk}/"


def reopened(owner: User) -> None:
    task = update_task(task=a_task(owner), actor=owner, status="done")
    update_task(task=task, actor=owner, status="todo")
    assert runs() == ["done"]
    assert told() == ["Landing page is open again"]


def budget_nearly_used(owner: User) -> None:
    project = make_project(manager=owner, name="Website", budget_type="hours", budget_amount=10)
    make_entry(owner, minutes=9 * 60 + 12, project=project)
    announce_budgets(timezone.now())
    assert runs() == ["done"]
    assert told() == ["92 percent of the budget of Website are used"]


def tell_another(owner: User) -> None:
    with receiving() as receiver, override_settings(OUTBOUND_ALLOWED_NETWORKS=["127.0.0.0/8"]):
        rule = Rule.objects.get()
        update_rule(rule=rule, actor=owner, actions=[{**rule.actions[0], "url": receiver.url()}])
        update_task(task=a_task(owner), actor=owner, status="done")
        assert runs() == ["done"]
        [(_headers, body)] = receiver.seen
    assert json.loads(body)["data"]["message"] == "Landing page is done"


def by_the_clock(owner: User, when: str, said: str) -> None:
    rule = Rule.objects.get()
    assert rule.next_run_at is not None
    assert f"{rule.next_run_at.astimezone(owner.zone):%H:%M}" == when
    fire_due(rule.next_run_at)
    assert runs() == ["done"]
    assert told() == [said]


def plan_the_week(owner: User) -> None:
    assert Rule.objects.get().trigger_options["days"] == ["mon"]
    by_the_clock(owner, "09:00", "What is this week about?")


def focus_time(owner: User) -> None:
    by_the_clock(owner, "09:00", "Time for one thing at a time")


def small_things(owner: User) -> None:
    by_the_clock(owner, "15:30", "Time for the small things")


def fewer_meetings(owner: User) -> None:
    by_the_clock(owner, "08:30", "Which meetings of this week can you leave out?")


def evening_stop(owner: User) -> None:
    start_timer(user=owner, description="Call")
    rule = Rule.objects.get()
    assert rule.next_run_at is not None
    assert f"{rule.next_run_at.astimezone(owner.zone):%H:%M}" == "20:00"
    fire_due(rule.next_run_at)
    assert runs() == ["done"]
    assert running_entry(owner) is None


STORIES: dict[str, Callable[[User], None]] = {
    story.__name__.replace("_", "-"): story
    for story in (
        log_completed, deadline_reminder, start_with_task, stop_with_task, long_entries, no_project, over_estimate,
        urgent_by_mail, kick_off, review_task, no_estimate, reopened, budget_nearly_used, tell_another,
        plan_the_week, focus_time, small_things, fewer_meetings, evening_stop,
    )
}  # fmt: skip


def test_every_ready_rule_has_its_story():
    assert [ready.slug for ready in ready_rules()] == list(STORIES)


@pytest.mark.parametrize("slug", STORIES)
def test_a_ready_rule_does_what_it_says(owner: User, slug: str):
    use(owner, slug)
    STORIES[slug](owner)


def test_ready_rules_are_valid_in_every_language(owner: User):
    for language in ("en", "de"):
        with translation.override(language):
            for ready in ready_rules():
                use(owner, ready.slug)
    assert Rule.objects.count() == 2 * len(STORIES)
