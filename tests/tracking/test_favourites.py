"""What is pinned: once for each subject, in an order, at most so many, and started by the timer's own service."""

from __future__ import annotations

import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import timezone

from accounts.models import User
from tests.tracking.pages import at
from tests.work import make_entry, make_project, make_tag, make_task
from timetracker.events.models import Event
from timetracker.web.errors import Conflict
from tracking.models import Favourite, Project, ProjectMember, TimeEntry
from tracking.models.favourite import subject_of
from tracking.services.favourites import KEPT, MOST, move_pin, pin_entry, restore_pin, start_pinned, unpin
from tracking.services.tags import delete_tag
from tracking.services.tasks import archive_task

pytestmark = pytest.mark.django_db


def pin(user: User, day: int = 2, **fields) -> Favourite:
    return pin_entry(user=user, entry=make_entry(user, at(day, 9), **fields))


def names(user: User) -> str:
    return "".join(pin.description for pin in Favourite.objects.of(user))


def obstacle(pin: Favourite) -> str:
    return Favourite.objects.of(pin.user).get(pk=pin.pk).obstacle


# ── Undo ─────────────────────────────────────────────────────────────────────
def test_unpinning_is_undone_exactly(owner: User):
    tag = make_tag()
    for name in "ABC":
        pin(owner, description=name, tags=[tag], task=make_task(), billable=True)
    [_a, b, c] = before = list(Favourite.objects.of(owner))
    facts = list(Favourite.objects.of(owner).values())
    unpin(user=owner, pin=b)
    unpin(user=owner, pin=c)
    assert names(owner) == "A"
    for pinned in (c, b, b):
        restore_pin(user=owner, pin=pinned)
    after = list(Favourite.objects.of(owner))
    assert (after, list(Favourite.objects.of(owner).values())) == (before, facts)
    assert list(after[1].tags.all()) == [tag]


def test_undo_after_others_were_pinned_and_moved(owner: User):
    for name in "ABCD":
        pin(owner, description=name)
    _a, b, _c, d = Favourite.objects.of(owner)
    unpin(user=owner, pin=d)
    pin(owner, description="E")
    restore_pin(user=owner, pin=d)
    assert names(owner) == "ABCDE"
    unpin(user=owner, pin=b)
    move_pin(user=owner, pin=d, by=-1)
    assert names(owner) == "ADCE"
    restore_pin(user=owner, pin=b)
    assert names(owner) == "ABDCE"


def test_undo_where_there_is_no_need_or_no_room(owner: User):
    first = pin(owner, description="A")
    unpin(user=owner, pin=first)
    again = pin(owner, description="A")
    assert restore_pin(user=owner, pin=first) == again
    assert names(owner) == "A"
    for number in range(1, MOST):
        last = pin(owner, description=str(number))
    unpin(user=owner, pin=last)
    pin(owner, description="one more")
    with pytest.raises(Conflict, match="favourites already"):
        restore_pin(user=owner, pin=last)


def test_what_was_unpinned_is_kept_for_a_day(owner: User, teammate: User):
    old, other, new = pin(owner, description="A"), pin(teammate), pin(owner, description="B")
    for pinned in (old, other):
        unpin(user=pinned.user, pin=pinned)
    Favourite.objects.filter(unpinned_at__isnull=False).update(unpinned_at=timezone.now() - KEPT * 2)
    unpin(user=owner, pin=new)
    assert set(Favourite.objects.all()) == {other, new}


# ── Pinning ──────────────────────────────────────────────────────────────────
def test_a_pin_holds_what_the_entry_was_about_and_records_nothing(owner: User):
    task, tag = make_task(), make_tag()
    entry = make_entry(owner, task=task, description="Standup", tags=[tag], billable=True)
    before = Event.objects.count()
    pinned = pin_entry(user=owner, entry=entry)
    assert (pinned.description, pinned.project, pinned.task, pinned.billable) == ("Standup", task.project, task, True)
    assert list(pinned.tags.all()) == [tag]
    move_pin(user=owner, pin=pinned, by=1)
    unpin(user=owner, pin=pinned)
    unpin(user=owner, pin=pinned)
    restore_pin(user=owner, pin=pinned)
    unpin(user=owner, pin=pinned)
    assert Event.objects.count() == before
    assert not Favourite.objects.of(owner).exists()


def test_the_same_subject_is_pinned_once(owner: User, teammate: User):
    project, tag = make_project(), make_tag()
    subject = {"description": "Mail", "project": project, "tags": [tag], "billable": False}
    first = pin(owner, 2, **subject)
    assert pin(owner, 3, **subject) == first
    others = [subject | change for change in ({"description": "mail"}, {"tags": []}, {"billable": True})]
    assert len({pin(owner, 4, **other).pk for other in [*others, {"description": "Mail"}]}) == 4
    assert pin(teammate, **subject) != first


def test_the_database_holds_a_subject_once_too(owner: User):
    first = pin(owner)
    with pytest.raises(IntegrityError):
        Favourite.objects.create(user=owner, subject=first.subject)


def test_at_most_so_many(owner: User, teammate: User):
    for number in range(MOST):
        pin(owner, description=str(number))
    with pytest.raises(Conflict, match="12 favourites already") as refused:
        pin(owner, description="one more")
    assert refused.value.code == "too_many"
    assert pin(owner, description="3")  # pinned already
    assert pin(teammate)
    unpin(user=owner, pin=Favourite.objects.of(owner)[0])
    assert pin(owner, description="one more").position == MOST


def test_what_cannot_be_booked_on_is_not_pinned(owner: User):
    project = make_project()
    entry = make_entry(owner, project=project)
    Project.objects.update(status="archived")
    with pytest.raises(ValidationError, match="closed"):
        pin_entry(user=owner, entry=entry)


# ── The order ────────────────────────────────────────────────────────────────
def test_moving(owner: User, teammate: User):
    a, b, c = [pin(owner, description=letter) for letter in "abc"]
    other = pin(teammate, description="x")
    for moved, by, place, order in (
        (c, -1, 1, "acb"), (c, -1, 0, "cab"), (c, -1, 0, "cab"), (a, 1, 2, "cba"), (b, 9, 2, "cab"), (b, -9, 0, "bca"),
    ):  # fmt: skip
        assert move_pin(user=owner, pin=moved, by=by) == place
        assert names(owner) == order
    unpin(user=owner, pin=c)
    assert (names(owner), pin(owner, description="d").position, names(owner)) == ("ba", 3, "bad")
    for gone in (c, other):
        with pytest.raises(Conflict):
            move_pin(user=owner, pin=gone, by=1)
    unpin(user=owner, pin=other)
    assert names(teammate) == "x"


# ── Starting ─────────────────────────────────────────────────────────────────
def test_started_with_all_it_holds_and_once_by_a_double_click(owner: User):
    tag, uid = make_tag(), uuid.uuid4()
    pinned = pin(owner, task=make_task(), description="Standup", tags=[tag], billable=False)
    entry = start_pinned(user=owner, pin=pinned, uid=uid)
    assert entry.running
    assert subject_of(entry) == pinned.subject
    assert start_pinned(user=owner, pin=pinned, uid=uid).repeated
    assert TimeEntry.objects.filter(source="timer").count() == 1


@pytest.mark.parametrize("status", ["archived", "completed"])
def test_a_closed_project(owner: User, status: str):
    pinned = pin(owner, project=make_project())
    assert obstacle(pinned) == ""
    Project.objects.update(status=status)
    assert obstacle(pinned) == "The project is closed"
    with pytest.raises(ValidationError, match="closed"):
        start_pinned(user=owner, pin=Favourite.objects.get())
    assert not TimeEntry.objects.running().exists()


def test_a_project_that_is_no_longer_seen(owner: User, manager: User):
    pinned = pin(owner, task=make_task(make_project(manager, (owner,), is_public=False)))
    ProjectMember.objects.filter(user=owner).delete()
    seen = Favourite.objects.of(owner).get()
    assert (seen.obstacle, seen.shown_project, seen.shown_task) == ("You no longer see this project", None, None)
    with pytest.raises(ValidationError, match="no such project"):
        start_pinned(user=owner, pin=pinned)


def test_a_task_that_is_archived_or_elsewhere(owner: User, manager: User):
    task = make_task()
    pinned = pin(owner, task=task)
    archive_task(task=task, actor=manager)
    assert obstacle(pinned) == "The task is archived"
    task.archived_at, task.project = None, make_project()
    task.save()
    assert obstacle(pinned) == "The task is in another project now"
    for refused in (pinned, Favourite.objects.get()):
        with pytest.raises(ValidationError):
            start_pinned(user=owner, pin=refused)


def test_what_is_deleted_takes_along_what_hangs_on_it(owner: User, manager: User):
    tag, project = make_tag(), make_project()
    entry = make_entry(owner, tags=[tag], description="tagged")
    tagged, booked = pin_entry(user=owner, entry=entry), pin(owner, project=project)
    TimeEntry.objects.all().delete()
    delete_tag(tag=tag, actor=manager)
    assert not tagged.tags.exists()
    assert pin(owner, description="tagged") == tagged
    project.delete()
    assert not Favourite.objects.filter(pk=booked.pk).exists()
