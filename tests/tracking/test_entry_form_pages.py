"""The form of an entry: logging time and changing it, with every refusal at its field."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from tests.tracking.pages import HTMX, at, text
from tests.work import make_entry, make_project, make_tag, make_task
from tracking.choices import Review
from tracking.models import Tag, TimeEntry
from tracking.services.entries import update_entry
from tracking.services.timer import start_timer
from tracking.views import entries

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wednesday")]

WEEK = "/entries/?week=2026-03-04"


def log(browser: Client, **fields: Any):
    data = {"day": "2026-03-04", "start": "9", "end": "10", **fields}
    return browser.post("/entries/new/", data, headers=HTMX)


def edit(browser: Client, entry: TimeEntry, **fields: Any):
    """The form as it came, with some fields typed over."""
    form = browser.get(f"/entries/{entry.pk}/", headers=HTMX).context["form"]
    shown = {name: form[name].value() for name in form.fields}
    data = {name: value for name, value in shown.items() if value not in (None, False)}
    tags = [tag.pk for tag in entry.tags.all()]
    return browser.post(f"/entries/{entry.pk}/", {**data, "tags": tags, **fields}, headers=HTMX)


# ── Logging ──────────────────────────────────────────────────────────────────
def test_log_time(olga: Client, owner: User):
    task, tag = make_task(), make_tag("ux")
    answer = log(
        olga, description="Wrote it down", work=f"task-{task.pk}", tags=[tag.pk], more_tags="#new, ux",
        billable="true", start="9-1030", end="",
    )  # fmt: skip
    assert answer.status_code == 204
    assert {"closeDialog", "entriesChanged", "toast"} <= json.loads(answer.headers["HX-Trigger"]).keys()
    entry = TimeEntry.objects.get(user=owner)
    assert (entry.started_at, entry.seconds, entry.task, entry.billable) == (at(4, 9), 5400, task, True)
    assert {tag.name for tag in entry.tags.all()} == {"ux", "new"}


def test_without_a_word_the_project_decides_what_is_billable(olga: Client):
    for billable in (True, False):
        project = make_project(billable=billable)
        log(olga, work=f"project-{project.pk}")
        assert TimeEntry.objects.get(project=project).billable == billable


def test_sent_twice_it_is_one_row(olga: Client):
    uid = uuid.uuid4()
    assert [log(olga, uid=uid).status_code for _ in range(2)] == [204, 204]
    assert TimeEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"start": "10", "end": "9"}, "end"),
        ({"day": ""}, "day"),
        ({"day": "0001-01-01", "start": "", "end": "", "duration": "1"}, "day"),
        ({"start": "x"}, "start"),
        ({"work": "project-999"}, "work"),
        ({"description": "x" * 5000}, "description"),
        ({"more_tags": "ok no@good"}, "tags"),
        ({"tags": ["999"]}, "tags"),
    ],
)
def test_refusals_stand_at_the_field_and_keep_what_was_typed(olga: Client, fields: dict, where: str):
    answer = log(olga, **{"description": "Kept as typed", **fields})
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [where]
    page = text(answer)
    assert fields.get("description", "Kept as typed") in page
    assert all(str(value) in page for name, value in fields.items() if name in {"start", "end", "more_tags"})
    assert not TimeEntry.objects.exists()
    assert not Tag.objects.exists()


def test_a_task_of_another_project_cannot_even_be_said(olga: Client):
    task = make_task()
    log(olga, work=f"task-{task.pk}")
    assert TimeEntry.objects.get().project == task.project


def test_three_years_are_asked_about_and_then_flagged(olga: Client):
    typed = {"start": "2023-03-01 09:00", "end": "2026-03-01 09:00"}
    answer = log(olga, **typed)
    assert answer.status_code == 200
    assert "Longer than 12 h, save anyway" in text(answer)
    assert not TimeEntry.objects.exists()
    assert log(olga, **typed, long_ok="on").status_code == 204
    assert TimeEntry.objects.get().review == Review.TOO_LONG


def test_the_question_about_length_is_only_asked_where_it_matters(olga: Client):
    assert "long_ok" not in text(olga.get("/entries/new/", headers=HTMX))
    assert log(olga, day="2026-03-03", start="0", end="12").status_code == 204


def test_the_form_opens_on_the_day_asked_for(olga: Client):
    assert 'value="2026-03-02"' in text(olga.get("/entries/new/?day=2026-03-02", headers=HTMX))
    assert 'value="2026-03-04"' in text(olga.get("/entries/new/?day=nonsense", headers=HTMX))


def test_today_is_the_persons_own(olga: Client, owner: User):
    User.objects.filter(pk=owner.pk).update(time_zone="Pacific/Kiritimati")  # already tomorrow there
    assert 'value="2026-03-05"' in text(olga.get("/entries/new/", headers=HTMX))


def test_without_scripts_the_form_is_a_page(olga: Client):
    assert "<html" in text(olga.get("/entries/new/"))
    answer = olga.post("/entries/new/", {"day": "2026-03-04", "start": "9", "end": "10"}, follow=True)
    assert "Time logged" in text(answer)


# ── Editing ──────────────────────────────────────────────────────────────────
def test_edit_keeps_the_seconds_nobody_touched(olga: Client, owner: User):
    start = at(3, 9).replace(second=37)
    entry = make_entry(owner, start, 60)
    assert edit(olga, entry, description="only the text").status_code == 204
    entry.refresh_from_db()
    assert (entry.description, entry.started_at, entry.seconds) == ("only the text", start, 3600)


@pytest.mark.parametrize(
    ("typed", "start", "end"),
    [
        ({"end": "11"}, at(3, 9), at(3, 11)),
        ({"start": "8:30"}, at(3, 8, 30), at(3, 10)),
        ({"duration": "2h"}, at(3, 9), at(3, 11)),
        ({"day": "2026-03-02"}, at(2, 9), at(2, 10)),
        ({"end": "8", "next_day": "on", "long_ok": "on"}, at(3, 9), at(4, 8)),
        ({"start": "2026-03-03T10:30+02:00"}, at(3, 8, 30), at(3, 10)),
    ],
)
def test_edit_of_times(olga: Client, owner: User, typed: dict, start: dt.datetime, end: dt.datetime):
    entry = make_entry(owner, at(3, 9), 60)
    assert edit(olga, entry, **typed).status_code == 204
    entry.refresh_from_db()
    assert (entry.started_at, entry.ended_at) == (start, end)


@pytest.mark.parametrize(
    ("typed", "where"),
    [
        ({"start": "11"}, "end"),
        ({"start": ""}, "start"),
        ({"end": "8"}, "end"),
        ({"end": "12", "duration": "5h"}, "duration"),
        ({"day": "2028-03-05"}, "end"),
    ],
)
def test_edit_refuses_at_the_field(olga: Client, owner: User, typed: dict, where: str):
    entry = make_entry(owner, at(3, 9), 60)
    answer = edit(olga, entry, **typed)
    assert (answer.status_code, list(answer.context["form"].errors)) == (200, [where])


def test_what_is_planned_ahead_is_logged_and_flagged(olga: Client, owner: User):
    assert log(olga, start="13", end="14").status_code == 204  # it is noon
    assert TimeEntry.objects.get().review == Review.FUTURE


def test_edit_of_a_break_keeps_it_out_of_the_duration(olga: Client, owner: User):
    entry = make_entry(owner, at(3, 9), 60, breaks=[(at(3, 9, 10), at(3, 9, 20))])
    assert edit(olga, entry, duration="1:30").status_code == 204
    entry.refresh_from_db()
    assert (entry.ended_at, entry.seconds) == (at(3, 10, 40), 5400)


def test_edit_from_a_stale_tab(olga: Client, owner: User):
    entry = make_entry(owner, at(3, 9), 60, description="old")
    version = entry.version
    assert edit(olga, entry, description="first tab").status_code == 204
    answer = edit(olga, entry, version=version, description="second tab")
    assert answer.status_code == 200
    page = text(answer)
    assert "changed elsewhere" in page
    assert "first tab" in page
    assert "second tab" in page
    # Saving again now means it.
    assert 'name="version" value="2"' in page
    assert edit(olga, entry, version=2, description="second tab").status_code == 204
    entry.refresh_from_db()
    assert entry.description == "second tab"


def test_edited_elsewhere_just_after_the_page_had_read_it(olga: Client, owner: User, monkeypatch):
    entry = make_entry(owner, at(3, 9), 60, description="old")
    read = entries.get_entry

    def overtaken(*arguments: Any, **options: Any) -> TimeEntry:
        found = read(*arguments, **options)
        if options["edit"]:
            update_entry(entry=found, actor=owner, description="first tab")
        return found

    monkeypatch.setattr(entries, "get_entry", overtaken)
    page = text(edit(olga, entry, version=entry.version, description="second tab"))
    assert "first tab" in page
    assert 'name="version" value="2"' in page


def test_edit_of_the_running_one_has_no_end(olga: Client, owner: User):
    entry = start_timer(user=owner, started_at=at(4, 11))
    assert 'name="end"' not in text(olga.get(f"/entries/{entry.pk}/", headers=HTMX))
    assert edit(olga, entry, start="10:45", description="earlier").status_code == 204
    entry.refresh_from_db()
    assert (entry.started_at, entry.ended_at, entry.description) == (at(4, 10, 45), None, "earlier")
    assert edit(olga, entry, start="13").status_code == 200


def test_taking_tags_and_project_away(olga: Client, owner: User):
    entry = make_entry(owner, at(3, 9), project=make_project(), tags=[make_tag()])
    assert edit(olga, entry, work="", tags=[]).status_code == 204
    entry.refresh_from_db()
    assert (entry.project, list(entry.tags.all())) == (None, [])


def test_a_project_one_no_longer_sees_may_stay(olga: Client, owner: User, manager: User):
    project = make_project(manager, is_public=True)
    entry = make_entry(owner, at(3, 9), project=project)
    project.is_public = False
    project.save()
    assert edit(olga, entry, description="still mine").status_code == 204


# ── Another day, another length ──────────────────────────────────────────────
NOON_BREAK = (at(2, 12), at(2, 13))


def test_another_day_takes_times_and_breaks_along(olga: Client, owner: User):
    entry = make_entry(owner, at(2, 9), 480, breaks=[NOON_BREAK])
    assert edit(olga, entry, day="2026-03-03").status_code == 204
    entry.refresh_from_db()
    assert (entry.started_at, entry.ended_at, entry.seconds) == (at(3, 9), at(3, 17), 7 * 3600)
    assert list(entry.breaks.values_list("started_at", "ended_at")) == [(at(3, 12), at(3, 13))]


def test_a_shorter_duration_is_the_one_that_was_typed(olga: Client, owner: User):
    entry = make_entry(owner, at(2, 9), 480, breaks=[NOON_BREAK])
    assert edit(olga, entry, duration="1:00").status_code == 204
    entry.refresh_from_db()
    assert (entry.seconds, entry.break_seconds, entry.ended_at) == (3600, 0, at(2, 10))


def test_an_entry_over_two_nights_keeps_its_length(olga: Client, owner: User):
    entry = make_entry(owner, at(2, 22), 28 * 60)
    assert edit(olga, entry, day="2026-03-03", long_ok="on").status_code == 204
    entry.refresh_from_db()
    assert (entry.started_at, entry.ended_at) == (at(3, 22), at(5, 2))


def test_a_start_in_the_hour_that_comes_twice_moves_to_another_day(olga: Client, owner: User):
    owner.time_zone = "Europe/Berlin"
    owner.save()
    twice = dt.datetime(2025, 10, 26, 0, 30, tzinfo=dt.UTC)  # 02:30 for the first time
    entry = make_entry(owner, twice, 240)
    assert edit(olga, entry, day="2025-10-27").status_code == 204
    entry.refresh_from_db()
    assert entry.started_at == dt.datetime(2025, 10, 27, 1, 30, tzinfo=dt.UTC)


def test_to_a_day_on_which_the_time_does_not_exist(olga: Client, owner: User):
    owner.time_zone = "Europe/Berlin"
    owner.save()
    entry = make_entry(owner, dt.datetime(2025, 3, 29, 1, 30, tzinfo=dt.UTC), 240)  # 02:30
    page = edit(olga, entry, day="2025-03-30")
    assert "does not exist on this day" in text(page)
