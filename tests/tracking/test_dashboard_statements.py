"""How many statements the home page takes, with every widget; a new one is covered by being registered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.choices import Role
from accounts.middleware import FirstRunMiddleware
from accounts.models import Organisation, User
from tests.conftest import ClientFor
from tests.factories import UserFactory
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
TOPICS = sorted({topic for widget in all_widgets() for topic in widget.topics})
ADDRESSES = [
    "/",
    BATCH,
    *(f"{BATCH}{name}/" for name in NAMES),
    *(f"{BATCH}?topic={topic}" for topic in TOPICS),
]


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


def asked_at(browser: Client, url: str) -> int:
    cache.clear()
    return statements(browser, url, HTMX if url != "/" else None)


@pytest.fixture(scope="module")
def few(kept_for_the_file: None) -> dict[str, int]:
    """The statements of every address with one row of everything. There are three of them afterwards."""
    Organisation.objects.create(pk=Organisation.PK, name="Kestrel Studio", set_up_at=timezone.now())
    person = UserFactory.create(username="ada", role=Role.ADMINISTRATOR)
    colleague = UserFactory.create(username="olga")
    browser = Client()
    browser.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    give_all(person)
    with time_machine.travel(NOON, tick=False), pytest.MonkeyPatch.context() as patch:
        patch.setattr(FirstRunMiddleware, "set_up", True)
        work(person, colleague)
        found = {url: asked_at(browser, url) for url in ADDRESSES}
        work(person, colleague)
        work(person, colleague)
    return found


@pytest.fixture
def administrator(few: dict[str, int]) -> User:
    return User.objects.get(username="ada")


@pytest.fixture
def owner(few: dict[str, int]) -> User:
    return User.objects.get(username="olga")


@pytest.fixture
def counted(few: dict[str, int], administrator: User, client_for: ClientFor) -> Callable[[str], tuple[int, int]]:
    """The statements of an address with one row of everything, and with three."""
    browser = client_for(administrator)
    return lambda url: (few[url], asked_at(browser, url))


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


@pytest.mark.parametrize("topic", TOPICS)
def test_what_listens_to_a_topic(topic: str, counted):
    few, more = counted(f"{BATCH}?topic={topic}")
    assert few == more <= MOST_OF_ALL


def test_a_person_of_the_standard_board_reads_it_once(owner: User, client_for: ClientFor):
    browser = client_for(owner)
    before = nothing_new(browser, owner)
    give_all(owner)
    assert before - nothing_new(browser, owner) == 1


def test_every_widget_is_drawn(administrator: User, client_for: ClientFor):
    """None of them failed quietly, which would cost no statements either."""
    page = client_for(administrator).get(BATCH, headers=HTMX).content.decode()
    assert [name for name in NAMES if f'id="widget-{name}"' not in page] == []
    assert "widget-again-" not in page
