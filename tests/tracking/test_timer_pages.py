"""The timer bar as the olga sees it: every answer is the bar as it stands now."""

from __future__ import annotations

import datetime as dt
import json
import uuid

import pytest
import time_machine
from django.test import Client

from accounts.models import Organisation, User
from tests.conftest import ClientFor
from tests.tracking.pages import HTMX, statements, text, toast_of, undo
from tests.work import make_client, make_entry, make_project, make_tag, make_task
from tracking.choices import ProjectStatus
from tracking.models import Project, Tag, TimeEntry
from tracking.services.timer import pause_timer, start_timer, stop_timer

pytestmark = pytest.mark.django_db

BAR = "/timer/bar/"
NINE = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)


def send(browser: Client, what: str, **data):
    return browser.post(f"/timer/{what}/", data, headers=HTMX)


def running(user: User) -> TimeEntry:
    return TimeEntry.objects.running().get(user=user)


@pytest.mark.parametrize("path", ["bar", "suggest"])
def test_nobody_is_sent_to_sign_in(client_for: ClientFor, path: str):
    assert client_for(None).get(f"/timer/{path}/").status_code == 302


@pytest.mark.parametrize(
    "path", ["start", "stop", "pause", "resume", "discard", "edit", "start-time", "new-project", "new-tag"]
)
def test_looking_never_writes(olga: Client, path: str):
    assert olga.get(f"/timer/{path}/").status_code == 405


def test_every_page_has_the_bar_without_asking_again(olga: Client, owner: User):
    start_timer(user=owner, description="Address form")
    page = text(olga.get("/entries/"))
    assert page.count('id="timer-bar"') == 1
    assert "Address form" in page
    assert 'hx-trigger="live:timer from:body"' in page


def test_start_with_project_and_tags(olga: Client, owner: User):
    task, tag = make_task(), make_tag("ux")
    answer = send(olga, "start", description="Sketch", work=f"task-{task.pk}", tags=[tag.pk], uid=uuid.uuid4())
    entry = running(owner)
    assert (entry.description, entry.task, entry.project) == ("Sketch", task, task.project)
    assert list(entry.tags.all()) == [tag]
    assert 'id="timer-stop"' in text(answer)
    assert "entriesChanged" in json.loads(answer.headers["HX-Trigger"])


def test_sent_twice_it_starts_once(olga: Client):
    uid = uuid.uuid4()
    for _ in range(2):
        assert send(olga, "start", description="once", uid=uid).status_code == 200
    assert TimeEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"description": "x" * 5000}, "At most 2000 characters"),
        ({"work": "project-999"}, "is gone"),
        ({"work": "nonsense"}, "from the list"),
        ({"tags": ["999"]}, "999"),
    ],
)
def test_a_refused_start_keeps_what_was_typed(olga: Client, data: dict, said: str):
    answer = send(olga, "start", **{"description": "Sketch the page", **data})
    assert answer.status_code == 422
    assert said in text(answer)
    assert data.get("description", "Sketch the page") in text(answer)
    assert not TimeEntry.objects.exists()


def test_a_project_one_does_not_see_is_no_project(olga: Client, manager: User):
    hidden = make_project(manager, is_public=False)
    assert send(olga, "start", work=f"project-{hidden.pk}").status_code == 422
    assert not TimeEntry.objects.exists()


def test_a_closed_project_is_refused_in_words(olga: Client):
    closed = make_project(status=ProjectStatus.ARCHIVED)
    answer = send(olga, "start", description="more", work=f"project-{closed.pk}")
    assert answer.status_code == 422
    assert "closed" in text(answer)


def test_a_second_timer_where_the_organisation_refuses_it(olga: Client, owner: User, organisation: Organisation):
    organisation.refuse_second_timer = True
    organisation.save()
    start_timer(user=owner, description="first")
    answer = send(olga, "start", description="second")
    assert answer.status_code == 422
    assert "running already" in text(answer)
    assert 'value="second"' in text(answer)
    assert running(owner).description == "first"


def test_stop_is_compare_and_set(olga: Client, owner: User):
    with time_machine.travel(NINE, tick=False) as clock:
        entry = start_timer(user=owner)
        clock.shift(3600)
        stop_timer(user=owner)
        second = start_timer(user=owner, description="next")
        clock.shift(60)
        assert send(olga, "stop", entry=entry.pk).status_code == 200
    entry.refresh_from_db()
    assert entry.seconds == 3600
    assert running(owner) == second


def test_stop_with_nothing_running_and_of_somebody_elses(olga: Client, outsider: User):
    theirs = start_timer(user=outsider)
    assert send(olga, "stop").status_code == 422
    assert send(olga, "stop", entry=theirs.pk).status_code == 422
    assert running(outsider) == theirs


def test_pause_says_so_and_resume_goes_on(olga: Client, owner: User):
    start_timer(user=owner)
    assert "Paused" in text(send(olga, "pause"))
    assert running(owner).paused
    assert "Paused" not in text(send(olga, "resume"))
    assert not running(owner).paused
    stop_timer(user=owner)
    assert send(olga, "pause").status_code == send(olga, "resume").status_code == 422


def test_discard_can_be_undone(olga: Client, owner: User):
    start_timer(user=owner, description="a slip")
    answer = send(olga, "discard")
    assert not TimeEntry.objects.alive().exists()
    assert undo(olga, answer).status_code == 204
    assert TimeEntry.objects.running().get().description == "a slip"
    send(olga, "discard")
    assert send(olga, "discard").status_code == 422


def test_edit_changes_what_was_touched(olga: Client, owner: User):
    project, tag = make_project(billable=True), make_tag("ux")
    entry = start_timer(user=owner, description="Sketch")
    fields = {"entry": entry.pk, "version": entry.version, "description": "Sketch", "work": f"project-{project.pk}"}
    assert send(olga, "edit", **fields, tags=[tag.pk]).status_code == 200
    entry = running(owner)
    assert (entry.project, entry.billable, list(entry.tags.all())) == (project, True, [tag])


def test_edit_from_a_stale_tab_says_so_and_keeps_what_was_typed(olga: Client, owner: User):
    entry = start_timer(user=owner, description="old")
    fields = {"entry": entry.pk, "version": entry.version}
    send(olga, "edit", **fields, description="from the first tab")
    answer = send(olga, "edit", **fields, description="from the second tab")
    assert answer.status_code == 422
    assert "changed elsewhere" in text(answer)
    assert 'value="from the second tab"' in text(answer)
    assert running(owner).description == "from the first tab"
    # The bar now knows the version: sending once more means it.
    again = {"entry": entry.pk, "version": running(owner).version, "description": "from the second tab"}
    assert send(olga, "edit", **again).status_code == 200


def test_edit_of_a_timer_that_was_stopped(olga: Client, owner: User):
    entry = start_timer(user=owner)
    stop_timer(user=owner)
    answer = send(olga, "edit", entry=entry.pk, version=1, description="late")
    assert answer.status_code == 422
    assert "has been stopped" in text(answer)


def test_a_closed_project_may_stay_while_the_text_changes(olga: Client, owner: User):
    project = make_project()
    entry = start_timer(user=owner, project=project)
    Project.objects.update(status=ProjectStatus.COMPLETED)
    fields = {"entry": entry.pk, "version": entry.version, "work": f"project-{project.pk}", "description": "last bits"}
    assert send(olga, "edit", **fields).status_code == 200
    assert running(owner).description == "last bits"


@pytest.mark.parametrize(("shift", "minutes"), [("-5", -5), ("5", 5)])
def test_the_start_in_steps(olga: Client, owner: User, shift: str, minutes: int):
    with time_machine.travel(NINE, tick=False) as clock:
        entry = start_timer(user=owner)
        clock.shift(3600)
        answer = send(olga, "start-time", shift=shift)
    assert answer.status_code == 200
    assert running(owner).started_at == entry.started_at + dt.timedelta(minutes=minutes)


def test_a_step_never_goes_beyond_now(olga: Client, owner: User):
    with time_machine.travel(NINE, tick=False) as clock:
        start_timer(user=owner)
        clock.shift(60)
        assert send(olga, "start-time", shift="5").status_code == 200
        assert running(owner).started_at == NINE + dt.timedelta(minutes=1)


def test_another_start_in_the_persons_own_zone(olga: Client, owner: User):
    User.objects.update(time_zone="Asia/Kolkata")
    with time_machine.travel(NINE.replace(second=37), tick=False):
        start_timer(user=owner)
        assert send(olga, "start-time", day="2026-03-02", time="14:30").status_code == 200
        assert running(owner).started_at == NINE.replace(second=37)  # as shown, so the seconds stay
        assert send(olga, "start-time", day="2026-03-02", time="1415").status_code == 200
    assert running(owner).started_at == NINE - dt.timedelta(minutes=15)


@pytest.mark.parametrize(
    ("day", "time", "said"),
    [
        ("2026-03-02", "soon", "Write a time"),
        ("2026-03-02", "23:00", "in the future"),
        ("2026-03-02", "", "When did it start?"),
        ("yesterday", "9", "valid date"),
    ],
)
def test_a_refused_start_time_stays_in_the_field(olga: Client, owner: User, day: str, time: str, said: str):
    with time_machine.travel(NINE, tick=False):
        start_timer(user=owner)
        answer = send(olga, "start-time", day=day, time=time)
        assert answer.status_code == 422
        assert said in text(answer)
        assert f'name="time" value="{time}"' in text(answer)
        assert running(owner).started_at == NINE


def test_start_time_with_nothing_running(olga: Client):
    assert send(olga, "start-time", shift="5").status_code == 422


def test_without_scripts_a_form_leads_back_to_its_page(olga: Client, owner: User):
    page = "http://testserver/projects/?q=a"
    answer = olga.post("/timer/start/", {"description": "plain"}, headers={"referer": page})
    assert (answer.status_code, answer.headers["location"]) == (302, page)
    assert running(owner).description == "plain"
    foreign = olga.post("/timer/stop/", {}, headers={"referer": "https://example.org/"})
    assert foreign.headers["location"] == "/"
    refused = olga.post("/timer/stop/", {}, follow=True)
    assert "No timer is running" in text(refused)


# ── Suggestions ──────────────────────────────────────────────────────────────
def suggest(browser: Client, **query) -> str:
    return text(browser.get("/timer/suggest/", query, headers=HTMX))


def test_earlier_descriptions_come_with_their_project_and_tags(olga: Client, owner: User, outsider: User):
    project = make_project(name="Website", color="sky")
    make_entry(owner, description="Checkout flow", project=project, tags=[make_tag("ux")])
    make_entry(owner, description="Stand-up")
    make_entry(outsider, description="Checkout of others")
    options = suggest(olga, q="check")
    assert options.count('role="option"') == 1
    assert f'value="project-{project.pk}" data-color="sky"' in options
    assert "#ux" in options


def test_a_closed_project_is_not_suggested_again(olga: Client, owner: User):
    make_entry(owner, description="Checkout flow", project=make_project(name="Gone"))
    Project.objects.update(status=ProjectStatus.ARCHIVED)
    assert "Gone" not in suggest(olga, q="check")


def test_at_picks_a_project_or_a_task_of_it(olga: Client, owner: User, manager: User):
    project = make_project(name="Website", client=make_client(name="Northwind"))
    task = make_task(project, name="Address form", assignee=owner)
    make_project(manager, name="Web of secrets", is_public=False)
    options = suggest(olga, q="web", kind="work")
    assert f'value="project-{project.pk}"' in options
    assert f'value="task-{task.pk}"' in options
    assert "secrets" not in options
    assert "Northwind" in options


@pytest.mark.parametrize(("who", "offered"), [("owner", False), ("manager", True), ("administrator", True)])
def test_a_project_is_created_in_place_by_those_who_may(
    request: pytest.FixtureRequest, client_for: ClientFor, who: str, offered: bool
):
    browser = client_for(request.getfixturevalue(who))
    assert ("new-project" in suggest(browser, q="Brand new", kind="work")) == offered
    answer = browser.post("/timer/new-project/", {"name": "Brand new"}, headers=HTMX)
    assert answer.status_code == (200 if offered else 403)
    assert Project.objects.filter(name="Brand new").exists() == offered
    if offered:
        assert f'value="project-{Project.objects.get().pk}"' in text(answer)
        assert "new-project" not in suggest(browser, q="brand NEW", kind="work")
        assert browser.post("/timer/new-project/", {"name": "Brand new"}, headers=HTMX).status_code == 422


def test_tags_are_found_and_made(olga: Client):
    tag = make_tag("frontend")
    assert f'value="{tag.pk}"' in suggest(olga, q="front", kind="tags")
    assert 'data-name="back"' in suggest(olga, q="back", kind="tags")
    for not_one in ("frontend", "two words", "x" * 61):
        assert "data-create-url" not in suggest(olga, q=not_one, kind="tags")
    assert 'data-field="tags"' in text(olga.post("/timer/new-tag/", {"name": "back"}, headers=HTMX))
    assert Tag.objects.filter(name="back").exists()
    assert olga.post("/timer/new-tag/", {"name": "FRONTEND"}, headers=HTMX).status_code == 422


def test_filters_ask_for_projects_and_tags(olga: Client):
    make_project(name="Website")
    make_tag("frontend")
    assert 'data-field="project"' in suggest(olga, q="web", kind="project")
    assert 'data-field="tag"' in suggest(olga, q="front", kind="tag")
    assert olga.get("/timer/suggest/", {"kind": "nonsense"}).status_code == 404


def test_markup_in_a_description_is_only_text(olga: Client, owner: User):
    start_timer(user=owner, description="<script>alert(1)</script>")
    pages = text(olga.get(BAR)) + suggest(olga, q="script") + text(olga.get("/entries/"))
    assert "<script>alert" not in pages


# ── Speed ────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("kind", ["", "work", "tags"])
def test_statements_of_suggestions(olga: Client, owner: User, kind: str):
    counts = []
    for number in (1, 3):
        for _ in range(number):
            task = make_task(make_project(client=make_client()), assignee=owner)
            make_entry(owner, description="Same words", task=task, tags=[make_tag()])
        counts.append(statements(olga, f"/timer/suggest/?kind={kind}&q=a", HTMX))
    assert counts[0] == counts[1] <= 8


def test_statements_of_the_bar(olga: Client, owner: User):
    start_timer(user=owner, task=make_task(), tags=[make_tag()])
    one = statements(olga, BAR, HTMX)
    start_timer(
        user=owner, task=make_task(make_project(client=make_client())), tags=[make_tag(), make_tag(), make_tag()]
    )
    pause_timer(user=owner)
    assert statements(olga, BAR, HTMX) == one <= 6


def test_the_week_at_the_foot_comes_along(olga: Client, owner: User):
    assert text(olga.get("/entries/")).count('id="week-foot"') == 1
    answer = text(send(olga, "start", description="more"))
    assert 'id="week-foot" hx-swap-oob="outerHTML"' in answer


def test_toast_of_a_discard_leads_to_the_trash(olga: Client, owner: User):
    entry = start_timer(user=owner)
    assert toast_of(send(olga, "discard"))["undo_url"] == f"/entries/{entry.pk}/restore/"
