from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import User
from tests.conftest import ClientFor
from tests.tracking.pages import HTMX, MOST_STATEMENTS, statements, text, toast_of, undo
from tests.work import make_client, make_entry, make_project, make_task
from timetracker.web.palette import COLOURS
from tracking.budgets import budget_use, burn
from tracking.choices import BudgetType, ProjectStatus
from tracking.models import FavouriteProject, Project, ProjectRate
from tracking.services.projects import archive_project, create_project

pytestmark = pytest.mark.django_db

LIST = "/projects/"
TYPED = {
    "name": "Relaunch",
    "color": "teal",
    "status": "active",
    "budget_type": "none",
    "is_public": "True",
    "billable": "on",
}


def last_hours(person: User, hours: int, **fields: object) -> None:
    make_entry(person, start=timezone.now() - dt.timedelta(days=2), minutes=60 * hours, **fields)


def test_who_sees_which_project(
    client_for: ClientFor, owner: User, teammate: User, outsider: User, administrator: User
):
    closed = make_project(manager=owner, members=(teammate,), is_public=False, name="Secret")

    for person, status in ((owner, 200), (teammate, 200), (administrator, 200), (outsider, 404)):
        assert client_for(person).get(f"/projects/{closed.pk}/").status_code == status
        assert client_for(person).get(f"/projects/{closed.pk}/people/").status_code == status
        assert ("Secret" in text(client_for(person).get(LIST))) == (status == 200)
    assert client_for(None).get(f"/projects/{closed.pk}/").status_code == 302


@pytest.mark.parametrize(
    "path",
    ["edit/", "archive/", "bring-back/", "delete/", "people/add/", "people/restore/", "rates/add/", "rates/restore/"],
)
def test_only_managers_change_a_project(
    client_for: ClientFor, owner: User, teammate: User, outsider: User, manager: User, path: str
):
    project = make_project(manager=owner, members=(teammate,))
    closed = make_project(manager=owner, is_public=False)

    for person in (teammate, outsider, manager):
        assert client_for(person).post(f"/projects/{project.pk}/{path}", headers=HTMX).status_code == 403
        assert client_for(person).post(f"/projects/{closed.pk}/{path}", headers=HTMX).status_code == 404


def test_money_is_for_the_projects_managers(client_for: ClientFor, owner: User, teammate: User):
    project = make_project(
        manager=owner, members=(teammate,), rate="77.70", budget_type=BudgetType.MONEY, budget_amount=Decimal("4321")
    )
    last_hours(teammate, 10, project=project)
    for url in (LIST, f"/projects/{project.pk}/", f"/projects/{project.pk}/people/"):
        seen, hidden = text(client_for(owner).get(url)), text(client_for(teammate).get(url))
        assert "4,321" in seen or "77.70" in seen
        assert not any(secret in hidden for secret in ("4,321", "77.70", "777.00"))


def test_a_budget_in_hours_is_for_everybody(client_for: ClientFor, owner: User, teammate: User):
    project = make_project(manager=owner, budget_type=BudgetType.HOURS, budget_amount=Decimal(20), name="Relaunch")
    last_hours(owner, 10, project=project)

    assert "50 %" in text(client_for(teammate).get(LIST))
    assert "10:00 of 20:00 hours used" in text(client_for(teammate).get(f"/projects/{project.pk}/"))


def test_create_takes_the_clients_currency(client_for: ClientFor, manager: User):
    acme = make_client(currency="CHF")
    answer = client_for(manager).post(
        "/projects/new/", {**TYPED, "client": acme.pk, "hourly_rate": "120", "code": "rl"}, headers=HTMX
    )

    project = Project.objects.get()
    assert answer.headers["HX-Redirect"] == f"/projects/{project.pk}/"
    assert (project.currency, project.color, project.billable, project.is_public) == ("CHF", "teal", True, True)
    assert project.memberships.get().user == manager
    assert project.rates.get().valid_from == ProjectRate.ALWAYS


def test_a_member_opens_no_project(client_for: ClientFor, owner: User):
    assert client_for(owner).get("/projects/new/").status_code == 403
    assert client_for(owner).post("/projects/new/", TYPED).status_code == 403
    assert not Project.objects.exists()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": "taken"}, "name"),
        ({"code": "TKN"}, "code"),
        ({"code": "a b"}, "code"),
        ({"currency": "euros"}, "currency"),
        ({"budget_type": "hours"}, "budget_amount"),
        ({"budget_type": "hours", "budget_amount": "-3"}, "budget_amount"),
        ({"starts_on": "2026-05-02", "due_on": "2026-05-01"}, "due_on"),
        ({"due_on": "soon"}, "due_on"),
        ({"color": "mauve"}, "color"),
        ({"client": "999"}, "client"),
        ({"hourly_rate": "much"}, "hourly_rate"),
        ({"status": "archived"}, "status"),
    ],
)
def test_a_wrong_field_keeps_what_was_typed(client_for: ClientFor, manager: User, typed: dict[str, str], field: str):
    make_project(name="Taken", code="tkn")
    page = client_for(manager).post("/projects/new/", {**TYPED, "description": "for spring", **typed}, headers=HTMX)

    assert page.status_code == 200
    assert page.context["form"].errors.keys() == {field}
    assert "for spring" in text(page)
    assert f"project_{field}" in text(page)
    assert Project.objects.count() == 1


def test_the_same_name_for_two_clients_is_fine(client_for: ClientFor, manager: User):
    make_project(name="Relaunch", client=make_client())
    assert client_for(manager).post("/projects/new/", {**TYPED, "client": make_client().pk}).status_code == 302


def test_edit(client_for: ClientFor, owner: User):
    project = make_project(manager=owner, name="Old", currency="GBP")
    url, browser = f"/projects/{project.pk}/edit/", client_for(owner)
    assert "Old" in text(browser.get(url, headers=HTMX))
    typed = {**TYPED, "budget_type": "hours", "budget_amount": "12.5", "version": "1", "is_public": "False"}
    assert browser.post(url, typed, headers=HTMX).status_code == 204

    project.refresh_from_db()
    assert (project.name, project.currency, project.budget_amount, project.is_public) == (
        "Relaunch",
        "GBP",
        Decimal("12.5"),
        False,
    )
    stale = browser.post(url, {**typed, "name": "Another"}, headers=HTMX)
    assert stale.status_code == 200
    assert "Relaunch" in text(stale)


def test_archive_and_undo(client_for: ClientFor, owner: User):
    project, browser = make_project(manager=owner, name="Relaunch"), client_for(owner)
    answer = browser.post(f"/projects/{project.pk}/archive/", headers=HTMX)

    assert "Relaunch" not in text(browser.get(LIST, headers=HTMX))
    assert "Relaunch" in text(browser.get(f"{LIST}?show=archived", headers=HTMX))
    undo(browser, answer)
    project.refresh_from_db()
    assert project.status == ProjectStatus.ACTIVE


def test_delete_only_what_is_unused(client_for: ClientFor, owner: User):
    unused, used = make_project(manager=owner), make_project(manager=owner)
    make_task(used, status="done", completed_at=timezone.now())
    browser = client_for(owner)

    assert browser.post(f"/projects/{unused.pk}/delete/", headers=HTMX).headers["HX-Redirect"] == LIST
    assert browser.post(f"/projects/{used.pk}/delete/", headers=HTMX).status_code == 409
    assert list(Project.objects.all()) == [used]


def test_bulk_says_what_was_refused(client_for: ClientFor, owner: User):
    mine, other, unseen = make_project(manager=owner), make_project(), make_project(is_public=False)
    browser = client_for(owner)
    answer = browser.post(
        "/projects/bulk/", {"ids": [mine.pk, other.pk, unseen.pk], "status": "archived"}, headers=HTMX
    )

    assert Project.objects.get(status="archived") == mine
    assert "1 project: Archived." in toast_of(answer)["text"]
    assert "1 was left alone: Only the project" in toast_of(answer)["text"]
    assert "1 was left alone: It is no longer there." in toast_of(answer)["text"]
    undo(browser, answer)
    assert not Project.objects.filter(status="archived").exists()
    assert browser.post("/projects/bulk/", {"ids": [mine.pk], "status": "lost"}, headers=HTMX).status_code == 204
    assert Project.objects.get(pk=mine.pk).status == "active"


def test_favourites_are_ones_own(client_for: ClientFor, owner: User, teammate: User):
    first, second = make_project(name="Alpha"), make_project(name="Beta")
    browser = client_for(owner)
    star = browser.post(f"/projects/{second.pk}/favourite/", headers=HTMX)

    assert 'aria-pressed="true"' in text(star)
    assert list(browser.get(LIST).context["page"]) == [second, first]
    assert list(client_for(teammate).get(LIST).context["page"]) == [first, second]
    assert 'aria-pressed="false"' in text(browser.post(f"/projects/{second.pk}/favourite/", headers=HTMX))
    assert not FavouriteProject.objects.exists()


def test_members(client_for: ClientFor, owner: User, teammate: User, outsider: User):
    project, browser = make_project(manager=owner, is_public=False), client_for(owner)
    base = f"/projects/{project.pk}/people/"
    assert browser.post(f"{base}add/", {"user": teammate.pk}, headers=HTMX).status_code == 204
    assert client_for(teammate).get(f"/projects/{project.pk}/").status_code == 200
    browser.post(f"{base}{teammate.pk}/manager/", headers=HTMX)
    assert project.memberships.get(user=teammate).is_manager
    gone = browser.post(f"{base}{teammate.pk}/none/", headers=HTMX)
    assert client_for(teammate).get(f"/projects/{project.pk}/").status_code == 404
    undo(browser, gone)
    assert project.memberships.get(user=teammate).is_manager
    browser.post(f"{base}{teammate.pk}/member/", headers=HTMX)
    assert not project.memberships.get(user=teammate).is_manager
    assert browser.post(f"{base}{outsider.pk}/none/", headers=HTMX).status_code == 404


def test_the_last_manager_stays(client_for: ClientFor, owner: User):
    project, browser = make_project(manager=owner), client_for(owner)
    for role in ("member", "none"):
        refused = browser.post(f"/projects/{project.pk}/people/{owner.pk}/{role}/", headers=HTMX)
        assert refused.status_code == 409
        assert "needs a manager" in toast_of(refused)["text"]
    assert project.memberships.get().is_manager


def test_somebody_who_has_left_is_not_added(client_for: ClientFor, owner: User, former: User):
    project = make_project(manager=owner)
    page = client_for(owner).post(f"/projects/{project.pk}/people/add/", {"user": former.pk}, headers=HTMX)
    assert page.status_code == 200
    assert "user" in page.context["member_form"].errors


def test_rates_with_their_days(client_for: ClientFor, owner: User):
    project, browser = make_project(manager=owner, rate="80"), client_for(owner)
    base = f"/projects/{project.pk}/rates/"
    assert (
        browser.post(f"{base}add/", {"valid_from": "2026-05-01", "hourly_rate": "95;5"}, headers=HTMX).status_code
        == 200
    )
    page = browser.post(f"{base}add/", {"valid_from": "0099-05-01", "hourly_rate": "-1"}, headers=HTMX)
    assert page.context["rate_form"].errors.keys() == {"valid_from", "hourly_rate"}
    assert (
        browser.post(f"{base}add/", {"valid_from": "2026-05-01", "hourly_rate": "95.50"}, headers=HTMX).status_code
        == 204
    )
    assert "€95.50" in text(browser.get(f"/projects/{project.pk}/people/"))

    for step in project.rates.all():
        gone = browser.post(f"{base}{step.pk}/remove/", headers=HTMX)
        assert not project.rates.filter(valid_from=step.valid_from).exists()
        undo(browser, gone)
        assert project.rates.get(valid_from=step.valid_from).hourly_rate == step.hourly_rate


def test_how_long_the_budget_lasts(owner: User):
    today = timezone.localdate()
    project = make_project(
        budget_type=BudgetType.HOURS, budget_amount=Decimal(100), due_on=today + dt.timedelta(days=90)
    )
    for _ in range(4):
        last_hours(owner, 7, project=project)
    project = Project.objects.with_rights_for(owner).get()
    found = burn(project, today)

    assert found is not None
    assert (found.use.percent, found.use.left_seconds, found.use.level) == (28, 72 * 3600, "")
    assert found.runs_out_on == today + dt.timedelta(days=72)  # 28 hours in 28 days
    assert found.too_early
    assert not found.idle


@pytest.mark.parametrize(("hours", "level", "over"), [(75, "warning", 0), (100, "over", 0), (110, "over", 10 * 3600)])
def test_the_level_of_a_budget(owner: User, hours: int, level: str, over: int):
    project = make_project(budget_type=BudgetType.HOURS, budget_amount=Decimal(100), tracked_seconds=hours * 3600)
    use = budget_use(Project.objects.with_rights_for(owner).get(pk=project.pk))
    assert use is not None
    assert (use.level, use.over_seconds) == (level, over)


def test_search_filter_and_sort(client_for: ClientFor, owner: User):
    acme = make_client(name="Acme")
    alpha = make_project(name="Alpha", client=acme, tracked_seconds=5, due_on=dt.date(2026, 1, 1))
    beta = make_project(name="Beta", status="paused", code="xyz", tracked_seconds=9)
    browser = client_for(owner)

    def found(query: str) -> list[Project]:
        return list(browser.get(f"{LIST}?{query}").context["page"])

    assert found("q=acm") == [alpha]
    assert found("q=xy") == [beta]
    assert found(f"client={acme.pk}") == [alpha]
    assert found("show=paused") == [beta]
    assert found("sort=-tracked") == [beta, alpha]
    assert found("sort=due") == found("sort=-due") == [alpha, beta]  # without a date comes last
    assert found("client=x&show=y&sort=z") == [alpha, beta]


@pytest.mark.parametrize("url", [LIST, "/projects/{pk}/", "/projects/{pk}/people/"])
def test_statements(client_for: ClientFor, owner: User, teammate: User, outsider: User, url: str):
    project = make_project(
        manager=owner, client=make_client(), budget_type=BudgetType.HOURS, budget_amount=Decimal(9), rate="9"
    )
    task = make_task(project, assignee=owner)
    make_entry(owner, task=task)
    browser, url = client_for(owner), url.format(pk=project.pk)
    at_one = statements(browser, url)
    for number, person in enumerate((teammate, outsider)):
        other = make_project(
            client=make_client(), members=(person,), budget_type=BudgetType.HOURS, budget_amount=Decimal(9)
        )
        project.memberships.create(user=person)
        project.rates.create(valid_from=dt.date(2026, 1, 1 + number), hourly_rate=1)
        make_entry(
            owner, task=make_task(project, assignee=person), start=timezone.now() - dt.timedelta(hours=3 * number + 3)
        )
        make_task(other)

    assert statements(browser, url) == at_one
    assert at_one <= MOST_STATEMENTS


def test_a_new_project_gets_the_colour_that_is_least_in_use(client_for: ClientFor, manager: User):
    first = create_project(actor=manager, name="First")
    second = create_project(actor=manager, name="Second")
    assert (first.color, second.color) == (COLOURS[0][0], COLOURS[1][0])
    assert client_for(manager).get("/projects/new/").context["form"]["color"].value() == COLOURS[2][0]
    archive_project(project=first, actor=manager)
    assert create_project(actor=manager, name="Third").color == first.color


def test_time_of_others_is_not_said_to_be_none(client_for: ClientFor, owner: User, outsider: User):
    project = make_project(manager=owner)
    assert "No time yet" in text(client_for(outsider).get(f"/projects/{project.pk}/"))
    last_hours(owner, 2, project=project)
    assert "No time of yours" in text(client_for(outsider).get(f"/projects/{project.pk}/"))


def test_undo_of_archiving_brings_back_the_status_there_was(client_for: ClientFor, owner: User):
    browser = client_for(owner)
    paused, completed = (make_project(manager=owner, status=status) for status in ("paused", "completed"))
    undo(browser, browser.post(f"/projects/{paused.pk}/archive/", headers=HTMX))
    paused.refresh_from_db()
    assert paused.status == "paused"
    answer = browser.post("/projects/bulk/", {"ids": [paused.pk, completed.pk], "status": "archived"}, headers=HTMX)
    undo(browser, answer)
    assert list(Project.objects.order_by("pk").values_list("status", flat=True)) == ["paused", "completed"]


def test_those_who_left_are_named_to_the_managers_alone(
    client_for: ClientFor, owner: User, teammate: User, former: User
):
    project = make_project(manager=owner, members=(teammate, former))
    for person, named in ((owner, True), (teammate, False)):
        page = text(client_for(person).get(f"/projects/{project.pk}/people/"))
        assert (str(former) in page) is named


def test_without_a_client_there_is_no_rate_of_one(client_for: ClientFor, owner: User):
    project = make_project(manager=owner)
    assert "No rate" in text(client_for(owner).get(f"/projects/{project.pk}/"))
    project.client = make_client()
    project.save()
    assert "The client&#x27;s rate" in text(client_for(owner).get(f"/projects/{project.pk}/")).replace("'", "&#x27;")
