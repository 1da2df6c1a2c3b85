"""Putting a week in order on its page: in the row, many at once, and back again."""

from __future__ import annotations

import datetime as dt

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from tests.conftest import ClientFor
from tests.tracking.pages import HTMX, MOST_STATEMENTS, at, statements, text, toast_of, undo
from tests.work import make_entry, make_project, make_tag
from tracking.models import TimeEntry
from tracking.services.corrections import set_billed
from tracking.services.entries import delete_entry, update_entry
from tracking.services.timer import start_timer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wednesday")]


def bulk(browser: Client, action: str, value: str, *entries: TimeEntry) -> HttpResponse:
    data = {"action": action, "value": value, "ids": [entry.pk for entry in entries]}
    return browser.post("/entries/bulk/", data, headers=HTMX)


# ── In the row ───────────────────────────────────────────────────────────────
def test_a_row_becomes_a_form_and_a_row_again(olga: Client, owner: User):
    entry = make_entry(owner, at(3, 9), description="Tpyo")
    form = text(olga.get(f"/entries/{entry.pk}/?in_row=1", headers=HTMX))
    assert f'<li class="entry-edit" id="entry-{entry.pk}"' in form
    assert 'id="row-work-text"' in form
    typed = {"description": "Typo", "day": "2026-03-03", "start": "9:30", "end": "10:00", "duration": "1:00"}
    refused = olga.post(f"/entries/{entry.pk}/?in_row=1", typed | {"end": "8"}, headers=HTMX)
    assert (refused.status_code, "entry-edit" in text(refused)) == (200, True)
    saved = olga.post(f"/entries/{entry.pk}/?in_row=1", typed, headers=HTMX)
    assert saved.status_code == 204
    entry.refresh_from_db()
    assert (entry.description, entry.seconds) == ("Typo", 1800)
    assert "Undone: changed 1 entry." in toast_of(undo(olga, saved))["text"]
    entry.refresh_from_db()
    assert (entry.description, entry.seconds) == ("Tpyo", 3600)


def test_without_scripts_the_row_has_the_whole_page(olga: Client, owner: User):
    entry = make_entry(owner, at(3, 9))
    assert "<html" in text(olga.get(f"/entries/{entry.pk}/?in_row=1"))


# ── Split and duplicate ──────────────────────────────────────────────────────
def test_split_proposes_the_middle_and_refuses_the_outside(olga: Client, owner: User):
    entry = make_entry(owner, at(3, 9), 90)
    page = text(olga.get(f"/entries/{entry.pk}/split/", headers=HTMX))
    assert 'value="09:45"' in page
    assert olga.post(f"/entries/{entry.pk}/split/", {"time": "11"}, headers=HTMX).status_code == 200
    assert olga.post(f"/entries/{entry.pk}/split/", {"time": "x"}, headers=HTMX).status_code == 200
    split = olga.post(f"/entries/{entry.pk}/split/", {"time": "9:30"}, headers=HTMX)
    assert sorted(TimeEntry.objects.alive().values_list("seconds", flat=True)) == [1800, 3600]
    undo(olga, split)
    assert TimeEntry.objects.alive().get().seconds == 5400


def test_split_after_midnight(olga: Client, owner: User):
    entry = make_entry(owner, at(3, 22), 240)
    olga.post(f"/entries/{entry.pk}/split/", {"time": "0:30"}, headers=HTMX)
    assert list(TimeEntry.objects.order_by("started_at").values_list("seconds", flat=True)) == [9000, 5400]


def test_duplicate(olga: Client, owner: User):
    entry = make_entry(owner, at(3, 9), description="again")
    copied = olga.post(f"/entries/{entry.pk}/duplicate/", headers=HTMX)
    assert TimeEntry.objects.filter(description="again").count() == 2
    undo(olga, copied)
    assert TimeEntry.objects.alive().get() == entry


# ── Many at once ─────────────────────────────────────────────────────────────
def test_many_at_once_are_undone_at_once(olga: Client, owner: User):
    project, tag = make_project(name="Website"), make_tag("ux")
    entries = [make_entry(owner, at(3, 8 + n), description=f"{n}") for n in range(3)]
    for action, value in (("project", str(project.pk)), ("tag", str(tag.pk)), ("billable", "yes")):
        assert "3 entries: Changed." in toast_of(bulk(olga, action, value, *entries))["text"]
    assert TimeEntry.objects.filter(project=project, billable=True, tags=tag).count() == 3
    bulk(olga, "tag", f"-{tag.pk}", *entries[1:])
    assert list(TimeEntry.objects.filter(tags=tag)) == entries[:1]
    deleted = bulk(olga, "delete", "", *entries)
    assert not TimeEntry.objects.alive().exists()
    undone = undo(olga, deleted)
    assert (toast_of(undone)["text"], toast_of(undone)["redo"]) == ("Undone: deleted 3 entries.", True)
    assert TimeEntry.objects.alive().count() == 3
    redone = undo(olga, undone)
    assert (toast_of(redone)["text"], "redo" in toast_of(redone)) == ("Done again: deleted 3 entries.", False)
    assert not TimeEntry.objects.alive().exists()
    undone = undo(olga, redone)
    assert (toast_of(undone)["text"], toast_of(undone)["redo"]) == ("Undone: deleted 3 entries.", True)


def test_another_day_by_the_clock(olga: Client, owner: User):
    User.objects.filter(pk=owner.pk).update(time_zone="Europe/Berlin")
    entry = make_entry(owner, at(3, 9), 90)
    bulk(olga, "day", "2026-03-30", entry)  # summer time by then
    entry.refresh_from_db()
    assert (entry.started_at, entry.seconds) == (dt.datetime(2026, 3, 30, 8, tzinfo=dt.UTC), 5400)


def test_what_is_refused_keeps_the_others_not_back(olga: Client, owner: User, administrator: User):
    billed, free = make_entry(owner, at(3, 9)), make_entry(owner, at(3, 10))
    set_billed(entry=billed, actor=administrator)
    said = toast_of(bulk(olga, "billable", "yes", billed, free))
    assert (said["level"], "1 was left alone: This entry is billed" in said["text"]) == ("warning", True)
    free.refresh_from_db()
    assert free.billable


@pytest.mark.parametrize(
    ("action", "value"),
    [("nothing", ""), ("project", "999"), ("project", "x"), ("tag", "999"), ("tag", "-"), ("day", "someday")],
)
def test_nonsense_changes_nothing(olga: Client, owner: User, action: str, value: str):
    entry = make_entry(owner, at(3, 9))
    assert bulk(olga, action, value, entry).status_code == 409
    entry.refresh_from_db()
    assert entry.version == 1


def test_merge(olga: Client, owner: User):
    entries = [make_entry(owner, at(3, 9)), make_entry(owner, at(3, 10))]
    merged = olga.post("/entries/merge/", {"ids": [entry.pk for entry in entries]}, headers=HTMX)
    assert TimeEntry.objects.alive().get().seconds == 7200
    undo(olga, merged)
    assert TimeEntry.objects.alive().count() == 2


def test_billed_by_those_who_bill(client_for: ClientFor, olga: Client, owner: User, administrator: User):
    managed = make_project(manager=owner)
    mine, other = make_entry(owner, at(3, 9), project=managed), make_entry(owner, at(3, 10), project=make_project())
    answer = bulk(olga, "bill", "", mine, other)
    assert toast_of(answer)["level"] == "warning"
    assert list(TimeEntry.objects.filter(billed_at__isnull=False)) == [mine]
    page = text(olga.get("/entries/"))
    assert "Billed: it can no longer change" in page
    assert f"/entries/{mine.pk}/?in_row=1" not in page
    bulk(client_for(administrator), "unbill", "", mine)
    assert not TimeEntry.objects.filter(billed_at__isnull=False).exists()


def test_what_is_billed_is_found(olga: Client, owner: User, administrator: User):
    for hour, words in ((9, "Invoiced"), (11, "To be invoiced")):
        entry = make_entry(owner, at(3, hour), description=words, project=make_project())
        if words == "Invoiced":
            set_billed(entry=entry, actor=administrator)
    for asked, answered, words in (("yes", "true", ["Invoiced"]), ("no", "false", ["To be invoiced"])):
        for page in (f"/entries/?billed={asked}", f"/entries/?weeks=all&billed={asked}"):
            days = olga.get(page).context["days"]
            assert [entry.description for day, _odd in days for entry in day.entries] == words
        found = olga.get(f"/api/time-entries/?billed={answered}").json()["results"]
        assert [row["description"] for row in found] == words


def test_a_billed_entry_is_read_and_released_by_those_who_bill(
    client_for: ClientFor, olga: Client, owner: User, administrator: User
):
    entry = make_entry(owner, at(3, 9), description="Invoiced", project=make_project(), tags=[make_tag("ux")])
    set_billed(entry=entry, actor=administrator)
    page = text(olga.get(f"/entries/{entry.pk}/", headers=HTMX))
    assert all(words in page for words in ("This entry is billed", "Invoiced", "#ux"))
    assert not any(words in page for words in ("<input", "Save", "Delete", "Mark as not billed"))
    menu = text(olga.get("/entries/")).split(f'id="menu-{entry.pk}"')[1].split("</div>")[0]
    assert "Show" in menu
    assert not any(words in menu for words in ("Edit", "Delete"))
    assert olga.post(f"/entries/{entry.pk}/delete/", headers=HTMX).status_code == 409
    ada = client_for(administrator)
    page = text(ada.get(f"/entries/{entry.pk}/", headers=HTMX))
    assert 'name="action" value="unbill"' in page
    assert f'name="ids" value="{entry.pk}"' in page
    bulk(ada, "unbill", "", entry)
    assert "Save" in text(olga.get(f"/entries/{entry.pk}/", headers=HTMX))


# ── For others ───────────────────────────────────────────────────────────────
def test_a_lead_logs_for_those_they_lead(client_for: ClientFor, owner: User, lead: User, outsider: User):
    browser = client_for(lead)
    page = text(browser.get(f"/entries/?person={owner.pk}"))
    assert f"/entries/new/?person={owner.pk}" in page
    typed = {"day": "2026-03-03", "start": "9", "end": "10", "description": "on their behalf"}
    logged = browser.post(f"/entries/new/?person={owner.pk}", typed, headers=HTMX)
    entry = TimeEntry.objects.get()
    assert (entry.user, entry.description) == (owner, "on their behalf")
    undo(browser, logged)
    entry.refresh_from_db()
    assert entry.deleted_at is not None
    assert client_for(outsider).get(f"/entries/new/?person={owner.pk}").status_code == 404


# ── Gaps, review, trash, history ─────────────────────────────────────────────
def test_gaps_are_shown_and_begin_an_entry(olga: Client, owner: User):
    make_entry(owner, at(3, 9), 60)
    make_entry(owner, at(3, 9, 30), 15)  # inside the first
    make_entry(owner, at(3, 10, 45).replace(second=50), 60)  # counted between the minutes that are shown
    make_entry(owner, at(3, 11, 55), 5)  # ten minutes are none
    page = text(olga.get("/entries/"))
    assert page.count("not logged") == 1
    assert "0:45 not logged" in page
    assert "day=2026-03-03&amp;start=10:00&amp;end=10:45" in page
    form = text(olga.get("/entries/new/?day=2026-03-03&start=10:00&end=10:45", headers=HTMX))
    assert 'value="10:45"' in form
    assert "not logged" not in text(olga.get("/entries/?q=x"))


def test_the_review_list(olga: Client, owner: User, client_for: ClientFor, outsider: User):
    project = make_project()
    crossing = [make_entry(owner, at(3, 9), 60, project=project, description=name) for name in ("First", "Second")]
    make_entry(owner, at(3, 12), 60, project=project, description="Quite right")
    page = text(olga.get("/entries/review/"))
    assert all(name in page for name in ("First", "Second", "Overlaps another entry"))
    assert "Quite right" not in page
    assert "2 to review" in text(olga.get("/entries/"))
    accepted = olga.post(f"/entries/{crossing[0].pk}/accept/", headers=HTMX)
    assert "First" not in text(olga.get("/entries/review/"))
    undo(olga, accepted)
    assert "First" in text(olga.get("/entries/review/"))
    delete_entry(entry=crossing[0], actor=owner)
    assert "Every entry looks right." in text(olga.get("/entries/review/"))
    assert "Second" not in text(client_for(outsider).get("/entries/review/"))


def test_the_link_to_the_review_list_counts_what_is_there(client_for: ClientFor, owner: User, lead: User):
    """Also where nothing odd is one's own, on one's own week and on another's."""
    for hour in (9, 11):
        make_entry(owner, at(3, hour))  # without a project
    browser = client_for(lead)
    for page in ("/entries/", f"/entries/?person={owner.pk}"):
        assert "2 to review" in text(browser.get(page))
    assert len(browser.get("/entries/review/").context["page"].items) == 2


def test_what_is_billed_no_longer_asks_for_review(
    client_for: ClientFor, olga: Client, owner: User, administrator: User
):
    entry = make_entry(owner, at(3, 9), 13 * 60)
    assert "over the 12 h limit" in text(olga.get("/entries/"))
    set_billed(entry=entry, actor=administrator)
    page = text(olga.get("/entries/"))
    assert "over the 12 h limit" not in page
    assert "to review" not in page
    assert "Every entry looks right." in text(olga.get("/entries/review/"))
    assert olga.get("/api/time-entries/?review=true").json()["results"] == []
    assert [row["review"] for row in olga.get("/api/time-entries/?review=false").json()["results"]] == [""]
    set_billed(entry=entry, actor=administrator, billed=False)
    assert "1 to review" in text(olga.get("/entries/"))


def test_the_trash(olga: Client, owner: User, client_for: ClientFor, outsider: User):
    assert "The trash is empty" in text(olga.get("/entries/trash/"))
    entry = delete_entry(entry=make_entry(owner, at(3, 9), description="Gone"), actor=owner)
    assert "Gone" in text(olga.get("/entries/trash/"))
    assert "Gone" not in text(client_for(outsider).get("/entries/trash/"))
    olga.post(f"/entries/{entry.pk}/restore/", headers=HTMX)
    assert "Gone" not in text(olga.get("/entries/trash/"))


def test_the_history_says_what_was_and_puts_it_back(olga: Client, owner: User):
    project, tag = make_project(name="Website"), make_tag("ux")
    entry = make_entry(owner, at(3, 9), description="one")
    update_entry(entry=entry, actor=owner, description="two", project=project, tags=[tag], ended_at=at(3, 11))
    update_entry(entry=entry, actor=owner, description="three")
    page = text(olga.get(f"/entries/{entry.pk}/history/", headers=HTMX))
    for words in (
        "<del>one</del>",
        "<ins>two</ins>",
        "<ins>Website</ins>",
        "<ins>#ux</ins>",
        "3 Mar 10:00",
        "Time logged",
    ):
        assert words in page
    revert = page.split('action="')[-1].split('"')[0]  # the older of the two
    put_back = olga.post(revert, headers=HTMX)
    entry.refresh_from_db()
    assert (entry.description, entry.project, entry.seconds, entry.tags.count()) == ("one", None, 3600, 0)
    undo(olga, put_back)
    entry.refresh_from_db()
    assert (entry.description, entry.project) == ("three", project)
    assert olga.post(revert, headers=HTMX).status_code == 204


def test_somebody_elses_changes_are_not_there(client_for: ClientFor, olga: Client, owner: User, outsider: User):
    entry = make_entry(owner, at(3, 9))
    deleted = olga.post(f"/entries/{entry.pk}/delete/", headers=HTMX)
    url = toast_of(deleted)["undo_url"]
    assert client_for(outsider).post(url, headers=HTMX).status_code == 404
    assert olga.get(url).status_code == 405


@pytest.mark.parametrize("rows", [1, 3])
def test_statements(olga: Client, owner: User, rows: int):
    project = make_project()
    for n in range(rows):
        entry = make_entry(owner, at(2, 8 + n), 90, project=project, tags=[make_tag()])
        update_entry(entry=entry, actor=owner, description=f"{n}", project=None)
        delete_entry(entry=make_entry(owner, at(3, 8 + n), project=project), actor=owner)
    start_timer(user=owner)
    assert statements(olga, "/entries/") <= MOST_STATEMENTS
    assert statements(olga, "/entries/review/") <= 8
    assert statements(olga, "/entries/choices/", HTMX) <= 6
    assert statements(olga, "/entries/trash/") <= 8
    assert statements(olga, f"/entries/{entry.pk}/history/", HTMX) <= 6
