"""Logging time in one line: what the preview says, what is saved, and what a line may name."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from accounts.models import User
from tests.tracking.pages import HTMX, statements, text, undo
from tests.work import make_client, make_entry, make_project, make_task
from tracking.models import Tag, TimeEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wednesday")]


def preview(browser: Client, line: str) -> str:
    answer = browser.get("/entries/quick/preview/", {"line": line}, headers=HTMX)
    assert answer.status_code == 200
    return " ".join(text(answer).split())


def test_the_preview_says_how_each_word_is_read(olga: Client):
    make_project(name="Acme site", billable=True)
    said = preview(olga, "2h design review @acme-site #ux yesterday")
    for kind, words in (("duration", "2h"), ("description", "design review"), ("work", "@acme-site"), ("tag", "#ux")):
        assert f'data-kind="{kind}"><span>{words}</span>' in said
    assert "Tue" in said
    assert "Acme site" in said
    assert "2:00" in said


def test_yesterday_stays_yesterday_where_an_entry_ran_into_today(olga: Client, owner: User):
    make_entry(owner, dt.datetime(2026, 3, 3, 8, tzinfo=dt.UTC), 60)
    make_entry(owner, dt.datetime(2026, 3, 3, 10, tzinfo=dt.UTC), 24 * 60)
    assert olga.post("/entries/quick/", {"line": "1h sketch yesterday"}, headers=HTMX).status_code == 204
    assert TimeEntry.objects.get(description="sketch").started_at == dt.datetime(2026, 3, 3, 9, tzinfo=dt.UTC)


def test_of_several_projects_that_fit_one_is_chosen(olga: Client):
    first, second = make_project(name="Measures"), make_project(name="Measuring")
    line = {"line": "1h dig @meas"}
    assert f'value="project-{first.pk}" checked' in preview(olga, line["line"])
    chosen = line | {"work": f"project-{second.pk}"}
    shown = text(olga.get("/entries/quick/preview/", chosen, headers=HTMX))
    assert f'value="project-{second.pk}" checked' in shown
    assert f'value="project-{first.pk}"' in shown
    assert olga.post("/entries/quick/", chosen, headers=HTMX).status_code == 204
    assert TimeEntry.objects.get().project == second
    assert olga.post("/entries/quick/", chosen | {"line": "1h dig @measures"}, headers=HTMX).status_code == 204
    assert TimeEntry.objects.latest("pk").project == first  # the words have changed since it was chosen
    assert 'type="radio"' not in preview(olga, "1h dig @measures")


def test_a_line_is_saved_and_taken_back(olga: Client, owner: User):
    project = make_project(name="Acme site")
    logged = olga.post("/entries/quick/", {"line": "9-1030 stand-up @acme #ux #New 2026-03-03"}, headers=HTMX)
    assert logged.status_code == 204
    entry = TimeEntry.objects.get()
    assert (entry.user, entry.description, entry.project) == (owner, "stand-up", project)
    assert (entry.started_at, entry.seconds) == (dt.datetime(2026, 3, 3, 9, tzinfo=dt.UTC), 5400)
    assert sorted(entry.tags.values_list("name", flat=True)) == ["New", "ux"]
    undo(olga, logged)
    assert not TimeEntry.objects.alive().exists()


def test_durations_end_now_today_and_follow_the_last_entry_elsewhere(olga: Client, owner: User):
    make_entry(owner, dt.datetime(2026, 3, 3, 9, tzinfo=dt.UTC), 60)
    for line in ("1h now", "1h then yesterday", "1:30 ahead tomorrow"):
        assert olga.post("/entries/quick/", {"line": line}, headers=HTMX).status_code == 204
    times = dict(TimeEntry.objects.exclude(description="").values_list("description", "started_at"))
    assert times == {
        "now": dt.datetime(2026, 3, 4, 11, tzinfo=dt.UTC),
        "then": dt.datetime(2026, 3, 3, 10, tzinfo=dt.UTC),
        "ahead": dt.datetime(2026, 3, 5, owner.work_starts.hour, tzinfo=dt.UTC),
    }
    assert TimeEntry.objects.get(description="ahead").review == "future"
    assert "in the future" in preview(olga, "1:30 ahead tomorrow")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("just words", "How long?"),
        ("2h @nowhere", "No project or task fits @nowhere."),
        ("13h", "longer than today has lasted"),
        ('2h #"two words"', "two words"),
        ("", ""),
    ],
)
def test_what_is_refused_says_why_and_keeps_the_line(olga: Client, line: str, why: str):
    answer = olga.post("/entries/quick/", {"line": line}, headers=HTMX)
    assert (answer.status_code, why in text(answer)) == (200, True)
    assert not TimeEntry.objects.exists()
    assert not Tag.objects.exists()


def test_the_same_line_sent_twice_is_one_entry(olga: Client):
    sent = {"line": "1h once", "uid": "6f1b7f0c-9d5e-4f6e-8b1a-0f5b7a2c9d11"}
    for _ in range(2):
        assert olga.post("/entries/quick/", sent, headers=HTMX).status_code == 204
    assert TimeEntry.objects.count() == 1


def test_what_names_find(olga: Client, owner: User):
    site = make_project(name="Acme site", code="web", client=make_client(name="Acme Corp"))
    app = make_project(name="Acme app")
    task = make_task(app, name="Login page")
    hidden = make_project(name="Secret plan", code="secret", is_public=False)
    for words, expected in (
        ("web", ("Acme site", None)), ("ACME-SITE", ("Acme site", None)), ("acme_app", ("Acme app", None)),
        ('"login page"', ("Acme app", "Login page")), ("login", ("Acme app", "Login page")),
        ("site", ("Acme site", None)),
    ):  # fmt: skip
        olga.post("/entries/quick/", {"line": f"1h @{words} 2026-03-02"}, headers=HTMX)
        entry = TimeEntry.objects.order_by("-pk")[0]
        found = (entry.project and entry.project.name, entry.task and entry.task.name)
        assert found == expected, words
    assert {site, app, task.project} == {site, app}
    assert "No project or task fits" in preview(olga, "1h @secret")
    assert hidden.name not in preview(olga, "1h @secret")


def test_every_page_leads_there(olga: Client):
    assert 'href="/entries/quick/"' in text(olga.get("/tags/"))
    assert "quick-line" in text(olga.get("/entries/quick/"))


def test_statements_of_the_preview(olga: Client):
    for number in range(30):
        make_task(make_project(name=f"Acme {number}"), name=f"Acme task {number}")
    assert statements(olga, "/entries/quick/preview/?line=2h+@acme+%23ux+yesterday", HTMX) <= 7
