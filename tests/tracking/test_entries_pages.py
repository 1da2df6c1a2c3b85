"""The week's entries: what is shown, and what making, changing, deleting and bringing back answer."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from tests.conftest import ClientFor
from tests.tracking.pages import HTMX, MOST_STATEMENTS, at, statements, text, undo
from tests.work import make_client, make_entry, make_project, make_tag, make_task
from tracking.models import TimeEntry
from tracking.services.entries import delete_entry, update_entry
from tracking.services.timer import pause_timer, start_timer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wednesday")]

WEEK = "/entries/?week=2026-03-04"


# ── The week ─────────────────────────────────────────────────────────────────
def test_days_and_week_add_up_to_the_lines(olga: Client, owner: User):
    project = make_project(name="Website", client=make_client(name="Northwind"))
    # 20:20, 20:20 and 20:20 are written 0:20 each, so the day says 1:00 and not 1:01.
    for minute in (0, 20, 40):
        start = at(3, 9, minute)
        end = start + dt.timedelta(minutes=20, seconds=20)
        entry = make_entry(owner, start, project=project, billable=True)
        update_entry(entry=entry, actor=owner, started_at=start, ended_at=end)
    make_entry(owner, at(4, 9), 90)
    page = olga.get(WEEK)
    assert [day.total.seconds for day, _odd in page.context["days"]] == [90 * 60, 3600]
    assert page.context["total"].seconds == 150 * 60
    assert page.context["billable_total"].seconds == 3600
    assert "Northwind" in text(page)
    assert "Today, Wednesday 4 March" in text(page)
    assert "Yesterday, Tuesday 3 March" in text(page)


def test_the_week_is_that_of_the_persons_zone_and_start(olga: Client, owner: User):
    User.objects.update(time_zone="Pacific/Kiritimati", week_start=6)  # UTC+14, from Sunday
    inside, outside = make_entry(owner, at(1, 9, 59) - dt.timedelta(days=1)), make_entry(owner, at(1, 10))
    days = olga.get("/entries/?week=2026-02-28").context["days"]
    assert [entry for day, _odd in days for entry in day.entries] == [inside]
    days = olga.get("/entries/?week=2026-03-01").context["days"]
    assert [entry for day, _odd in days for entry in day.entries] == [outside]


@pytest.mark.parametrize("week", ["", "soon", "2026-99-99", "0001-01-01", "9999-12-31"])
def test_nonsense_for_a_week_is_this_week(olga: Client, week: str):
    page = olga.get("/entries/", {"week": week})
    assert page.status_code == 200
    assert page.context["is_this_week"]


def test_the_last_day_of_the_week_is_in_it_and_the_next_is_not(olga: Client, owner: User):
    make_entry(owner, at(2, 0), 10, description="first minute of Monday")
    make_entry(owner, at(1, 23, 50), 5, description="Sunday before")
    page = text(olga.get(WEEK))
    assert "first minute of Monday" in page
    assert "Sunday before" not in page


def test_a_running_row_is_marked_and_can_be_paused(olga: Client, owner: User):
    start_timer(user=owner, description="going on", started_at=at(4, 11))
    page = olga.get(WEEK)
    assert 'class="entry entry-plain running"' in text(page)
    assert page.context["total"].seconds == 3600
    pause_timer(user=owner)
    assert "Paused" in text(olga.get(WEEK))


def test_a_day_of_23_hours_is_explained(olga: Client, owner: User):
    User.objects.update(time_zone="Europe/Berlin")
    with time_machine.travel(dt.datetime(2026, 3, 30, 12, tzinfo=dt.UTC), tick=False):
        make_entry(owner, at(29, 8))
        assert "23-hour day" in text(olga.get("/entries/?week=2026-03-29"))


def test_an_entry_to_review_says_why(olga: Client, owner: User):
    make_entry(owner, at(2, 0), 13 * 60)
    assert "over the 12 h limit" in text(olga.get(WEEK))


def test_empty_weeks_lead_on(olga: Client, lead: User, client_for: ClientFor, owner: User):
    assert "Nothing on this week yet" in text(olga.get(WEEK))
    assert "No entry fits" in text(olga.get(WEEK + "&q=nowhere"))
    assert "has no time in this week" in text(client_for(lead).get(f"{WEEK}&person={owner.pk}"))


def test_filters_are_in_the_address(olga: Client, owner: User):
    project, tag = make_project(), make_tag("ux")
    first = make_entry(owner, at(3, 9), description="Alpha", project=project, tags=[tag], billable=True)
    make_entry(owner, at(3, 11), description="Beta", billable=False)
    for query in (f"project={project.pk}", f"tag={tag.pk}", "billable=yes", "q=alph"):
        days = olga.get(f"{WEEK}&{query}").context["days"]
        assert [entry for day, _odd in days for entry in day.entries] == [first]
    assert "Beta" in text(olga.get(f"{WEEK}&billable=no"))


@pytest.mark.parametrize("query", ["project=999", "tag=999", "person=999"])
def test_filters_by_what_is_not_there(olga: Client, query: str):
    assert olga.get(f"{WEEK}&{query}").status_code == 404


def test_htmx_gets_the_list_only(olga: Client):
    page = olga.get(WEEK, headers=HTMX)
    assert "<html" not in text(page)
    assert 'id="entries-list"' in text(page)
    assert "HX-Request" in page.headers["Vary"]


# ── Other people's time ──────────────────────────────────────────────────────
def test_leads_read_administrators_write_others_see_nothing(
    client_for: ClientFor, owner: User, lead: User, administrator: User, teammate: User, outsider: User
):
    entry = make_entry(owner, at(3, 9), description="Private matter")
    url, page = f"/entries/{entry.pk}/", f"{WEEK}&person={owner.pk}"
    for person in (teammate, outsider):
        assert client_for(person).get(page).status_code == 404
        assert client_for(person).get(url).status_code == 404
        assert client_for(person).post(f"{url}delete/").status_code == 404
    reader = client_for(lead)
    assert "Private matter" in text(reader.get(page))
    assert 'id="menu-' not in text(reader.get(page))
    assert "<form" not in text(reader.get(url, headers=HTMX))
    for what in ("", "delete/", "restore/"):
        assert reader.post(url + what, {"description": "mine now"}).status_code == 403
    writer = client_for(administrator)
    assert 'id="menu-' in text(writer.get(page))
    mended = {"description": "mended", "day": "2026-03-03", "start": "9:00", "end": "10:00", "duration": "1:00"}
    assert writer.post(url, mended, headers=HTMX).status_code == 204
    assert writer.post(f"{url}delete/", headers=HTMX).status_code == 204
    entry.refresh_from_db()
    assert (entry.description, entry.user) == ("mended", owner)


def test_the_person_switch_is_for_those_with_a_choice(olga: Client, client_for: ClientFor, lead: User, owner: User):
    assert 'name="person"' not in text(olga.get(WEEK))
    assert str(owner) in text(client_for(lead).get(WEEK))


# ── Delete, bring back, continue ─────────────────────────────────────────────
def test_delete_and_undo(olga: Client, owner: User):
    entry = make_entry(owner, at(3, 9))
    answer = olga.post(f"/entries/{entry.pk}/delete/", headers=HTMX)
    assert not TimeEntry.objects.alive().exists()
    assert olga.get(f"/entries/{entry.pk}/").status_code == 404
    assert undo(olga, answer).status_code == 204
    assert TimeEntry.objects.alive().exists()


def test_the_running_one_is_not_deleted(olga: Client, owner: User):
    entry = start_timer(user=owner)
    assert olga.post(f"/entries/{entry.pk}/delete/", headers=HTMX).status_code == 409


def test_continue(olga: Client, owner: User):
    entry = make_entry(owner, at(3, 9), description="Again", project=make_project(), tags=[make_tag()], billable=True)
    answer = olga.post(f"/entries/{entry.pk}/continue/", headers=HTMX)
    assert 'id="timer-stop"' in text(answer)
    fresh = TimeEntry.objects.running().get(user=owner)
    assert (fresh.description, fresh.project, fresh.billable) == ("Again", entry.project, True)
    assert list(fresh.tags.all()) == list(entry.tags.all())


def test_what_is_in_the_trash_is_not_continued(olga: Client, owner: User):
    entry = delete_entry(entry=make_entry(owner, at(3, 9)), actor=owner)
    assert olga.post(f"/entries/{entry.pk}/continue/", headers=HTMX).status_code == 404


# ── Speed ────────────────────────────────────────────────────────────────────
def test_statements_do_not_grow_with_the_rows(olga: Client, owner: User):
    counts = []
    for rows in (1, 3):
        for number in range(rows):
            task = make_task(make_project(client=make_client()))
            make_entry(owner, at(2, 9 + number), task=task, tags=[make_tag(), make_tag()])
        counts.append(statements(olga, WEEK))
    assert counts[0] == counts[1] <= MOST_STATEMENTS


def test_statements_with_everything_on(client_for: ClientFor, owner: User, lead: User):
    project, tag = make_project(client=make_client()), make_tag()
    make_entry(owner, at(2, 9), project=project, tags=[tag])
    start_timer(user=owner, project=project, tags=[tag])
    start_timer(user=lead, project=project, tags=[tag])
    url = f"{WEEK}&person={owner.pk}&project={project.pk}&tag={tag.pk}&q=&billable=yes"
    assert statements(client_for(lead), url) <= MOST_STATEMENTS


def test_statements_of_the_form(olga: Client, owner: User):
    entry = make_entry(owner, at(3, 9), task=make_task(), tags=[make_tag(), make_tag()])
    assert statements(olga, f"/entries/{entry.pk}/", HTMX) <= 6
