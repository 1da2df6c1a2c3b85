"""Tasks, projects, clients and tags as their services leave them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from accounts.models import User
from tests.work import MONDAY, make_client, make_entry, make_project, make_tag, make_task
from timetracker.events.models import Event
from timetracker.web.errors import Conflict
from tracking.choices import TaskStatus
from tracking.models import Client, Project, ProjectMember, Tag, Task
from tracking.services.clients import create_client, delete_client, update_client
from tracking.services.projects import create_project, delete_project, set_members, update_project
from tracking.services.tags import delete_tag, tags_named, update_tag
from tracking.services.tasks import create_task, delete_task, move_task, tag_task, update_task

pytestmark = pytest.mark.django_db


def types() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("type", flat=True))


def test_create_assigned_and_estimated(owner: User, teammate: User):
    task = create_task(actor=owner, project=make_project(), name="Draw", assignee=teammate, estimated_hours=Decimal(2))
    assert task.estimated_at is not None
    assert types() == ["task_created", "task_assigned"]


def test_done_has_a_moment_and_loses_it_when_reopened(owner: User):
    task = create_task(actor=owner, project=make_project(), name="Draw")
    task = update_task(task=task, actor=owner, status=TaskStatus.DONE)
    assert task.completed_at is not None
    assert task.started_at is not None
    task = update_task(task=task, actor=owner, status=TaskStatus.TODO)
    assert task.completed_at is None
    assert types() == ["task_created", "task_status_change", "task_completed", "task_status_change"]


def test_somebody_who_does_not_see_the_project_is_not_assigned(owner: User, outsider: User):
    project = make_project(manager=owner, is_public=False)
    with pytest.raises(ValidationError) as error:
        create_task(actor=owner, project=project, name="Draw", assignee=outsider)
    assert list(error.value.message_dict) == ["assignee"]
    task = create_task(actor=owner, project=project, name="Draw")
    with pytest.raises(ValidationError):
        update_task(task=task, actor=owner, assignee=outsider)
    task.refresh_from_db()
    assert task.assignee is None


def test_a_task_with_time_stays(owner: User):
    task = make_task()
    make_entry(owner, task=task)
    with pytest.raises(Conflict):
        delete_task(task=task, actor=owner)
    with pytest.raises(ValidationError):
        update_task(task=task, actor=owner, project=make_project())


def test_estimate_moment_moves_with_the_estimate(owner: User):
    task = create_task(actor=owner, project=make_project(), name="x", estimated_hours=Decimal(2), at=MONDAY)
    assert task.estimated_at == MONDAY
    later = MONDAY + dt.timedelta(days=1)
    assert update_task(task=task, actor=owner, name="y", at=later).estimated_at == MONDAY
    assert update_task(task=task, actor=owner, estimated_hours=Decimal(3), at=later).estimated_at == later
    assert update_task(task=task, actor=owner, estimated_hours=None, at=later).estimated_at is None


def column(status: str) -> list[str]:
    return list(Task.objects.filter(status=status).order_by("position", "pk").values_list("name", flat=True))


def test_cards_go_where_they_are_put(owner: User):
    project = make_project()
    a, b, c = (create_task(actor=owner, project=project, name=name) for name in "abc")
    move_task(task=c, actor=owner, status="todo", after=a)
    assert column("todo") == ["a", "c", "b"]
    move_task(task=b, actor=owner, status="todo", after=None)
    assert column("todo") == ["b", "a", "c"]
    move_task(task=a, actor=owner, status="done")
    assert column("done") == ["a"]
    with pytest.raises(ValidationError):
        move_task(task=a, actor=owner, status="nowhere")


def test_a_thousand_cards_put_between_two(owner: User):
    project = make_project()
    top, bottom = (create_task(actor=owner, project=project, name=name) for name in ("top", "bottom"))
    for number in range(120):
        card = create_task(actor=owner, project=project, name=f"{number:03}")
        move_task(task=card, actor=owner, status="todo", after=top)
    assert column("todo") == ["top", *[f"{number:03}" for number in reversed(range(120))], "bottom"]
    assert bottom.pk


def test_project_author_manages_it_and_one_manager_remains(owner: User, teammate: User):
    project = create_project(actor=owner, name="Shop", hourly_rate=Decimal(80))
    assert project.rates.get().hourly_rate == 80
    assert ProjectMember.objects.get().is_manager
    with pytest.raises(ValidationError):
        set_members(project=project, actor=owner, members=[owner], managers=[])
    set_members(project=project, actor=owner, members=[owner], managers=[teammate])
    assert dict(project.memberships.values_list("user", "is_manager")) == {owner.pk: False, teammate.pk: True}


def test_budget_is_whole_or_none(owner: User):
    with pytest.raises(ValidationError) as error:
        create_project(actor=owner, name="Shop", budget_type="hours")
    assert "budget_amount" in error.value.message_dict
    project = create_project(actor=owner, name="Shop", budget_type="hours", budget_amount=Decimal(5))
    project = update_project(project=project, actor=owner, budget_type="none")
    assert project.budget_amount is None


def test_names_are_taken_whatever_their_case(owner: User):
    client = create_client(actor=owner, name="Acme")
    with pytest.raises(ValidationError):
        create_client(actor=owner, name="ACME")
    create_project(actor=owner, name="Shop", client=client, code="s")
    for twin in ({"name": "SHOP", "client": client}, {"name": "Other", "code": "S"}):
        with pytest.raises(ValidationError):
            create_project(actor=owner, **twin)
    create_project(actor=owner, name="Shop")
    with pytest.raises(ValidationError):
        create_project(actor=owner, name="shop")


def test_a_project_takes_its_clients_currency(owner: User):
    assert create_project(actor=owner, name="x", client=make_client(currency="CHF")).currency == "CHF"


def test_lost_updates_are_told(owner: User):
    client = make_client()
    update_client(client=client, actor=owner, version=1, note="a")
    with pytest.raises(Conflict):
        update_client(client=client, actor=owner, version=1, note="b")


def test_what_has_history_is_not_deleted(owner: User):
    client = make_client()
    project = make_project(client=client)
    make_task(project)
    tag = make_tag()
    make_entry(owner, tags=[tag])
    for refused in (
        lambda: delete_client(client=client, actor=owner),
        lambda: delete_project(project=project, actor=owner),
        lambda: delete_tag(tag=tag, actor=owner),
    ):
        with pytest.raises(Conflict):
            refused()
    assert (Client.objects.count(), Project.objects.count(), Tag.objects.count()) == (1, 1, 1)


def test_tags_by_name(owner: User):
    known = make_tag("UX")
    tags = tags_named(names=["#ux", "new", "New", " "], actor=owner)
    assert [tag.name for tag in tags] == ["UX", "new"]
    assert tags[0] == known
    with pytest.raises(ValidationError):
        tags_named(names=["two words"], actor=owner)
    with pytest.raises(ValidationError):
        update_tag(tag=tags[1], name="ux", actor=owner)


def test_tags_alone_are_a_new_version(owner: User):
    task, tag = make_task(), make_tag()
    read_before = task.version
    tag_task(task=task, actor=owner, tag=tag)
    with pytest.raises(Conflict):
        update_task(task=task, actor=owner, version=read_before, tags=[])
    task.refresh_from_db()
    update_task(task=task, actor=owner, version=task.version, tags=[])
    task.refresh_from_db()
    assert task.version == read_before + 2


def test_a_tag_more_leaves_the_others(owner: User):
    task, first, second = make_task(), make_tag(), make_tag()
    for tag in (first, second, second):
        tag_task(task=task, actor=owner, tag=tag)
    assert set(task.tags.all()) == {first, second}
    assert Event.objects.filter(type="task_changed").count() == 2


def test_currencies_are_not_mixed(owner: User):
    client = make_client(currency="EUR", hourly_rate=Decimal(100))
    foreign = make_project(client=client, currency="JPY")
    assert make_entry(owner, project=foreign, billable=True).rate is None
    project = make_project(client=client)
    make_entry(owner, MONDAY + dt.timedelta(hours=2), project=project, billable=True)
    with pytest.raises(ValidationError) as error:
        update_project(project=project, actor=owner, currency="JPY")
    assert list(error.value.message_dict) == ["currency"]
    update_project(project=foreign, actor=owner, currency="USD")
