"""The builder, by mouse, by keyboard and by script, against the real server."""

from __future__ import annotations

from playwright.sync_api import Page, Route, expect

from accounts.models import User
from tests.browser.tools import SCREENS, after_the_answer_of, assert_fits, assert_no_axe_violations, do_what_waits
from tests.work import make_project, make_task
from tests.workflows.rules import TELL, make_rule
from tracking.services.tasks import update_task
from workflows.models import Execution, Rule

GUIDE = r"""
const exampleWorkflows = [
    {
        name: 'Auto-log completed tasks',
        trigger: { type: 'task_completed' },
        conditions: [
            { field: 'estimated_hours', operator: '>', value: 0 }
        ],
        actions: [
            {
                type: 'log_time',
                project_id: '{{task.project_id}}',
                task_id: '{{task.id}}',
                duration: '{{task.estimated_hours}}',
                notes: 'Auto-logged on completion'
            }
        ]
    },
    {
        name: 'Deadline reminder',
        trigger: { type: 'deadline_approaching' },
        conditions: [
            { field: 'hours_until_deadline', operator: '<=', value: 24 }
        ],
        actions: [
            {
                type: 'send_notification',
                title: 'Deadline Alert',
                message: '{{task.name}} is due in {{hours_until_deadline}} hours',
                priority: 'high'
            }
        ]
    }
];
"""


def read_back(page: Page, text: str) -> None:
    expect(page.locator(".builder-sentence")).to_contain_text(text)


# ── By hand ──────────────────────────────────────────────────────────────────
def test_a_rule_is_built_and_saved(open_page, person: User):
    page = open_page(person, "/workflows/new/")
    page.get_by_label("Name").fill("Tell me")
    page.get_by_label("Trigger").select_option("task_completed")
    page.get_by_role("button", name="Condition", exact=True).click()
    page.get_by_label("Field").select_option("priority")
    page.locator("select#c-0-value").select_option("urgent")
    read_back(page, "if priority is “Urgent”")
    page.get_by_role("button", name="Add", exact=True).click()
    insert = page.get_by_label("Insert a value into Title")
    insert.select_option("{{ name }}")
    expect(page.locator("#a-0-title")).to_have_value("{{ name }}")
    expect(page.locator("#a-0-title")).to_be_focused()
    page.keyboard.type(" is done")
    read_back(page, "send a notification: “[name of the task] is done”")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Tell me")).to_be_visible()
    rule = Rule.objects.get()
    assert (rule.name, rule.trigger_type) == ("Tell me", "task_completed")
    assert rule.trigger_conditions == [{"field": "priority", "operator": "=", "value": "urgent"}]
    assert rule.actions == [{"type": "send_notification", "title": "{{ name }} is done"}]


def test_a_rule_is_built_by_keyboard_alone(open_page, person: User):
    page = open_page(person, "/workflows/new/")
    page.get_by_label("Name").focus()
    page.keyboard.type("By keys")
    page.keyboard.press("Tab")
    page.keyboard.type("When time")
    expect(page.locator("#add-condition")).to_be_visible()
    expect(page.locator("#rule-trigger")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#add-condition")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#c-0-field")).to_be_visible()
    expect(page.locator("#add-condition")).to_be_focused()
    page.locator("#new-action").focus()
    page.keyboard.type("Stop my timer")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    read_back(page, "stop my timer")
    page.locator("#c-0-field").focus()
    page.keyboard.type("description")
    page.locator("#c-0-value").focus()
    page.keyboard.type("Call")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="By keys")).to_be_visible()
    assert Rule.objects.get().trigger_type == "time_logged"


def test_what_is_done_is_put_in_another_order(open_page, person: User):
    make_rule(person, "task_completed", *({"type": "add_tag", "tag": letter} for letter in "abc"))
    page = open_page(person, f"/workflows/{Rule.objects.get().pk}/edit/")
    tags = page.locator("[id^=a-][id$=-tag]")

    def order() -> str:
        return "".join(tag.input_value() for tag in tags.all())

    page.locator("#down-0").click()
    expect(tags.nth(0)).to_have_value("b")
    expect(page.locator("#down-1")).to_be_focused()
    assert order() == "bac"
    page.locator("[data-grip]").nth(2).drag_to(page.locator("[data-grip]").nth(0))
    expect(tags.nth(0)).to_have_value("c")
    expect(tags.nth(0)).to_have_id("a-0-tag")  # as it comes back: a click before that is at what goes
    assert order() == "cba"
    page.locator("#remove-a-1").click()
    expect(tags).to_have_count(2)
    assert order() == "ca"


def test_json_and_form_follow_each_other(open_page, person: User):
    page = open_page(person, "/workflows/new/?from=deadline-reminder")
    page.get_by_text("As JSON", exact=True).click()
    area = page.locator("#rule-json")
    expect(area).to_have_value(page.locator("#rule-document").get_attribute("value") or "")
    area.fill(area.input_value().replace('"value": 24', '"value": 48').replace("Deadline ahead", "Soon"))
    page.get_by_role("button", name="Take over into the form").click()
    expect(page.locator("#a-0-title")).to_have_value("Soon")
    read_back(page, "is at most 48")
    area.fill("{")
    page.get_by_role("button", name="Take over into the form").click()
    expect(page.locator("#rule-json-error-1")).to_contain_text("This is no JSON")
    expect(area).to_have_value("{")


def test_json_that_comes_while_all_of_it_is_selected_stays_selected(open_page, person: User):
    page = open_page(person, "/workflows/new/?from=deadline-reminder")
    page.get_by_text("As JSON", exact=True).click()
    held: list[Route] = []
    page.route("**/workflows/draft/", lambda route: held.append(route))
    with page.expect_request("**/workflows/draft/"):
        page.locator("#rule-name").fill("Another name")
    area = page.locator("#rule-json")
    area.select_text()
    after_the_answer_of("/workflows/draft/", page, lambda: held[0].continue_())
    page.keyboard.insert_text("{")
    expect(area).to_have_value("{")


def test_a_project_is_picked_by_its_name(open_page, person: User):
    project = make_project(manager=person, name="Website relaunch")
    page = open_page(person, "/workflows/new/?from=kick-off")
    page.get_by_label("Project", exact=True).select_option("=")
    page.locator("#a-0-project_id-pick").fill("relaunch")
    page.get_by_role("option", name="Website relaunch").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Begin projects with a task")).to_be_visible()
    assert Rule.objects.get().actions[0]["project_id"] == project.pk


def test_a_draft_is_tried_on_the_page(open_page, person: User):
    task = make_task(make_project(manager=person), name="Landing page", estimated_hours=2)
    update_task(task=task, actor=person, status="done")
    do_what_waits()
    page = open_page(person, "/workflows/new/?from=log-completed")
    page.get_by_role("button", name="Try").click()
    expect(page.get_by_role("heading", name="It would run")).to_be_visible()
    assert_no_axe_violations(page)
    assert not Rule.objects.exists()


def test_a_run_shows_up_by_itself(open_page, person: User):
    rule = make_rule(person)
    make_task(make_project(manager=person), name="Landing page")
    page, other = open_page(person, f"/workflows/{rule.pk}/"), open_page(person, "/tasks/")
    expect(page.get_by_text("It has not run yet")).to_be_visible()
    # On the server, which then sees to the rule at once. What is done here, it finds within ten seconds.
    other.get_by_role("checkbox", name="Select Landing page").check()
    other.get_by_label("Change the status").select_option("done")
    expect(page.locator("#runs").get_by_text("Landing page")).to_be_visible()


def test_saved_twice_fast_it_is_one_rule(open_page, person: User):
    page = open_page(person, "/workflows/new/?from=evening-stop")
    page.get_by_role("button", name="Save").dblclick()
    expect(page.get_by_role("heading", name="Stop a forgotten timer")).to_be_visible()
    assert Rule.objects.count() == 1


def test_what_is_written_as_json_is_saved_as_it_stands(open_page, person: User):
    page = open_page(person, "/workflows/new/?from=evening-stop")
    page.get_by_text("As JSON", exact=True).click()
    area = page.locator("#rule-json")
    area.fill(area.input_value().replace("Stop a forgotten timer", "From JSON"))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="From JSON")).to_be_visible()


def test_what_one_types_while_an_answer_is_on_its_way_stays(open_page, person: User):
    page = open_page(person, "/workflows/new/?from=long-entries")
    held: list[Route] = []
    holds = True
    page.route("**/workflows/draft/", lambda route: held.append(route) if holds else route.continue_())
    page.get_by_role("button", name="Condition", exact=True).click()
    page.locator("#a-0-tag").fill("typed")
    page.get_by_label("Name").fill("Meanwhile")
    holds = False
    for route in held:
        route.continue_()
    expect(page.locator("#c-1-field")).to_be_visible()
    expect(page.locator("#a-0-tag")).to_have_value("typed")
    expect(page.get_by_label("Name")).to_have_value("Meanwhile")


def test_what_is_wrong_gets_the_focus(open_page, person: User):
    page = open_page(person, "/workflows/new/?from=tell-another", **SCREENS["phone"])
    page.get_by_label("To the address").fill("ftp://nowhere")
    page.get_by_role("button", name="Save").tap()
    expect(page.locator("#a-0-url")).to_be_focused()
    page.get_by_label("Name").fill("")
    page.get_by_role("button", name="Save").tap()
    expect(page.locator("#rule-name")).to_be_focused()


# ── By script ────────────────────────────────────────────────────────────────
def test_the_customers_examples_are_saved_as_they_stand(open_page, person: User):
    page = open_page(person, "/entries/")
    saved = page.evaluate(
        f"""async () => {{ {GUIDE}
        const answers = [];
        for (const rule of exampleWorkflows) {{
            workflowBuilder.currentRule = rule;
            answers.push(await workflowBuilder.save());
        }}
        return answers.map(({{ name }}) => name); }}"""
    )
    assert saved == ["Auto-log completed tasks", "Deadline reminder"]
    assert Rule.objects.filter(user=person).count() == 2
    expect(page.locator("#toasts").get_by_text("Rule saved.").first).to_be_visible()


def test_the_script_and_the_form_build_the_same_rule(open_page, person: User):
    page = open_page(person, "/workflows/new/")
    page.get_by_label("Name").fill("From both")
    page.get_by_label("Trigger").select_option("task_completed")
    read_back(page, "When a task is completed")
    page.evaluate("""() => {
        workflowBuilder.addCondition('estimated_hours', '>', 0);
        workflowBuilder.addAction('add_tag', { tag: 'billed' });
    }""")
    expect(page.locator("#c-0-value")).to_have_value("0")
    expect(page.locator("#a-0-tag")).to_have_value("billed")
    expect(page.get_by_label("Name")).to_have_value("From both")
    page.locator("#a-0-tag").fill("paid")
    read_back(page, "“paid”")
    assert page.evaluate("workflowBuilder.currentRule.actions") == [{"type": "add_tag", "tag": "paid"}]
    assert page.evaluate("workflowBuilder.showBuilder().id") == "rule-form"


def test_a_script_opens_the_builder_with_what_it_gathered(open_page, person: User):
    page = open_page(person, "/entries/")
    page.evaluate(
        "workflowBuilder.setTrigger('time_logged').then(() => workflowBuilder.addAction('stop_timer')"
        ").then(() => { workflowBuilder.showBuilder(); })"
    )
    page.wait_for_url("**/workflows/new/**")
    read_back(page, "When time is logged, stop my timer.")


def test_what_a_script_saves_wrongly_is_refused_with_the_place(open_page, person: User, console):
    console.allowed.append("/api/workflows")
    page = open_page(person, "/entries/")
    said = page.evaluate("workflowBuilder.save().catch(error => error.message)")
    assert "trigger" in said
    assert not Rule.objects.exists()


# ── As they look ─────────────────────────────────────────────────────────────
def test_the_pages_are_accessible_and_fit(open_page, person: User, look):
    task = make_task(make_project(manager=person), name="Landing page", estimated_hours=2, assignee=person)
    group = {"any": [{"field": "priority", "operator": "in", "value": ["high"]},
                     {"field": "assignee.id", "operator": "=", "value": person.pk}]}  # fmt: skip
    rule = make_rule(person, "task_completed", {"type": "assign_task", "assignee_id": person.pk}, TELL,
                     conditions=[{"field": "estimated_hours", "operator": ">", "value": 1}, group])  # fmt: skip
    update_task(task=task, actor=person, status="done")
    do_what_waits()
    assert Execution.objects.exists()
    paths = ["", "gallery/", "history/", "new/", "import/", f"{rule.pk}/", f"{rule.pk}/edit/", f"{rule.pk}/try/",
             f"{rule.pk}/misses/", f"{rule.pk}/versions/", f"runs/{Execution.objects.get().pk}/"]  # fmt: skip
    page = open_page(person, "/workflows/", **look)
    for path in paths:
        page.goto(f"/workflows/{path}")
        assert_fits(page)
        assert_no_axe_violations(page)
