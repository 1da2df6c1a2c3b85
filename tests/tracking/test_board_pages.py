from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import User
from tests.conftest import ClientFor
from tests.tracking.pages import HTMX, MOST_STATEMENTS, statements, text, toast_of
from tests.work import make_project, make_tag, make_task
from timetracker.web.errors import Conflict
from tracking.board import FINISHED_SHOWN, OPEN_SHOWN, board_columns
from tracking.choices import TaskStatus
from tracking.models import Task
from tracking.services.tasks import STEP, TIGHT, create_task, move_task

pytestmark = pytest.mark.django_db

BOARD = "/tasks/board/"


def column(status: str = TaskStatus.TODO) -> list[Task]:
    return next(found.tasks for found in board_columns(Task.objects.all(), {}) if found.status == status)


@pytest.fixture
def cards(owner: User) -> list[Task]:
    project = make_project()
    return [create_task(actor=owner, project=project, name=f"Card {number}") for number in range(3)]


def test_cards_go_where_they_are_put(owner: User, cards: list[Task]):
    a, b, c = cards
    assert column() == [a, b, c]
    move_task(task=c, actor=owner, status="todo")
    assert column() == [c, a, b]
    move_task(task=c, actor=owner, status="todo", after=a)
    assert column() == [a, c, b]
    move_task(task=a, actor=owner, status="todo", after=b)
    assert column() == [c, b, a]
    move_task(task=b, actor=owner, status="review")
    assert (column(), column("review")) == ([c, a], [b])


def test_no_room_between_two_cards_is_made_anew(owner: User, cards: list[Task]):
    a, b, c = cards
    for number in range(60):
        # Always right below the first: each time the gap is halved.
        move_task(task=(b, c)[number % 2], actor=owner, status="todo", after=a)
        assert column() == [a, (b, c)[number % 2], (c, b)[number % 2]]
    positions = [task.position for task in column()]
    assert min(later - earlier for earlier, later in pairwise(positions)) > TIGHT / 2


def test_cards_at_the_same_place_are_told_apart(owner: User, cards: list[Task]):
    Task.objects.update(position=5.0)
    a, b, c = cards
    move_task(task=c, actor=owner, status="todo", after=a)
    assert column() == [a, c, b]
    assert column()[1].position - column()[0].position >= STEP / 2


def test_a_finished_column_keeps_the_order_of_finishing(owner: User, cards: list[Task]):
    a, b, c = cards
    for card in (b, a, c):
        move_task(task=card, actor=owner, status="done")
    assert column("done") == [c, a, b]
    for card in (a, c, b):
        move_task(task=card, actor=owner, status="cancelled", after=None)
    assert column("cancelled") == [b, c, a]


def test_a_stale_move_is_refused_and_leaves_no_trace(owner: User, cards: list[Task]):
    a, b, c = cards
    move_task(task=a, actor=owner, status="review")
    with pytest.raises(Conflict) as refused:
        move_task(task=b, actor=owner, status="todo", after=a)
    assert refused.value.code == "stale"
    with pytest.raises(Conflict):
        move_task(task=c, actor=owner, status="in_progress", after=b)
    c.refresh_from_db()
    assert c.status == "todo"
    Task.objects.filter(pk=c.pk).update(archived_at=timezone.now())
    with pytest.raises(Conflict):
        move_task(task=c, actor=owner, status="review")
    with pytest.raises(ValidationError):
        move_task(task=b, actor=owner, status="lost")


def test_the_page_moves_a_card(client_for: ClientFor, owner: User, cards: list[Task]):
    a, b, c = cards
    browser = client_for(owner)
    assert browser.post(f"/tasks/{a.pk}/move/", {"status": "review", "after": ""}, headers=HTMX).status_code == 204
    assert browser.post(f"/tasks/{b.pk}/move/", {"status": "todo", "after": c.pk}, headers=HTMX).status_code == 204
    assert (column(), column("review")) == ([c, b], [a])


@pytest.mark.parametrize("after", ["gone", "999999", "elsewhere"])
def test_a_stale_page_gets_the_fresh_column(client_for: ClientFor, owner: User, cards: list[Task], after: str):
    a, b, _c = cards
    move_task(task=a, actor=owner, status="review")
    asked = {"status": "todo", "after": a.pk if after == "elsewhere" else after}
    answer = client_for(owner).post(f"/tasks/{b.pk}/move/", asked, headers=HTMX)

    assert answer.status_code == 409
    assert "Card 1" in text(answer)
    assert "Card 0" not in text(answer)
    assert toast_of(answer)["level"] == "warning"
    assert "workChanged" in answer.headers["HX-Trigger"]


def test_nobody_is_told_about_cards_they_do_not_see(client_for: ClientFor, owner: User, outsider: User):
    project = make_project(manager=owner, is_public=False)
    hidden, seen = make_task(project, name="Hidden"), make_task(name="Seen")
    answer = client_for(outsider).post(f"/tasks/{seen.pk}/move/", {"status": "todo", "after": hidden.pk}, headers=HTMX)
    assert answer.status_code == 409
    assert "Hidden" not in text(answer)
    assert client_for(outsider).post(f"/tasks/{hidden.pk}/move/", {"status": "done"}, headers=HTMX).status_code == 404


def test_filters(client_for: ClientFor, owner: User):
    tag, project = make_tag(), make_project()
    mine, other = make_task(project, assignee=owner, name="Mine"), make_task(name="Other")
    other.tags.add(tag)
    make_task(name="Gone", archived_at=timezone.now())
    browser = client_for(owner)

    def found(query: str) -> list[Task]:
        return [task for found in browser.get(f"{BOARD}?{query}").context["columns"] for task in found.tasks]

    assert found("") == [mine, other]
    assert found(f"project={project.pk}") == found("assignee=me") == found("q=MIN") == [mine]
    assert found(f"tag={tag.pk}") == found("assignee=none") == [other]


def test_long_columns_show_their_first_cards(client_for: ClientFor, owner: User):
    project, now = make_project(), timezone.now()
    Task.objects.bulk_create(
        [Task(project=project, name=f"Open {number}", position=number) for number in range(170)]
        + [
            Task(
                project=project, name=f"Done {n}", status="done", completed_at=now - dt.timedelta(hours=n), position=-n
            )
            for n in range(60)
        ]
    )
    browser = client_for(owner)
    page = browser.get(BOARD)
    todo, done = page.context["columns"][0], page.context["columns"][3]

    assert (todo.total, len(todo.tasks), todo.tasks[0].name) == (170, OPEN_SHOWN, "Open 0")
    assert (done.total, len(done.tasks), done.tasks[0].name) == (60, FINISHED_SHOWN, "Done 0")
    assert "todo=160" in text(page)
    more = browser.get(f"{BOARD}?todo=160&done=150&review=x").context["columns"]
    assert (len(more[0].tasks), len(more[3].tasks), more[3].next_shown) == (160, 60, 0)
    assert statements(browser, BOARD) <= MOST_STATEMENTS
