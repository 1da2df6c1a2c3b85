"""Every order of every list, page by page: each row once, whatever it is ordered by."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import User
from tests.work import MONDAY, make_client, make_entry, make_project, make_tag, make_task
from tracking.api.filters import ClientFilters, ProjectFilters, TagFilters, TaskFilters, TimeEntryFilters
from tracking.services.timer import start_timer

pytestmark = pytest.mark.django_db
LISTS = {
    "clients/": ClientFilters,
    "projects/": ProjectFilters,
    "tasks/": TaskFilters,
    "tags/": TagFilters,
    "time-entries/": TimeEntryFilters,
}
ORDERS = [
    (path, sign + name)
    for path, filters in LISTS.items()
    for name in filters.base_filters["ordering"].param_map
    for sign in ("", "-")
]


@pytest.fixture
def rows(owner: User) -> None:
    for number in range(4):
        client = make_client(name=f"Client {number % 2}{number}")
        project = make_project(manager=owner, client=client, due_on=dt.date(2027, 1, 1 + number % 2))
        make_task(project, due_at=timezone.now() if number % 2 else None)
        make_tag()
        make_entry(owner, MONDAY + dt.timedelta(hours=number), 30)
    start_timer(user=owner)


@pytest.mark.parametrize(("path", "ordering"), ORDERS)
def test_pages_hold_every_row_once(api, owner: User, rows, path: str, ordering: str):
    caller = api(owner)
    found: list[int] = []
    page = caller.get(path, ordering=ordering, page_size=2).json()
    while True:
        found += [row["id"] for row in page["results"]]
        if page["next"] is None:
            break
        page = caller.client.get(page["next"], headers=caller.headers).json()
    assert sorted(found) == sorted(row["id"] for row in caller.rows(path, page_size=200))
