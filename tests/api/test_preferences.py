"""What one is told about, and where, as a script reads and changes it."""

from __future__ import annotations

import pytest

from accounts.models import User
from notifications.categories import categories
from notifications.models import Preference
from notifications.services.preferences import set_preferences
from tests.api.problems import assert_problem

pytestmark = pytest.mark.django_db
PATH = "notifications/preferences/"


def test_everything_a_form_needs_is_in_it(api, owner: User):
    found = api(owner).get(PATH).json()
    assert set(found["grid"]) == set(found["categories"]) == set(categories())
    assert found["grid"]["own"] == {
        "centre": True,
        "toast": True,
        "browser": True,
        "sound": False,
        "push": True,
        "email": False,
    }
    assert found["channels"]["email"] == "E-mail"
    assert found["categories"]["own"] == "What your scripts tell you"
    assert set(found["fixed"]) == {"security", "data_loss"}
    assert set(found["fixed"]["security"]) == {"centre", "toast", "email"}
    assert found["quiet"] is False
    assert (found["least_priority"], found["quiet_from"], found["quiet_until"]) == ("low", "20:00", "07:00")


def test_single_cells_and_settings_change(api, owner: User, teammate: User):
    caller = api(owner)
    before = caller.get(PATH).json()
    sent = {"grid": {"own": {"toast": False, "email": True}}, "quiet": True, "quiet_from": "22:30"}
    changed = caller.patch(PATH, sent).json()
    assert changed["grid"]["own"] == before["grid"]["own"] | {"toast": False, "email": True}
    assert changed["grid"]["reminder"] == before["grid"]["reminder"]
    assert (changed["quiet"], changed["quiet_from"], changed["quiet_until"]) == (True, "22:30", "07:00")
    assert caller.get(PATH).json() == changed
    assert api(teammate).get(PATH).json() == before
    assert caller.patch(PATH, {}).json() == caller.patch(PATH, changed).json() == changed


def test_the_limit_and_the_digest_change(api, owner: User):
    caller = api(owner)
    before = caller.get(PATH).json()
    assert [before[name] for name in ("most_a_day", "digest", "digest_at", "digest_weekday")] == [
        None, "at_once", "08:00", 0,
    ]  # fmt: skip
    sent = {"most_a_day": 5, "digest": "weekly", "digest_at": "17:15", "digest_weekday": 4}
    assert caller.patch(PATH, sent).json() == before | sent
    assert caller.patch(PATH, {"most_a_day": None}).json()["most_a_day"] is None


def test_a_cell_keeps_to_the_default_of_everybody(api, owner: User):
    set_preferences(person=None, grid={"own": ["centre"]})
    api(owner).patch(PATH, {"grid": {"own": {"email": True}}})
    assert [row.channel for row in Preference.objects.filter(user=owner)] == ["email"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"grid": []}, "grid"),
        ({"grid": {"own": True}}, "grid"),
        ({"grid": {"own": {"toast": "no"}}}, "grid"),
        ({"grid": {"own": {"pigeon": True}}}, "grid"),
        ({"grid": {"gossip": {"toast": True}}}, "grid"),
        ({"grid": {"gossip": {}}}, "grid"),
        ({"grid": {"\ud800": {}}}, "grid"),
        ({"grid": {"security": {"email": False}}}, "grid"),
        ({"least_priority": "none"}, "least_priority"),
        ({"quiet": None}, "quiet"),
        ({"quiet_from": "late"}, "quiet_from"),
        ({"quiet_until": 7}, "quiet_until"),
        ({"vibrate": "strongly"}, "vibrate"),
        ({"most_a_day": -1}, "most_a_day"),
        ({"most_a_day": 1001}, "most_a_day"),
        ({"most_a_day": "many"}, "most_a_day"),
        ({"digest": "hourly"}, "digest"),
        ({"digest_at": None}, "digest_at"),
        ({"digest_weekday": 7}, "digest_weekday"),
    ],
    ids=str,
)
def test_one_wrong_field_is_named(api, owner: User, wrong, field):
    caller = api(owner)
    before = caller.get(PATH).json()
    assert_problem(caller.patch(PATH, {"grid": {"own": {"toast": False}}, **wrong}), 400, field)
    assert caller.get(PATH).json() == before
