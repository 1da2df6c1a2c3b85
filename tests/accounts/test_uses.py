"""What a person chose in the command palette is counted, for them alone, and forgotten when it is too much."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Use
from accounts.palette import weight
from accounts.services import uses
from accounts.services.uses import note_use
from timetracker.events.models import Event

pytestmark = pytest.mark.django_db


def test_each_use_is_counted_once_a_thing(owner, teammate):
    note_use(user=owner, what="command:go-tasks")
    before = Use.objects.get().used_at
    note_use(user=owner, what="command:go-tasks")
    note_use(user=teammate, what="command:go-tasks")
    use = Use.objects.get(user=owner)
    assert (use.count, Use.objects.count()) == (2, 2)
    assert use.used_at > before
    assert not Event.objects.exists()  # a habit is nobody's business


def test_what_was_used_longest_ago_is_forgotten(owner, teammate, monkeypatch):
    monkeypatch.setattr(uses, "KEPT", 3)
    note_use(user=teammate, what="project:1")
    for what in ("project:1", "project:2", "project:3", "project:1", "project:4"):
        note_use(user=owner, what=what)
    assert [use.what for use in Use.objects.filter(user=owner)] == ["project:4", "project:1", "project:3"]
    assert Use.objects.filter(user=teammate).count() == 1


@pytest.mark.parametrize(
    "what", ["", "project", "Project:1", "project:", "project:\0", "project:1\n", "p:" + "x" * 100]
)
def test_what_is_no_key_is_refused(owner, client_for, what):
    with pytest.raises(ValidationError):
        note_use(user=owner, what=what)
    assert client_for(owner).post("/palette/used/", {"what": what}).status_code in {400, 409}
    assert not Use.objects.exists()


def test_the_page_notes_a_use(owner, client_for):
    assert client_for(owner).post("/palette/used/", {"what": "command:go-tasks"}).status_code == 204
    assert Use.objects.get().user == owner
    assert client_for(owner).get("/palette/used/").status_code == 405


def test_often_and_lately_weighs_most():
    now = timezone.now()

    def used(count: int, days: float) -> float:
        return weight(Use(count=count, used_at=now - dt.timedelta(days=days)), now)

    assert used(5, 0) > used(1, 0) == used(2, 1) > used(20, 60)
    assert used(1, -1) == 1  # clocks differ
