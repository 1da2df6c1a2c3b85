"""How much the parts of a score count is up to the person whose score it is."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from accounts.models import User
from analytics.models import ScoreWeights
from analytics.productivity import PARTS
from analytics.queries import productivity_of
from analytics.queries.productivity import weights_of
from analytics.services.weights import set_weights
from tests.conftest import ClientFor
from tests.tracking.pages import HTMX, NOON, text, toast_of, undo
from tests.tracking.tiles import drawn
from tests.work import make_entry, make_project
from timetracker.events.models import Event

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wednesday")]
URL = "/insights/score/weights/"


@pytest.fixture
def worked(owner: User) -> User:
    """Focus 100, balance 100, and less for the goal."""
    project = make_project(owner)
    for days in (1, 2, 5, 6, 7, 8, 9, 12, 13, 14):
        make_entry(owner, NOON.replace(hour=9) - dt.timedelta(days=days), 120, project=project)
    return owner


def test_everything_counts_once_until_somebody_says_otherwise(owner: User):
    assert weights_of(owner) == dict.fromkeys(PARTS, 1)
    set_weights(user=owner, weights={"focus": 3})
    assert weights_of(owner) == {"focus": 3, "estimates": 1, "balance": 1, "goal": 1}
    event = Event.objects.get(type="score_weights_changed")
    assert (event.person_id, event.payload) == (owner.pk, {"user_id": owner.pk})
    set_weights(user=owner, weights={"focus": 3})
    assert Event.objects.filter(type="score_weights_changed").count() == 1


@pytest.mark.parametrize("weights", [{"focus": 4}, {"focus": -1}, {"focus": 0, "balance": 0, "goal": 0}])
def test_what_cannot_be(owner: User, weights: dict[str, int]):
    with pytest.raises(ValidationError):
        set_weights(user=owner, weights=weights)
    assert not ScoreWeights.objects.exists()


def test_the_score_follows_on_page_board_and_api(client_for: ClientFor, worked: User, teammate: User):
    before = productivity_of(worked, NOON).score
    assert before.value is not None
    browser = client_for(worked)
    answer = browser.post(URL, {"focus": "3", "goal": "0"}, headers=HTMX)
    assert toast_of(answer)["text"] == "Weights saved."
    parts = {part.name: part.value for part in before.parts}
    wanted = (3 * parts["focus"] + parts["balance"]) / 4

    score = productivity_of(worked, NOON).score.value
    assert score == int(wanted + 0.5) != before.value
    page = text(browser.get("/insights/"))
    assert f'id="score-value">{score}</span>' in page
    assert '<option value="3" selected>' in page
    told = browser.get("/api/analytics/insights/productivity-patterns").json()
    assert told["productivity_score"] == score
    assert {one["name"]: one["weight"] for one in told["score_parts"]} == {
        "focus": 3, "estimates": 1, "balance": 1, "goal": 0,
    }  # fmt: skip
    tile = drawn(worked, "productivity-score", "medium")
    assert "× 3" in tile
    assert "does not count" in tile
    assert weights_of(teammate) == dict.fromkeys(PARTS, 1)

    undo(browser, answer)
    assert productivity_of(worked, NOON).score.value == before.value


def test_with_too_few_parts_it_says_what_helps(client_for: ClientFor, worked: User):
    set_weights(user=worked, weights={"focus": 0, "balance": 0})
    assert productivity_of(worked, NOON).score.value is None
    assert "Let more of its parts count." in text(client_for(worked).get("/insights/"))
    assert "Let more of its parts count." in drawn(worked, "productivity-score")


@pytest.mark.parametrize("sent", [{"focus": "x"}, {"focus": "9"}, {"focus": ""}])
def test_nonsense_is_refused(client_for: ClientFor, owner: User, sent: dict[str, str]):
    answer = client_for(owner).post(URL, sent, headers=HTMX)
    assert answer.status_code == 409
    assert "scoreChanged" in answer["HX-Trigger"]  # the page shows again what counts
    assert not ScoreWeights.objects.exists()


def test_without_scripts(client_for: ClientFor, owner: User):
    answer = client_for(owner).post(URL, {"focus": "2"})
    assert (answer.status_code, answer["Location"]) == (302, "/insights/")
    assert weights_of(owner)["focus"] == 2
