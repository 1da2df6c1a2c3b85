"""Every change of entries is a batch, and every batch can be taken back: alone, and all of them one after the other."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from tests.work import MONDAY, make_entry, make_project, make_tag, make_task
from timetracker.events.models import Event
from timetracker.web.errors import Conflict, NotAllowed
from tracking.choices import BatchKind, Review
from tracking.models import Batch, Project, ProjectMember, TimeEntry
from tracking.services.batches import forget_batches, one_batch
from tracking.services.corrections import duplicate_entry, merge_entries, set_billed, split_entry
from tracking.services.entries import create_entry, delete_entry, restore_entry, update_entry
from tracking.services.review import accept_entry
from tracking.services.state import state_of
from tracking.services.timer import discard_timer, start_timer, stop_timer
from tracking.services.totals import rebuild_totals
from tracking.services.undo import undo_batch

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def last_batch() -> Batch:
    return Batch.objects.order_by("-pk")[0]


def undo(actor: User) -> Batch:
    return undo_batch(batch=last_batch(), actor=actor)


def everything() -> dict[int, dict[str, object]]:
    return {entry.pk: state_of(entry) for entry in TimeEntry.objects.alive().order_by("pk")}


# ── One after the other ──────────────────────────────────────────────────────
def test_an_edit_is_taken_back_and_done_again(owner: User):
    first, second, tag = make_project(rate="50"), make_project(rate="70"), make_tag()
    entry = make_entry(owner, project=first, billable=True, description="old")
    was = state_of(entry)
    update_entry(entry=entry, actor=owner, project=second, description="new", tags=[tag], ended_at=MONDAY + 2 * HOUR)
    changed = everything()
    undo(owner)
    entry.refresh_from_db()
    assert state_of(entry) == was
    assert entry.rate == 50
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.tracked_seconds, second.tracked_seconds) == (3600, 0)
    undo(owner)  # undoing the Undo
    assert everything() == changed


def test_the_rate_of_a_batch_is_told_to_nobody(owner: User):
    entry = make_entry(owner, project=make_project(rate="913.57"), billable=True)
    update_entry(entry=entry, actor=owner, billable=False)
    undo(owner)
    assert not [event for event in Event.objects.all() if "913" in str(event.payload)]


def test_a_deleted_entry_comes_back_and_a_new_one_goes(owner: User):
    entry = make_entry(owner)
    undo(owner)
    entry.refresh_from_db()
    assert entry.deleted_at is not None
    undo(owner)
    delete_entry(entry=TimeEntry.objects.get(), actor=owner)
    undo(owner)
    assert TimeEntry.objects.alive().count() == 1
    assert list(Event.objects.order_by("pk").values_list("type", flat=True)) == [
        "time_logged", "entry_deleted", "entry_restored", "entry_deleted", "entry_restored",
    ]  # fmt: skip


def test_what_changed_since_is_left_alone(owner: User):
    entry = make_entry(owner, description="one")
    update_entry(entry=entry, actor=owner, description="two")
    first = last_batch()
    update_entry(entry=entry, actor=owner, description="three")
    with pytest.raises(Conflict) as conflict:
        undo_batch(batch=first, actor=owner)
    assert conflict.value.code == "changed_since"
    undo(owner)
    undo_batch(batch=first, actor=owner)
    entry.refresh_from_db()
    assert entry.description == "one"


def test_other_fields_may_have_changed_since(owner: User):
    entry = make_entry(owner, description="one")
    update_entry(entry=entry, actor=owner, description="two")
    first = last_batch()
    update_entry(entry=entry, actor=owner, billable=True)
    undo_batch(batch=first, actor=owner)
    entry.refresh_from_db()
    assert (entry.description, entry.billable) == ("one", True)


def test_once_only_and_for_thirty_days(owner: User):
    make_entry(owner)
    batch = last_batch()
    undo_batch(batch=batch, actor=owner)
    with pytest.raises(Conflict):
        undo_batch(batch=batch, actor=owner)
    make_entry(owner, MONDAY + HOUR)
    Batch.objects.update(created_at=timezone.now() - dt.timedelta(days=31))
    with pytest.raises(Conflict):
        undo(owner)


def test_nobody_undoes_what_is_no_longer_theirs(owner: User, outsider: User):
    make_entry(owner)
    with pytest.raises(NotAllowed):
        undo_batch(batch=last_batch(), actor=outsider)
    assert TimeEntry.objects.alive().count() == 1


def test_a_project_that_is_gone(owner: User):
    project = make_project()
    entry = make_entry(owner, project=project)
    update_entry(entry=entry, actor=owner, project=None)
    Project.objects.all().delete()
    with pytest.raises(Conflict):
        undo(owner)


def test_a_discarded_timer_runs_on_or_ends_where_it_was_discarded(owner: User):
    started = start_timer(user=owner)
    discard_timer(user=owner)
    undo(owner)
    assert TimeEntry.objects.running().get() == started
    discard_timer(user=owner)
    discarded = last_batch()
    start_timer(user=owner)
    undo_batch(batch=discarded, actor=owner)
    assert TimeEntry.objects.running().get() != started
    assert TimeEntry.objects.alive().count() == 2


def test_many_as_one(owner: User):
    entries = [make_entry(owner, MONDAY + n * HOUR, description=f"{n}") for n in range(3)]
    before = everything()
    with one_batch(BatchKind.EDIT, actor=owner) as batch:
        for entry in entries:
            update_entry(entry=entry, actor=owner, billable=True)
            update_entry(entry=entry, actor=owner, description="same")
    assert batch.changes.count() == 3
    undo_batch(batch=batch, actor=owner)
    assert everything() == before


def test_a_batch_in_which_nothing_happened_leaves_nothing(owner: User):
    with one_batch(BatchKind.EDIT, actor=owner):
        assert Batch.objects.exists()
    assert not Batch.objects.exists()


def test_old_batches_and_old_trash_are_forgotten(owner: User):
    kept, gone = make_entry(owner), make_entry(owner, MONDAY + HOUR)
    delete_entry(entry=kept, actor=owner)
    delete_entry(entry=gone, actor=owner)
    long_ago = timezone.now() - dt.timedelta(days=31)
    TimeEntry.objects.filter(pk=gone.pk).update(deleted_at=long_ago)
    Batch.objects.filter(kind=BatchKind.LOG).update(created_at=long_ago)
    forget_batches(timezone.now())
    assert list(TimeEntry.objects.all()) == [kept]
    assert set(Batch.objects.values_list("kind", flat=True)) == {BatchKind.DELETE}


# ── Split, merge, duplicate ──────────────────────────────────────────────────
def test_split_shares_the_break_and_merge_makes_one_of_both(owner: User):
    project, tag = make_project(rate="10"), make_tag()
    pause = (MONDAY + HOUR, MONDAY + 2 * HOUR)
    entry = make_entry(owner, minutes=240, project=project, tags=[tag], description="long", breaks=[pause])
    before = everything()
    first, second = split_entry(entry=entry, actor=owner, at=MONDAY + HOUR * 1.5)
    assert (first.seconds, second.seconds) == (3600, 2 * 3600)
    assert (first.break_seconds, second.break_seconds) == (1800, 1800)
    assert list(second.tags.all()) == [tag]
    merged = merge_entries(entries=[second, first], actor=owner)
    assert (merged.pk, merged.seconds, merged.description) == (entry.pk, 3 * 3600, "long")
    project.refresh_from_db()
    assert project.tracked_seconds == 3 * 3600
    undo(owner)
    assert len(everything()) == 2
    undo_batch(batch=Batch.objects.get(kind=BatchKind.SPLIT), actor=owner)
    assert everything() == before


def test_merge_keeps_the_gap_as_a_break_and_counts_shared_time_once(owner: User):
    first = make_entry(owner, MONDAY, 60, description="a")
    crossing = make_entry(owner, MONDAY + HOUR / 2, 60, description="b")
    later = make_entry(owner, MONDAY + 3 * HOUR, 60, description="a")
    merged = merge_entries(entries=[later, crossing, first], actor=owner)
    assert (merged.seconds, merged.description) == (90 * 60 + 3600, "a; b")
    assert list(merged.breaks.values_list("started_at", "ended_at")) == [(MONDAY + 1.5 * HOUR, MONDAY + 3 * HOUR)]
    assert merged.review == Review.NO_PROJECT


def test_only_what_belongs_together_is_merged(owner: User, teammate: User):

    mine, theirs = make_entry(owner), make_entry(teammate)
    other = make_entry(owner, MONDAY + HOUR, project=make_project())
    for entries in ([mine], [mine, theirs], [mine, other]):
        with pytest.raises(ValidationError):
            merge_entries(entries=entries, actor=owner)


def test_a_duplicate_comes_right_after(owner: User):
    task = make_task()
    entry = make_entry(owner, task=task, description="again", breaks=[(MONDAY, MONDAY + HOUR / 2)])
    copy = duplicate_entry(entry=entry, actor=owner)
    assert (copy.started_at, copy.seconds, copy.task) == (MONDAY + HOUR, 1800, task)
    assert (copy.uid != entry.uid, last_batch().kind) == (True, BatchKind.COPY)


# ── Billed ───────────────────────────────────────────────────────────────────
def test_a_billed_entry_is_frozen(owner: User, administrator: User):
    entry = make_entry(owner, minutes=120)
    update_entry(entry=entry, actor=owner, description="before")
    edit = last_batch()
    set_billed(entry=entry, actor=administrator)
    writes: list[Callable[[], object]] = [
        lambda: update_entry(entry=entry, actor=owner, description="after"),
        lambda: delete_entry(entry=entry, actor=administrator),
        lambda: split_entry(entry=entry, actor=owner, at=MONDAY + HOUR),
        lambda: accept_entry(entry=entry, actor=owner),
        lambda: duplicate_entry(entry=entry, actor=owner),
        lambda: undo_batch(batch=edit, actor=owner),
    ]
    frozen = everything()
    for write in writes:
        with pytest.raises(Conflict) as conflict:
            write()
        assert conflict.value.code == "billed"
    assert everything() == frozen
    undo(administrator)
    assert update_entry(entry=entry, actor=owner, description="after").description == "after"


def test_whoever_no_longer_bills_does_not_take_billing_back(owner: User):
    entry = make_entry(owner, project=make_project(manager=owner))
    set_billed(entry=entry, actor=owner)
    ProjectMember.objects.update(is_manager=False)
    with pytest.raises(NotAllowed):
        undo(owner)
    entry.refresh_from_db()
    assert entry.billed


# ── What is odd ──────────────────────────────────────────────────────────────
def reviews() -> list[str]:
    return list(TimeEntry.objects.order_by("started_at", "pk").values_list("review", flat=True))


def test_overlaps_are_flagged_on_both_and_cleared_on_both(owner: User, teammate: User):
    project = make_project()
    first = make_entry(owner, MONDAY, 60, project=project)
    make_entry(owner, MONDAY + HOUR, 60, project=project)  # back to back is none
    make_entry(teammate, MONDAY, 60, project=project)
    assert set(reviews()) == {""}
    longer = update_entry(entry=first, actor=owner, ended_at=MONDAY + 1.5 * HOUR)
    assert (longer.review, reviews().count("overlap")) == (Review.OVERLAP, 2)
    undo(owner)
    assert set(reviews()) == {""}
    third = make_entry(owner, MONDAY + HOUR / 2, 60, project=project)
    assert reviews().count("overlap") == 3
    update_entry(entry=third, actor=owner, started_at=MONDAY + 20 * HOUR, ended_at=MONDAY + 21 * HOUR)
    assert set(reviews()) == {""}
    again = make_entry(owner, MONDAY + HOUR / 2, 15, project=project)
    assert reviews().count("overlap") == 2
    delete_entry(entry=again, actor=owner)
    assert set(reviews()) == {"", "overlap"}  # the one in the trash keeps its own
    assert not TimeEntry.objects.alive().exclude(review="").exists()


def test_accepted_is_quiet_until_the_times_change(owner: User):
    entry = make_entry(owner)
    assert entry.review == Review.NO_PROJECT
    accepted = accept_entry(entry=entry, actor=owner)
    assert accepted.review == ""
    assert update_entry(entry=entry, actor=owner, description="words").review == ""
    assert update_entry(entry=entry, actor=owner, ended_at=MONDAY + 2 * HOUR).review == Review.NO_PROJECT


def test_stopped_by_itself(owner: User):
    start_timer(user=owner, project=make_project())
    stopped = stop_timer(user=owner, by_itself=True).entry
    assert stopped.review == Review.STOPPED
    assert update_entry(entry=stopped, actor=owner, description="still").review == Review.STOPPED


# ── All of them ──────────────────────────────────────────────────────────────
def _anything(owner: User, rng: random.Random, number: int) -> None:
    """One change of one kind or another; what is not possible just now is left."""
    alive = list(TimeEntry.objects.alive().filter(ended_at__isnull=False).order_by("pk"))
    entry = rng.choice(alive) if alive else None
    start = MONDAY + dt.timedelta(minutes=rng.randrange(0, 3000))
    projects = [None, *Project.objects.order_by("pk")]
    trash = TimeEntry.objects.filter(deleted_at__isnull=False).first()
    lasts = entry is not None and (entry.seconds or 0) > 1  # a timer that is stopped at once does not
    step = rng.randrange(11)
    if step == 0 or entry is None:
        make_entry(owner, start, rng.randrange(10, 300), project=rng.choice(projects), description=f"entry {number}")
    elif step == 1:
        update_entry(
            entry=entry, actor=owner, description=f"words {number}", project=rng.choice(projects), billable=step > 4
        )
    elif step == 2:
        update_entry(entry=entry, actor=owner, started_at=start, ended_at=start + HOUR)
    elif step == 3:
        delete_entry(entry=entry, actor=owner)
    elif step == 4 and trash:
        restore_entry(entry=trash, actor=owner)
    elif step == 5 and lasts:
        split_entry(entry=entry, actor=owner, at=entry.started_at + dt.timedelta(seconds=(entry.seconds or 0) // 2 + 1))
    elif step == 6 and len(alive) > 1:
        pair = [one for one in alive if (one.project_id, one.billable) == (entry.project_id, entry.billable)][:2]
        if len(pair) == 2:
            merge_entries(entries=pair, actor=owner)
    elif step == 7 and lasts:
        duplicate_entry(entry=entry, actor=owner)
    elif step == 8:
        start_timer(user=owner, project=rng.choice(projects), description=f"timer {number}")
    elif step == 9 and TimeEntry.objects.running().exists():
        stop_timer(user=owner)
    else:
        with one_batch(BatchKind.EDIT, actor=owner):
            for one in alive[:3]:
                update_entry(entry=one, actor=owner, tags=[make_tag()], description=f"all {number}")


@given(seed=st.integers(0, 10**6), steps=st.integers(1, 8))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_undoing_all_of_it_gives_back_the_first_state(owner: User, seed: int, steps: int):
    rng = random.Random(seed)
    Batch.objects.all().delete()
    TimeEntry.objects.all().delete()
    Project.objects.all().delete()
    project = make_project(rate="40")
    make_project(billable=False)
    create_entry(
        user=owner, started_at=MONDAY, ended_at=MONDAY + 3 * HOUR, project=project, description="there from the start",
        breaks=[(MONDAY + HOUR, MONDAY + 2 * HOUR)],
    )  # fmt: skip
    make_entry(owner, MONDAY + 5 * HOUR)
    first, first_reviews = everything(), reviews()
    begun = last_batch().pk
    for number in range(steps):
        _anything(owner, rng, number)
    for batch in Batch.objects.filter(pk__gt=begun).order_by("-pk"):
        undo_batch(batch=batch, actor=owner)
    assert everything() == first
    assert [
        review for entry, review in zip(TimeEntry.objects.order_by("started_at", "pk"), reviews(), strict=True)
        if entry.deleted_at is None
    ] == first_reviews  # fmt: skip
    totals = dict(Project.objects.values_list("pk", "tracked_seconds"))
    rebuild_totals()
    assert dict(Project.objects.values_list("pk", "tracked_seconds")) == totals
