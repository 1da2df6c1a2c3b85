from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import User
from tests.conftest import ClientFor
from tests.tracking.pages import HTMX, MOST_STATEMENTS, statements, text, toast_of, undo
from tests.work import make_client, make_entry, make_project, make_tag, make_task
from timetracker.events.models import Event
from tracking.choices import Priority, TaskStatus
from tracking.models import Project, Tag, Task
from tracking.services.tasks import update_task

pytestmark = pytest.mark.django_db

LIST = "/tasks/"
DAY = dt.timedelta(days=1)


def typed(project: Project, **more: object) -> dict[str, object]:
    return {"name": "Draw", "project": project.pk, "status": "todo", "priority": "normal", **more}


def test_who_sees_which_task(client_for: ClientFor, owner: User, teammate: User, outsider: User):
    task = make_task(make_project(manager=owner, members=(teammate,), is_public=False), name="Secret plan")

    for person, status in ((owner, 200), (teammate, 200), (outsider, 404)):
        assert client_for(person).get(f"/tasks/{task.pk}/").status_code == status
        assert client_for(person).get(f"/tasks/{task.pk}/edit/").status_code == status
        assert ("Secret plan" in text(client_for(person).get(LIST))) == (status == 200)
        assert ("Secret plan" in text(client_for(person).get("/tasks/board/"))) == (status == 200)
    for path in ("status", "move", "archive", "bring-back", "delete"):
        assert client_for(outsider).post(f"/tasks/{task.pk}/{path}/", headers=HTMX).status_code == 404
    assert client_for(None).get(f"/tasks/{task.pk}/").status_code == 302


def test_who_deletes_and_archives(client_for: ClientFor, owner: User, teammate: User, outsider: User):
    project = make_project(manager=owner)
    task = make_task(project, created_by=teammate)
    for path in ("archive", "bring-back", "delete"):
        assert client_for(outsider).post(f"/tasks/{task.pk}/{path}/", headers=HTMX).status_code == 403
    assert "/archive/" not in text(client_for(outsider).get(f"/tasks/{task.pk}/"))
    archived = client_for(teammate).post(f"/tasks/{task.pk}/archive/", headers=HTMX)
    assert Task.objects.get().archived
    undo(client_for(teammate), archived)
    make_entry(teammate, task=task)
    assert client_for(teammate).post(f"/tasks/{task.pk}/archive/", headers=HTMX).status_code == 403
    assert client_for(owner).post(f"/tasks/{task.pk}/delete/", headers=HTMX).status_code == 409
    unused = make_task(project)
    assert client_for(owner).post(f"/tasks/{unused.pk}/delete/", headers=HTMX).headers["HX-Redirect"] == LIST
    assert list(Task.objects.all()) == [task]


def test_create_with_everything(client_for: ClientFor, owner: User, teammate: User):
    owner.time_zone = "Europe/Berlin"
    owner.save()
    project, known = make_project(), make_tag("known")
    answer = client_for(owner).post(
        "/tasks/new/",
        typed(
            project, assignee=teammate.pk, due_date="2026-07-01", due_time="9", estimate="1h30", complexity="3",
            tags=[known.pk], tag_names="fresh, #other", description="<b>bold</b>\nsecond line",
        ),
        headers=HTMX,
    )  # fmt: skip

    assert answer.status_code == 204
    task = Task.objects.get()
    assert (task.assignee, task.estimated_hours, task.complexity) == (teammate, Decimal("1.5"), 3)
    assert task.due_at == dt.datetime(2026, 7, 1, 7, tzinfo=dt.UTC)
    assert set(task.tags.values_list("name", flat=True)) == {"known", "fresh", "other"}
    page = text(client_for(owner).get(f"/tasks/{task.pk}/"))
    assert "&lt;b&gt;bold&lt;/b&gt;\nsecond line" in page
    assert "<b>bold" not in page


def test_a_due_date_without_a_time_is_the_whole_day(client_for: ClientFor, owner: User):
    owner.time_zone = "Pacific/Kiritimati"
    owner.save()
    browser = client_for(owner)
    browser.post("/tasks/new/", typed(make_project(), due_date="2026-07-01"), headers=HTMX)
    task = Task.objects.get()
    assert task.due_at == dt.datetime(2026, 7, 1, 9, 59, tzinfo=dt.UTC)
    form = browser.get(f"/tasks/{task.pk}/edit/").context["form"]
    assert (form.initial["due_date"], form.initial["due_time"]) == (dt.date(2026, 7, 1), "")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 251}, "name"),
        ({"project": "999"}, "project"),
        ({"status": "lost"}, "status"),
        ({"priority": "huge"}, "priority"),
        ({"due_date": "soon"}, "due_date"),
        ({"due_date": "0001-01-01"}, "due_date"),
        ({"due_time": "9"}, "due_date"),
        ({"due_date": "2026-01-01", "due_time": "25"}, "due_time"),
        ({"estimate": "long"}, "estimate"),
        ({"estimate": "9999999"}, "estimate"),
        ({"estimate": "0"}, "estimate"),
        ({"complexity": "9"}, "complexity"),
        ({"tag_names": "a@b"}, "tag_names"),
        ({"tags": ["999"]}, "tags"),
        ({"description": "x" * 5001}, "description"),
        ({"assignee": "999"}, "assignee"),
    ],
)
def test_a_wrong_field_keeps_what_was_typed(client_for: ClientFor, owner: User, wrong: dict[str, str], field: str):
    page = client_for(owner).post("/tasks/new/", typed(make_project(), estimate="2h") | wrong, headers=HTMX)

    assert page.status_code == 200
    assert page.context["form"].errors.keys() == {field}
    assert field == "name" or 'value="Draw"' in text(page)
    assert not Task.objects.exists()
    assert not Tag.objects.exists()


def test_a_closed_project_and_somebody_who_does_not_see_it(client_for: ClientFor, owner: User, outsider: User):
    archived, closed = make_project(status="archived"), make_project(manager=owner, is_public=False)
    browser = client_for(owner)

    assert "project" in browser.post("/tasks/new/", typed(archived), headers=HTMX).context["form"].errors
    page = browser.post("/tasks/new/", typed(closed, assignee=outsider.pk), headers=HTMX)
    assert page.context["form"].errors.keys() == {"assignee"}


def test_edit_keeps_the_estimates_moment(client_for: ClientFor, owner: User):
    long_ago = timezone.now() - 30 * DAY
    task = make_task(
        estimated_hours=Decimal("1.33"), estimated_at=long_ago, due_at=dt.datetime(2026, 7, 1, 7, 0, 30, tzinfo=dt.UTC)
    )
    browser, url = client_for(owner), f"/tasks/{task.pk}/edit/"
    initial = browser.get(url).context["form"].initial
    assert initial["estimate"] == "1:20"
    same = typed(task.project, estimate="1:20", due_date=initial["due_date"], due_time=initial["due_time"], version=1)
    assert browser.post(url, same, headers=HTMX).status_code == 204
    task.refresh_from_db()
    assert (task.name, task.estimated_hours, task.estimated_at) == ("Draw", Decimal("1.33"), long_ago)
    assert task.due_at.second == 30

    stale = browser.post(url, {**same, "name": "Paint"}, headers=HTMX)
    assert stale.status_code == 200
    assert "Draw" in text(stale)
    assert "Paint" in text(stale)


def test_quick_add(client_for: ClientFor, owner: User, outsider: User):
    project, closed = make_project(manager=owner), make_project(manager=owner, is_public=False)
    answer = client_for(owner).post("/tasks/quick/", {"name": "Draw", "project": closed.pk}, headers=HTMX)

    assert "autofocus" in text(answer)
    assert f'value="{closed.pk}" selected' in text(answer)
    assert "workChanged" in answer.headers["HX-Trigger"]
    assert Task.objects.get().created_by == owner
    refused = client_for(outsider).post("/tasks/quick/", {"name": "Draw", "project": closed.pk}, headers=HTMX)
    assert refused.status_code == 200
    assert 'value="Draw"' in text(refused)
    assert (
        client_for(owner).post("/tasks/quick/", {"name": " ", "project": project.pk}, headers=HTMX).status_code == 200
    )
    assert Task.objects.count() == 1


def test_filters(client_for: ClientFor, owner: User, teammate: User):
    now, project, tag = timezone.now(), make_project(), make_tag()
    plain = make_task(name="Plain")
    mine = make_task(project, assignee=owner, due_at=now + DAY)
    late = make_task(assignee=teammate, due_at=now - DAY)
    late.tags.add(tag)
    done = make_task(status=TaskStatus.DONE, completed_at=now, due_at=now - DAY)
    archived = make_task(archived_at=now, assignee=owner)
    browser = client_for(owner)

    def found(query: str) -> set[Task]:
        return set(browser.get(f"{LIST}?{query}").context["page"])

    assert found("") == {plain, mine, late}
    assert found("show=mine") == {mine}
    assert found("show=overdue") == {late}
    assert found("show=done") == {done}
    assert found("show=archived") == {archived}
    assert found("show=all") == {plain, mine, late, done, archived}
    assert found(f"project={project.pk}") == found("assignee=me") == {mine}
    assert found(f"assignee={teammate.pk}") == found(f"tag={tag.pk}") == {late}
    assert found("assignee=none") == found("q=PLAI") == {plain}
    assert found("project=x&assignee=y&tag=z&show=w&sort=v&page=0") == {plain, mine, late}


def test_every_order_is_total(client_for: ClientFor, owner: User):
    for number in range(3):
        make_task(priority=[Priority.LOW, Priority.URGENT, Priority.NORMAL][number])
    browser = client_for(owner)
    for name in ("name", "project", "status", "priority", "assignee", "due", "estimate", "tracked", "created"):
        assert len(browser.get(f"{LIST}?sort={name}").context["page"]) == 3
        assert len(browser.get(f"{LIST}?sort=-{name}").context["page"]) == 3
    assert [task.priority for task in browser.get(f"{LIST}?sort=-priority").context["page"]] == [
        "urgent",
        "normal",
        "low",
    ]


def test_status_with_one_click_and_undo(client_for: ClientFor, owner: User):
    task, browser = make_task(status=TaskStatus.REVIEW), client_for(owner)
    answer = browser.post(f"/tasks/{task.pk}/status/?status=done", headers=HTMX)
    task.refresh_from_db()
    assert task.completed_at is not None
    undo(browser, answer)
    task.refresh_from_db()
    assert (task.status, task.completed_at) == (TaskStatus.REVIEW, None)
    assert browser.post(f"/tasks/{task.pk}/status/?status=lost", headers=HTMX).status_code == 409


@pytest.mark.parametrize(
    ("action", "value", "field"), [("status", "review", "status"), ("priority", "high", "priority")]
)
def test_bulk_fields(client_for: ClientFor, owner: User, action: str, value: str, field: str):
    tasks, unseen = [make_task(), make_task()], make_task(make_project(is_public=False))
    answer = client_for(owner).post(
        "/tasks/bulk/",
        {"action": action, "value": value, "ids": [*(task.pk for task in tasks), unseen.pk]},
        headers=HTMX,
    )
    assert set(Task.objects.filter(**{field: value})) == set(tasks)
    assert "2 tasks:" in toast_of(answer)["text"]
    assert "no longer there" in toast_of(answer)["text"]


def test_bulk_assignee_refuses_who_does_not_see_the_project(client_for: ClientFor, owner: User, outsider: User):
    open_to_all, closed = make_task(), make_task(make_project(manager=owner, is_public=False))
    ids = [open_to_all.pk, closed.pk]
    answer = client_for(owner).post(
        "/tasks/bulk/", {"action": "assignee", "value": outsider.pk, "ids": ids}, headers=HTMX
    )
    assert Task.objects.get(assignee=outsider) == open_to_all
    assert "does not see the project" in toast_of(answer)["text"]
    client_for(owner).post("/tasks/bulk/", {"action": "assignee", "value": "none", "ids": ids}, headers=HTMX)
    assert not Task.objects.exclude(assignee=None).exists()


def test_bulk_tag_and_archive(client_for: ClientFor, owner: User):
    old, new = make_tag(), make_tag()
    mine, other = make_task(make_project(manager=owner)), make_task()
    mine.tags.add(old)
    browser, ids = client_for(owner), [mine.pk, other.pk]
    browser.post("/tasks/bulk/", {"action": "tag", "value": new.pk, "ids": ids}, headers=HTMX)
    assert set(mine.tags.all()) == {old, new}
    assert set(other.tags.all()) == {new}
    answer = browser.post("/tasks/bulk/", {"action": "archive", "value": "1", "ids": ids}, headers=HTMX)
    assert Task.objects.exclude(archived_at=None).get() == mine
    assert "1 was left alone: Only the project" in toast_of(answer)["text"]
    undo(browser, answer)
    assert not Task.objects.exclude(archived_at=None).exists()


@pytest.mark.parametrize(
    "asked", [{"action": "explode"}, {"action": "status", "value": "lost"}, {"action": "tag", "value": "x"}]
)
def test_bulk_nonsense(client_for: ClientFor, owner: User, asked: dict[str, str]):
    assert client_for(owner).post("/tasks/bulk/", {**asked, "ids": [make_task().pk]}, headers=HTMX).status_code == 409


def test_entries_within_rights(client_for: ClientFor, owner: User, teammate: User, lead: User):
    task = make_task()
    make_entry(owner, task=task, description="by the owner")
    assert "by the owner" in text(client_for(owner).get(f"/tasks/{task.pk}/"))
    assert "by the owner" in text(client_for(lead).get(f"/tasks/{task.pk}/"))
    for page in (f"/tasks/{task.pk}/", f"/projects/{task.project_id}/"):
        assert "by the owner" not in text(client_for(teammate).get(page))
        assert "1:00" in text(client_for(teammate).get(page))  # hours on a task are no secret


@pytest.mark.parametrize(
    ("due", "words"),
    [
        (-3 * DAY, "3 days late"),
        (-DAY, "late since yesterday"),
        (DAY, "tomorrow"),
        (3 * DAY, "in 3 days"),
        (40 * DAY, "2026"),
    ],
)
def test_due_in_words(client_for: ClientFor, owner: User, due: dt.timedelta, words: str, time_machine):
    time_machine.move_to(
        dt.datetime(2026, 12, 20, 12, tzinfo=dt.UTC) if words == "2026" else dt.datetime(2026, 6, 15, 12, tzinfo=dt.UTC)
    )
    make_task(due_at=timezone.now() + due)
    expected = "2027" if words == "2026" else words
    assert expected in text(client_for(owner).get(LIST))


@pytest.mark.parametrize("url", [LIST, "/tasks/?show=all&sort=-tracked", "/tasks/{pk}/", "/tasks/board/"])
def test_statements(client_for: ClientFor, owner: User, teammate: User, outsider: User, url: str):
    first = make_task(assignee=owner)
    first.tags.add(make_tag())
    make_entry(owner, task=first)
    browser, url = client_for(owner), url.format(pk=first.pk)
    at_one = statements(browser, url)
    for number, person in enumerate((teammate, outsider)):
        task = make_task(make_project(client=make_client()), assignee=person)
        task.tags.add(make_tag())
        first.tags.add(make_tag())
        make_entry(owner, task=first, start=timezone.now() - DAY * (number + 1))

    assert statements(browser, url) == at_one
    assert at_one <= MOST_STATEMENTS


def test_undo_of_reopening_is_not_another_completion(client_for: ClientFor, owner: User):
    browser, task = client_for(owner), make_task()
    a_month_ago = timezone.now() - dt.timedelta(days=30)
    update_task(task=task, actor=owner, status="done", at=a_month_ago)
    undo(browser, browser.post(f"/tasks/{task.pk}/status/?status=todo", headers=HTMX))
    task.refresh_from_db()
    assert (task.status, task.completed_at) == ("done", a_month_ago)
    assert Event.objects.filter(type="task_completed").count() == 1
    browser.post(f"/tasks/{task.pk}/status/?status=todo", headers=HTMX)
    browser.post(f"/tasks/{task.pk}/status/?status=done&was=made-up", headers=HTMX)
    assert Event.objects.filter(type="task_completed").count() == 2
