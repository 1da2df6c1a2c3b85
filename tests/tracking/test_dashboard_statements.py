"""How many statements the home page takes, with every widget; a new one is covered by being registered."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from tests.conftest import ClientFor
from tests.tracking.pages import HTMX, MOST_STATEMENTS, NOON, at, statements
from tests.work import make_client, make_entry, make_project, make_tag, make_task
from timetracker.web.widgets import Place, Scope, Size, all_widgets
from tracking.choices import TaskStatus
from tracking.dashboard import board_of
from tracking.services.favourites import pin_entry
from tracking.services.timer import start_timer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wednesday")]

BATCH = "/dashboard/widgets/"
MOST_OF_ALL = 40
MOST_OF_ONE = 3
"""Beside session, person and the board itself."""
NAMES = [widget.name for widget in all_widgets()]


def give_all(user: User) -> None:
    """Every widget, as large and wide as it goes."""
    places = [
        Place(widget, max(widget.sizes, key=list(Size).index), widget.fit({"scope": Scope.TEAM}))
        for widget in all_widgets()
    ]
    user.dashboard = [place.kept() for place in places]
    user.save(update_fields=["dashboard"])


def work(user: User, colleague: User) -> None:
    """A row more of everything that a widget may show, the timer running."""
    for person in (user, colleague):
        project = make_project(client=make_client())
        due = make_task(project, assignee=person, due_at=NOON + dt.timedelta(days=1))
        make_task(project, assignee=person, status=TaskStatus.DONE, completed_at=NOON)
        for day in (2, 3, 3):  # twice the same hour: something to review
            entry = make_entry(
                person, at(day, 9), 60, task=due, tags=[make_tag()], description=f"{project.name}, {day}"
            )
        pin_entry(user=person, entry=entry)
        start_timer(user=person, task=due, tags=[make_tag()])


@pytest.fixture
def counted(administrator: User, owner: User, client_for: ClientFor):
    """The statements of an address with one row of everything, and with three."""
    give_all(administrator)
    browser = client_for(administrator)

    def count(url: str) -> tuple[int, int]:
        work(administrator, owner)
        few = statements(browser, url, HTMX if url != "/" else None)
        work(administrator, owner)
        work(administrator, owner)
        return few, statements(browser, url, HTMX if url != "/" else None)

    return count


def nothing_new(browser: Client, user: User) -> int:
    """Statements of an answer that draws no widget: session, person, board."""
    digest = board_of(User.objects.get(pk=user.pk)).digest
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(f"{BATCH}?have={digest}", headers=HTMX).status_code == 204
    return len(asked)


def test_the_shell(counted):
    few, more = counted("/")
    assert few == more <= MOST_STATEMENTS


def test_all_widgets_at_once(counted):
    few, more = counted(BATCH)
    assert few == more <= MOST_OF_ALL


@pytest.mark.parametrize("name", NAMES)
def test_each_widget(name: str, counted, administrator: User, client_for: ClientFor):
    few, more = counted(f"{BATCH}{name}/")
    assert few == more
    assert more - nothing_new(client_for(administrator), administrator) <= MOST_OF_ONE


@pytest.mark.parametrize("topic", sorted({topic for widget in all_widgets() for topic in widget.topics}))
def test_what_listens_to_a_topic(topic: str, counted):
    few, more = counted(f"{BATCH}?topic={topic}")
    assert few == more <= MOST_OF_ALL


def test_a_person_of_the_standard_board_reads_it_once(owner: User, client_for: ClientFor):
    browser = client_for(owner)
    before = nothing_new(browser, owner)
    give_all(owner)
    assert before - nothing_new(browser, owner) == 1


def test_every_widget_is_drawn(administrator: User, owner: User, client_for: ClientFor):
    """None of them failed quietly, which would cost no statements either."""
    give_all(administrator)
    work(administrator, owner)
    page = client_for(administrator).get(BATCH, headers=HTMX).content.decode()
    assert [name for name in NAMES if f'id="widget-{name}"' not in page] == []
    assert "widget-again-" not in page
