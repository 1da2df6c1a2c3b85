"""What an import stores, for whom, and that it can be repeated and taken back."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import TeamMember, User
from tests.tracking.toggl import toggl_file
from tests.work import make_client, make_entry, make_project, make_tag, make_task
from timetracker.events.models import Event
from timetracker.web.errors import Conflict, NotAllowed
from tracking.choices import BatchKind, ProjectStatus, Review, Source
from tracking.imports.toggl import read_toggl
from tracking.models import Batch, Client, DayTotal, Project, Tag, Task, TimeEntry
from tracking.services import imports
from tracking.services.corrections import set_billed
from tracking.services.day_totals import wrong_day_totals
from tracking.services.entries import delete_entry, update_entry
from tracking.services.import_plan import EntrySum, Plan, plan_import
from tracking.services.imports import store_import, sums_of
from tracking.services.rates import set_rate
from tracking.services.totals import wrong_totals
from tracking.services.undo import undo_batch

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")
LATER = {"Start time": "11:00:00", "End time": "12:00:00", "Duration": "01:00:00"}


@pytest.fixture
def plan(tmp_path: Path, administrator: User, owner: User):
    """Plans lines of Olga's, unless they say whose."""

    def planned(
        *lines: dict[str, str], actor: User = administrator, zone: dt.tzinfo = BERLIN, **people: object
    ) -> Plan:
        rows = read_toggl(toggl_file(tmp_path, *({"Email": owner.email, **line} for line in lines)))
        return plan_import(rows, zone=zone, actor=actor, **people)

    return planned


def store(plan: Plan, actor: User) -> Batch:
    assert plan.refused == []
    batch = store_import(plan=plan, actor=actor)
    assert batch is not None
    assert_totals()
    return batch


def assert_totals() -> None:
    assert list(wrong_totals()) == []
    assert [wrong for user in User.objects.all() for wrong in wrong_day_totals(user)] == []


def reasons(plan: Plan) -> list[str]:
    return [f"{refusal.line}: {refusal.reason}" for refusal in plan.refused]


# ── What is stored ───────────────────────────────────────────────────────────
def test_a_line_becomes_an_entry(plan, administrator: User, owner: User):
    planned = plan({"Task": "Draft"})
    assert planned.missing.counts() == {"clients": 1, "projects": 1, "tasks": 1, "tags": 2}
    assert planned.by_person == {owner: EntrySum(1, 5400)}
    assert not TimeEntry.objects.exists()
    assert not Project.objects.exists()

    batch = store(planned, administrator)
    entry = TimeEntry.objects.select_related("project__client", "task").get()
    assert (entry.user, entry.source, entry.description, entry.billable) == (owner, Source.IMPORT, "Design", True)
    assert (entry.project.name, entry.project.client.name, entry.task.name) == ("Site", "Acme", "Draft")
    assert entry.started_at == dt.datetime(2026, 1, 5, 8, tzinfo=dt.UTC)
    assert (entry.seconds, entry.review, entry.version) == (5400, Review.NONE, 1)
    assert sorted(entry.tags.values_list("name", flat=True)) == ["design", "ux"]
    assert (batch.kind, batch.actor, sums_of(batch)) == (BatchKind.IMPORT, administrator, {owner: EntrySum(1, 5400)})
    assert DayTotal.objects.get().seconds == 5400


def test_one_event_for_all_of_it(plan, administrator: User):
    batch = store(plan({}, LATER), administrator)
    event = Event.objects.get(type="time_imported")
    assert event.payload == {"id": batch.pk, "entries": 2, "hours": 2.5, "people": 1}
    assert not Event.objects.filter(type="time_logged").exists()


def test_what_is_there_is_used_whatever_its_capitals(plan, administrator: User, owner: User):
    client = make_client(name="ACME")
    project = make_project(client=client, name="site", rate="100")
    task, tag = make_task(project, name="DRAFT"), make_tag("UX")
    planned = plan({"Task": "Draft", "Tags": "ux"})
    assert planned.missing.counts() == {}
    store(planned, administrator)
    entry = TimeEntry.objects.get()
    assert (entry.project, entry.task, [*entry.tags.all()], entry.rate) == (project, task, [tag], Decimal(100))
    assert (Client.objects.count(), Project.objects.count(), Task.objects.count(), Tag.objects.count()) == (1, 1, 1, 1)


def test_a_project_without_client_is_the_only_one_of_its_name(plan, administrator: User):
    project = make_project(client=make_client(), name="Site")
    assert plan({"Client": ""}).missing.projects == []
    make_project(client=make_client(), name="Site")
    assert plan({"Client": ""}).missing.projects == [("", "Site")]
    assert project.name == "Site"


def test_the_rate_is_that_of_its_day(plan, administrator: User, owner: User):
    project = make_project(client=make_client(name="Acme"), name="Site", rate="80")
    set_rate(project=project, actor=administrator, hourly_rate=Decimal(90), valid_from=dt.date(2026, 1, 6))
    tuesday = {"Start date": "2026-01-06", "End date": "2026-01-06"}
    store(plan({}, tuesday, {**LATER, "Billable": "No"}), administrator)
    found = TimeEntry.objects.order_by("started_at").values_list("billable", "rate")
    assert list(found) == [(True, Decimal(80)), (False, None), (True, Decimal(90))]


def test_odd_ones_are_flagged_also_what_was_there(plan, administrator: User, owner: User):
    there = make_entry(owner, dt.datetime(2026, 1, 5, 8, 30, tzinfo=dt.UTC), project=make_project())
    long = {"Start time": "12:00:00", "End date": "2026-01-06", "End time": "09:00:00", "Duration": "21:00:00"}
    store(
        plan({}, long, {"Start date": "2026-01-07", "End date": "2026-01-07", "Project": "", "Client": ""}),
        administrator,
    )
    assert set(TimeEntry.objects.exclude(pk=there.pk).order_by("started_at").values_list("review", flat=True)) == {
        Review.OVERLAP, Review.TOO_LONG, Review.NO_PROJECT,
    }  # fmt: skip
    there.refresh_from_db()
    assert there.review == Review.OVERLAP


def test_nothing_new_stores_nothing(plan, administrator: User):
    assert store_import(plan=plan(), actor=administrator) is None
    assert not Batch.objects.exists()


# ── Again ────────────────────────────────────────────────────────────────────
def test_the_same_again_adds_nothing(plan, administrator: User):
    lines = [{}, {}, LATER, {"Description": "At the same time, something else"}]
    store(plan(*lines), administrator)
    again = plan(*lines)
    assert (again.wanted, again.known) == ([], EntrySum(4, 3 * 5400 + 3600))
    assert TimeEntry.objects.count() == 4
    more = plan(*lines, {"Start time": "14:00:00", "End time": "15:00:00", "Duration": "01:00:00"})
    assert (len(more.new), more.known.entries) == (1, 4)


def test_what_was_corrected_since_is_not_added_again(plan, administrator: User):
    store(plan({}), administrator)
    update_entry(entry=TimeEntry.objects.get(), actor=administrator, description="Better", project=None)
    assert plan({"Description": "Other words there", "Tags": ""}).wanted == []


def test_what_was_deleted_by_hand_stays_in_the_trash(plan, administrator: User):
    store(plan({}), administrator)
    delete_entry(entry=TimeEntry.objects.get(), actor=administrator)
    again = plan({})
    assert (again.wanted, again.trashed) == ([], EntrySum(1, 5400))


def test_after_undo_it_can_be_imported_again(plan, administrator: User):
    batch = store(plan({}, LATER), administrator)
    undo_batch(batch=batch, actor=administrator)
    again = plan({}, LATER)
    assert (len(again.new), len(again.back)) == (0, 2)
    store(again, administrator)
    assert TimeEntry.objects.alive().count() == 2
    assert plan({}, LATER).known.entries == 2


def test_two_at_once_store_it_once(plan, administrator: User):
    first, second = plan({}, LATER), plan({}, LATER)
    store(first, administrator)
    assert store_import(plan=second, actor=administrator) is None
    assert TimeEntry.objects.count() == 2
    assert Batch.objects.count() == 1
    assert_totals()


# ── Undo ─────────────────────────────────────────────────────────────────────
def test_undo_and_redo(plan, administrator: User, owner: User, monkeypatch):
    monkeypatch.setattr(imports, "STEP", 2)
    there = make_entry(owner, dt.datetime(2026, 1, 5, 8, 30, tzinfo=dt.UTC), project=make_project())
    batch = store(
        plan({}, LATER, {}, {"Description": "x"}, {"Start time": "10:00:00", "Duration": "00:30:00"}), administrator
    )
    there.refresh_from_db()
    assert there.review == Review.OVERLAP

    undoing = undo_batch(batch=batch, actor=administrator)
    assert list(TimeEntry.objects.alive()) == [there]
    there.refresh_from_db()
    assert there.review == Review.NONE
    assert Project.objects.get(name="Site").tracked_seconds == 0
    assert_totals()
    with pytest.raises(Conflict, match="undone already"):
        undo_batch(batch=Batch.objects.get(pk=batch.pk), actor=administrator)

    redoing = undo_batch(batch=undoing, actor=administrator)
    assert TimeEntry.objects.alive().count() == 6
    assert_totals()
    undo_batch(batch=redoing, actor=administrator)
    assert TimeEntry.objects.alive().count() == 1
    assert_totals()
    kinds = ["time_imported", "import_undone", "import_brought_back", "import_undone"]
    assert list(Event.objects.filter(subject_type="import").order_by("pk").values_list("type", flat=True)) == kinds


def test_undo_leaves_what_went_by_hand(plan, administrator: User):
    batch = store(plan({}, LATER), administrator)
    delete_entry(entry=TimeEntry.objects.earliest("started_at"), actor=administrator)
    undoing = undo_batch(batch=batch, actor=administrator)
    assert undoing.changes.count() == 1
    undo_batch(batch=undoing, actor=administrator)
    assert TimeEntry.objects.alive().get().seconds == 3600
    assert_totals()


def test_billed_ones_keep_it_from_being_undone(plan, administrator: User):
    batch = store(plan({}, LATER), administrator)
    set_billed(entry=TimeEntry.objects.earliest("started_at"), actor=administrator)
    with pytest.raises(Conflict, match="1 of these entries are billed"):
        undo_batch(batch=batch, actor=administrator)
    assert TimeEntry.objects.alive().count() == 2


def test_whoever_leads_no_longer_cannot_undo(plan, lead: User, owner: User):
    make_project(name="Site", client=make_client(name="Acme"))
    batch = store(plan({}, actor=lead), lead)
    TeamMember.objects.filter(user=lead).delete()
    with pytest.raises(NotAllowed):
        undo_batch(batch=batch, actor=lead)


def test_too_late_to_undo(plan, administrator: User):
    batch = store(plan({}), administrator)
    with time_machine.travel(timezone.now() + dt.timedelta(days=31)), pytest.raises(Conflict, match="too long ago"):
        undo_batch(batch=batch, actor=administrator)


# ── Refused ──────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ({"End time": "08:00:00", "Duration": "01:00:00"}, "2: The end is not after the start."),
        ({"Duration": "02:00:00"}, "From start to end it is 1:30, and the duration says 2:00. Is the time zone right?"),
        ({"End date": "2026-03-29", "End time": "17:00:00", "Duration": "1999:00:00"}, "is longer than a week."),
        (
            {"Start date": "2026-03-29", "Start time": "02:30:00", "End date": "2026-03-29"},
            "2: 02:30:00 does not exist on 2026-03-29 in Europe/Berlin: the clocks go forward.",
        ),
        ({"Start date": "1969-01-01", "End date": "1969-01-01"}, "2: The start is too far in the past."),
        ({"Start date": "2999-01-01", "End date": "2999-01-01"}, "2: The end is more than a year ahead."),
        ({"Description": "x" * 2001}, "2: At most 2000 characters; this has 2001."),
        ({"Project": "", "Client": "", "Task": "Draft"}, "2: It names a task, but no project."),
        ({"Project": "x" * 151}, "at most 150 characters"),
        ({"Tags": "x" * 61}, "at most 60 characters"),
    ],
)  # fmt: skip
def test_what_cannot_be_stored(plan, line: dict[str, str], reason: str):
    planned = plan(line, LATER)
    (found,) = reasons(planned)
    assert reason in found
    assert len(planned.new) == 1


def test_the_hour_that_comes_twice_is_told_by_the_length(plan, administrator: User):
    night = {"Start date": "2026-10-25", "Start time": "01:00:00", "End date": "2026-10-25", "End time": "02:30:00"}
    later = {**night, "Start time": "02:40:00", "End time": "02:50:00", "Duration": "00:10:00"}
    with time_machine.travel(dt.datetime(2026, 11, 1, tzinfo=dt.UTC)):
        planned = plan({**night, "Duration": "01:30:00"}, {**night, "Duration": "02:30:00"}, later)
    assert planned.refused == []
    assert sorted(one.end.hour for one in planned.new) == [0, 0, 1]


def test_closed_hidden_and_archived(plan, administrator: User, owner: User):
    acme = make_client(name="Acme")
    make_project(client=acme, name="Done", status=ProjectStatus.COMPLETED)
    make_project(client=acme, name="Secret", is_public=False)
    make_task(make_project(client=acme, name="Site"), name="Old", archived_at=timezone.now())
    planned = plan({"Project": "Done"}, {"Project": "Secret"}, {"Task": "Old"})
    assert reasons(planned) == [
        "2: The project Done is closed.", f"3: There is no project Secret for {owner}.", "4: The task Old is archived.",
    ]  # fmt: skip


def test_closed_between_preview_and_import(plan, administrator: User):
    project = make_project(client=make_client(name="Acme"), name="Site")
    planned = plan({})
    Project.objects.filter(pk=project.pk).update(status=ProjectStatus.ARCHIVED)
    with pytest.raises(Conflict, match="closed meanwhile"):
        store_import(plan=planned, actor=administrator)
    assert not TimeEntry.objects.exists()
    assert not Batch.objects.exists()


def test_closed_while_it_is_stored(plan, administrator: User, owner: User, monkeypatch):
    monkeypatch.setattr(imports, "STEP", 1)
    acme = make_client(name="Acme")
    make_project(client=acme, name="Site")
    closing = make_project(client=acme, name="Closing")
    planned = plan({}, {**LATER, "Project": "Closing"})
    Project.objects.filter(pk=closing.pk).update(status=ProjectStatus.ARCHIVED)
    with pytest.raises(Conflict, match="closed meanwhile"):
        store_import(plan=planned, actor=administrator)
    # What is stored by then is told, and can be undone.
    batch = Batch.objects.get()
    assert sums_of(batch) == {owner: EntrySum(1, 5400)}
    assert Event.objects.get(type="time_imported").payload["entries"] == 1
    undo_batch(batch=batch, actor=administrator)
    assert_totals()


# ── Who ──────────────────────────────────────────────────────────────────────
def test_people_by_address_by_name_and_as_told(plan, administrator: User, owner: User, teammate: User, former: User):
    planned = plan(
        {"Email": owner.email.upper()}, {"Email": "", "User": str(teammate)}, {"Email": "old@toggl.example"},
        {"Email": former.email}, {"Email": "left.out@toggl.example"}, {"Email": "who@toggl.example"},
        people={"old@toggl.example": teammate, "left.out@toggl.example": None},
    )  # fmt: skip
    assert [(one.row.line, one.user) for one in sorted(planned.new, key=lambda one: one.row.line)] == [
        (2, owner), (3, teammate), (4, teammate), (5, former),
    ]  # fmt: skip
    assert plan({"Email": "", "User": "Nora Nobody"}, people={"nora nobody": None}).left_out == 1
    assert (planned.strangers, planned.left_out, planned.refused) == ({"who@toggl.example": 1}, 1, [])


def test_a_lead_brings_the_time_of_their_people_and_makes_no_projects(plan, lead: User, owner: User, outsider: User):
    make_project(name="Site", client=make_client(name="Acme"))
    planned = plan({}, {"Email": outsider.email}, {"Email": lead.email}, {"Project": "New"}, actor=lead)
    assert reasons(planned) == [f"5: There is no project New for {owner}."]
    assert planned.strangers == {outsider.email: 1}
    store_import(plan=planned, actor=lead)
    assert set(TimeEntry.objects.values_list("user", flat=True)) == {owner.pk, lead.pk}


def test_two_of_one_name_stay_two(plan, owner: User, outsider: User):
    User.objects.filter(pk=outsider.pk).update(display_name=owner.display_name)
    assert plan({}, {"Email": outsider.email}).by_person.keys() == {owner, outsider}


def test_nobody_is_named_whose_time_one_may_not_log(plan, lead: User, owner: User, outsider: User):
    make_project(name="Site", client=make_client(name="Acme"))
    named = {"old@toggl.example": outsider, owner.email: outsider}
    planned = plan({"Email": "old@toggl.example"}, {}, actor=lead, people=named)
    assert planned.strangers == {"old@toggl.example": 1}
    assert planned.by_person.keys() == {owner}


def test_as_many_statements_for_many_lines_of_a_step(plan, administrator: User):
    def statements(count: int, day: str) -> int:
        times = [{"Start time": f"08:{at:02}:00", "End time": f"08:{at:02}:30"} for at in range(count)]
        lines = [{"Start date": day, "End date": day, "Duration": "00:00:30", **time} for time in times]
        planned = plan(*lines)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            store_import(plan=planned, actor=administrator)
        return len(queries)

    statements(1, "2026-01-12")  # makes the project
    assert statements(3, "2026-01-13") == statements(30, "2026-01-14")
