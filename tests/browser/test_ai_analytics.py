"""`window.aiAnalytics`, against the real server, and the script that the customer's guide has for it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from playwright.sync_api import Error, Page, expect

from accounts.models import User
from analytics.models import Prediction
from tests.browser.conftest import OpenPage
from tests.browser.tools import assert_fits, assert_no_axe_violations
from tests.work import make_project
from tracking.models import Task
from tracking.services.tasks import create_task

HOSTILE = "<img src=x onerror=alert(1)></li><script>alert(2)</script>\"'&amp;"
PATTERNS = "**/api/analytics/insights/productivity-patterns"

# From the customer's guide, section 5, as it stands.
GUIDE = """\
class AIAnalytics {
    async getTimeEstimate(taskId) {
        const response = await fetch(`/api/analytics/predictions/time-estimate?task_id=${taskId}`);
        return response.json();
    }
    
    async getProductivityPatterns() {
        const response = await fetch('/api/analytics/insights/productivity-patterns');
        const data = await response.json();
        
        // Show insights
        this.showInsights(data);
    }
    
    showInsights(data) {
        const panel = document.createElement('div');
        panel.innerHTML = `
            <div class="bg-card-light dark:bg-card-dark p-6 rounded-lg">
                <h3 class="text-xl font-bold mb-4">AI Insights</h3>
                <div class="space-y-4">
                    <div>
                        <h4 class="font-semibold">Your Peak Hours</h4>
                        <p>You're most productive at ${data.peak_hours.join(', ')}</p>
                    </div>
                    <div>
                        <h4 class="font-semibold">Productivity Score</h4>
                        <div class="flex items-center">
                            <div class="text-3xl font-bold text-green-600">${data.productivity_score}</div>
                            <span class="ml-2">/ 100</span>
                        </div>
                    </div>
                    <div>
                        <h4 class="font-semibold">Recommendations</h4>
                        <ul class="list-disc pl-5">
                            ${data.recommendations.map(r => `<li>${r}</li>`).join('')}
                        </ul>
                    </div>
                </div>
            </div>
        `;
        
        document.body.appendChild(panel);
    }
}
"""  # noqa: W293 - as it stands


@pytest.fixture
def page(open_page: OpenPage, owner: User) -> Page:
    return open_page(owner, "/tasks/")


@pytest.fixture
def task(page: Page, owner: User) -> Task:
    return create_task(
        actor=owner, project=make_project(owner), name="Plan", assignee=owner, estimated_hours=Decimal(4)
    )


def insights(page: Page):
    return page.get_by_role("dialog", name="Insights")


# ── Estimates ────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("given", ["{pk}", "'{pk}'", "{{id: {pk}}}"])
def test_an_estimate_is_what_the_api_says(page: Page, task: Task, given: str):
    said = page.evaluate(f"async () => aiAnalytics.getTimeEstimate({given.format(pk=task.pk)})")

    assert (said["task"], said["predicted_hours"], said["confidence"], said["reason"]) == (task.pk, None, None, "few")
    assert Prediction.objects.get().task == task


@pytest.mark.parametrize(
    ("given", "message"), [("'x&y=1'", "task_id: "), ("", "task_id: "), ("999999", "nothing here")]
)
def test_a_refusal_is_an_error_that_says_why(page: Page, allow_console, given: str, message: str):
    allow_console("status of 40")

    with pytest.raises(Error, match=message):
        page.evaluate(f"async () => aiAnalytics.getTimeEstimate({given})")


def test_scripts_may_make_their_own(page: Page, task: Task):
    assert page.evaluate("Object.isFrozen(aiAnalytics) && aiAnalytics instanceof AIAnalytics")

    said = page.evaluate(f"async () => new AIAnalytics().getTimeEstimate({task.pk})")

    assert said["needed"] == 30


# ── Insights ─────────────────────────────────────────────────────────────────
def test_a_failure_is_an_error_and_shows_nothing(page: Page, allow_console):
    allow_console("status of 404")
    problem = {"title": "Not found", "detail": "There is nothing here.", "status": 404}
    page.route(PATTERNS, lambda route: route.fulfill(status=404, json=problem))

    with pytest.raises(Error, match="There is nothing here"):
        page.evaluate("async () => aiAnalytics.getProductivityPatterns()")

    expect(insights(page)).to_have_count(0)


def test_patterns_are_given_and_shown(page: Page):
    page.route(PATTERNS, lambda route: route.fulfill(json={"peak_hours": [9, 14], "productivity_score": 72}))

    found = page.evaluate("async () => aiAnalytics.getProductivityPatterns()")

    assert found == {"peak_hours": [9, 14], "productivity_score": 72}
    expect(insights(page)).to_contain_text("09:00")
    expect(insights(page)).to_contain_text("72 / 100")
    expect(insights(page).get_by_role("heading")).to_have_text(["Insights", "Your peak hours", "Productivity"])


def test_text_stays_text(page: Page):
    page.evaluate(
        "(words) => void aiAnalytics.showInsights({peak_hours: [words, 9], recommendations: [words]})", HOSTILE
    )

    expect(insights(page).get_by_role("listitem")).to_have_text([HOSTILE])
    expect(insights(page)).to_contain_text(HOSTILE)
    assert page.evaluate("document.querySelectorAll('#insights-panel img, #insights-panel script').length") == 0
    assert_no_axe_violations(page)


@pytest.mark.parametrize(
    "data", ["", "null", "{}", "{peak_hours: 9, productivity_score: '72', recommendations: 'x'}", "{peak_hours: []}"]
)
def test_what_says_nothing_shows_that(page: Page, data: str):
    page.evaluate(f"aiAnalytics.showInsights({data})")

    expect(insights(page)).to_contain_text("There is nothing to show yet.")
    expect(insights(page).get_by_role("heading")).to_have_count(1)


def test_it_closes_by_key_and_by_button_and_gives_the_focus_back(page: Page):
    page.get_by_role("link", name="Tasks").first.focus()
    show = "aiAnalytics.showInsights({recommendations: ['Rest']})"
    page.evaluate(show)
    page.keyboard.press("Escape")
    expect(insights(page)).to_have_count(0)
    expect(page.get_by_role("link", name="Tasks").first).to_be_focused()

    page.evaluate(show)
    insights(page).get_by_role("button", name="Close").click()

    expect(insights(page)).to_have_count(0)


def test_there_is_one_at_a_time(page: Page):
    for words in ("Rest", "Walk"):
        page.evaluate(f"aiAnalytics.showInsights({{recommendations: ['{words}']}})")

    expect(insights(page).get_by_role("listitem")).to_have_text(["Walk"])


def test_it_fits_everywhere(open_page: OpenPage, owner: User, look):
    page = open_page(owner, "/tasks/", **look)

    page.evaluate(
        "aiAnalytics.showInsights({peak_hours: [9, 10, 14], productivity_score: 72, recommendations: ['Rest', 'Walk']})"
    )

    expect(insights(page)).to_be_visible()
    assert_fits(page)
    assert_no_axe_violations(page)


# ── The guide's script ───────────────────────────────────────────────────────
def test_the_script_of_the_guide_runs_as_it_stands(page: Page, task: Task):
    data = {"peak_hours": [9, 14], "productivity_score": 72, "recommendations": ["Rest"]}
    page.route(PATTERNS, lambda route: route.fulfill(json=data))
    script = GUIDE + f"new AIAnalytics().getTimeEstimate({task.pk}).then((said) => (window.said = said));"
    page.route("**/guide.js", lambda route: route.fulfill(body=script, content_type="text/javascript"))
    with page.expect_response("**/time-estimate?task_id=*"):
        page.add_script_tag(url="/guide.js")
    page.evaluate("async (id) => window.aiAnalytics.getTimeEstimate(id)", task.pk)

    said = page.evaluate("window.said")

    assert (said["predicted_hours"], said["confidence"], said["similar_tasks"]) == (None, None, 0)
    page.evaluate("new AIAnalytics().getProductivityPatterns()")
    expect(page.get_by_role("heading", name="AI Insights")).to_be_visible()
