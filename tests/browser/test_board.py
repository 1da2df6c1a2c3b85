"""The board in Chromium: by mouse, by keys, stale, and live in a second browser."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from tests.browser.tools import assert_fits, assert_no_axe_violations, box_of, wait_until_live
from tests.factories import UserFactory
from tests.work import make_project
from tracking.models import Project, Task
from tracking.services.tasks import create_task

pytestmark = pytest.mark.browser
BOARD = "/tasks/board/"


@pytest.fixture
def project(person: User) -> Project:
    return make_project(manager=person, name="Website relaunch", color="violet")


@pytest.fixture
def cards(person: User, project: Project) -> list[Task]:
    return [create_task(actor=person, project=project, name=f"Card {number}", assignee=person) for number in range(3)]


def column(page: Page, status: str) -> Locator:
    return page.locator(f"[data-board-column={status}]")


def names(page: Page, status: str) -> Locator:
    return column(page, status).locator("[data-card] > a")


def drag(page: Page, card: Task, onto: Locator) -> None:
    """SortableJS wants to see the pointer travel."""
    page.locator(f"#card-{card.pk}").hover(position={"x": 12, "y": 60})
    page.mouse.down()
    target = box_of(onto)
    x, y = target["x"] + target["width"] / 2, target["y"] + min(target["height"] / 2, 40)
    for step in range(1, 4):
        page.mouse.move(x, y + step, steps=5)
    page.mouse.up()


def test_drag_to_another_column(open_page, person: User, cards: list[Task]):
    page = open_page(person, BOARD)
    with page.expect_response(f"**/tasks/{cards[0].pk}/move/") as answer:
        drag(page, cards[0], column(page, "in_progress"))

    assert answer.value.status == 204
    expect(names(page, "in_progress")).to_have_text(["Card 0"])
    expect(page.locator("#column-todo [data-board-count]")).to_have_text("2")
    expect(page.locator("#column-in_progress [data-board-count]")).to_have_text("1")
    page.reload()
    expect(names(page, "in_progress")).to_have_text(["Card 0"])
    expect(names(page, "todo")).to_have_text(["Card 1", "Card 2"])


def test_move_by_keys(open_page, person: User, cards: list[Task]):
    page = open_page(person, BOARD)
    page.locator(f"#card-{cards[2].pk}").focus()
    for order in (["Card 0", "Card 2", "Card 1"], ["Card 2", "Card 0", "Card 1"]):
        with page.expect_response("**/move/"):
            page.keyboard.press("Alt+ArrowUp")
        expect(names(page, "todo")).to_have_text(order)
    expect(page.locator("#announcer")).to_contain_text("Card 2: To do, 1 of 3")
    with page.expect_response("**/move/"):
        page.keyboard.press("Alt+ArrowRight")
    expect(names(page, "in_progress")).to_have_text(["Card 2"])
    expect(page.locator(f"#card-{cards[2].pk}")).to_be_focused()
    page.reload()
    expect(names(page, "in_progress")).to_have_text(["Card 2"])
    expect(names(page, "todo")).to_have_text(["Card 0", "Card 1"])


def test_a_stale_board_is_shown_anew(open_page, person: User, cards: list[Task], allow_console):
    allow_console("status of 409")
    allow_console("Error Code 409")
    page = open_page(person, BOARD)
    expect(names(page, "todo")).to_have_count(3)
    # Written past the services, so that no push tells the page.
    Task.objects.filter(pk=cards[0].pk).update(archived_at=timezone.now())
    page.locator(f"#card-{cards[0].pk}").focus()
    page.keyboard.press("Alt+ArrowRight")

    expect(page.locator(".toast")).to_contain_text("archived in the meantime")
    expect(names(page, "todo")).to_have_text(["Card 1", "Card 2"])
    expect(names(page, "in_progress")).to_have_count(0)


def test_live_in_a_second_browser(open_page, person: User, cards: list[Task], project: Project):
    colleague = UserFactory.create(username="tom", display_name="Tom Weber")
    mine, theirs = open_page(person, BOARD), open_page(colleague, f"{BOARD}?project={project.pk}")
    wait_until_live(theirs)
    mine.locator(f"#card-{cards[0].pk}").focus()
    mine.keyboard.press("Alt+ArrowRight")

    expect(names(theirs, "in_progress")).to_have_text(["Card 0"], timeout=3000)
    assert theirs.url.endswith(f"?project={project.pk}")


def test_filter_and_show_more(open_page, person: User, project: Project):
    Task.objects.bulk_create(
        Task(project=project, name=f"Card {number}", position=number, assignee=person if number < 62 else None)
        for number in range(70)
    )
    page = open_page(person, BOARD)
    expect(names(page, "todo")).to_have_count(60)
    page.get_by_role("link", name="Show more of 10").click()
    expect(names(page, "todo")).to_have_count(70)
    assert "todo=160" in page.url
    page.get_by_label("Assignee").select_option("none")
    expect(names(page, "todo")).to_have_count(8)
    page.get_by_label("Search tasks").fill("card 69")
    expect(names(page, "todo")).to_have_text(["Card 69"])
    assert "q=card" in page.url


def test_it_fits_and_can_be_used_by_everybody(open_page, person: User, cards: list[Task], look):
    page = open_page(person, BOARD, **look)
    expect(names(page, "todo")).to_have_count(3)
    assert_fits(page)
    assert_no_axe_violations(page)
