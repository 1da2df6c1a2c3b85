"""What a person wants stands over what everybody begins with; only what differs is kept."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from notifications.categories import OWN, SECURITY, TASK_DONE, categories
from notifications.choices import Channel
from notifications.models import Preference, Settings
from notifications.queries import preference_grid, settings_of, wanted_channels
from notifications.services.preferences import mute, save_settings, set_preferences

pytestmark = pytest.mark.django_db
CENTRE, TOAST, BROWSER, EMAIL = Channel.CENTRE, Channel.TOAST, Channel.BROWSER, Channel.EMAIL


def test_nobody_has_chosen_anything(owner: User):
    assert preference_grid(owner) == {name: found.channels for name, found in categories().items()}
    assert not Preference.objects.exists()


def test_only_what_differs_is_kept(owner: User):
    grid = preference_grid(owner)
    set_preferences(person=owner, grid=grid)
    assert not Preference.objects.exists()
    set_preferences(person=owner, grid={**grid, "own": [CENTRE, EMAIL]})
    assert set(Preference.objects.values_list("channel", "wanted")) == {
        ("toast", False),
        ("browser", False),
        ("push", False),
        ("email", True),
    }
    assert preference_grid(owner)["own"] == wanted_channels(owner, OWN) == {CENTRE, EMAIL}
    set_preferences(person=owner, grid=grid)
    assert not Preference.objects.exists()


def test_what_is_not_named_stays(owner: User):
    set_preferences(person=owner, grid={"own": [CENTRE]})
    set_preferences(person=owner, grid={"reminder": [CENTRE]})
    assert preference_grid(owner)["own"] == preference_grid(owner)["reminder"] == {CENTRE}


def test_a_default_changed_later_reaches_those_who_left_it_alone(owner: User, teammate: User):
    set_preferences(person=owner, grid={"own": [CENTRE, EMAIL]})
    set_preferences(person=None, grid={"own": [CENTRE, Channel.SOUND]})
    assert preference_grid(teammate)["own"] == preference_grid(None)["own"] == {CENTRE, Channel.SOUND}
    assert preference_grid(owner)["own"] == {CENTRE, EMAIL, Channel.SOUND}  # of sound they had said nothing
    set_preferences(person=None, grid={"own": OWN.channels})
    assert not Preference.objects.filter(user=None).exists()
    assert preference_grid(owner)["own"] == {CENTRE, EMAIL}


def test_another_person_is_not_touched(owner: User, teammate: User):
    set_preferences(person=teammate, grid={"own": [EMAIL]})
    set_preferences(person=owner, grid={"own": []})
    assert preference_grid(teammate)["own"] == {EMAIL}


def test_muted_it_is_wanted_nowhere_and_can_be_put_back(owner: User):
    set_preferences(person=owner, grid={"task_done": [CENTRE, EMAIL]})
    before = mute(person=owner, category=TASK_DONE)
    assert (before, wanted_channels(owner, TASK_DONE)) == ({CENTRE, EMAIL}, frozenset())
    set_preferences(person=owner, grid={"task_done": before})
    assert wanted_channels(owner, TASK_DONE) == {CENTRE, EMAIL}


@pytest.mark.parametrize("everybody", [True, False])
def test_what_is_critical_cannot_be_switched_off(owner: User, everybody: bool):
    set_preferences(person=None if everybody else owner, grid={"security": []})
    assert wanted_channels(owner, SECURITY) == {CENTRE, TOAST, EMAIL}


def test_a_category_that_there_is_not_is_refused(owner: User):
    with pytest.raises(ValidationError):
        set_preferences(person=owner, grid={"x" * 50: [EMAIL]})
    assert not Preference.objects.exists()


def test_the_whole_grid_takes_few_statements(owner: User):
    with CaptureQueriesContext(connection) as queries:
        set_preferences(person=owner, grid={name: [EMAIL] for name in categories()})
    assert len([query for query in queries if "SAVEPOINT" not in query["sql"]]) == 4
    with CaptureQueriesContext(connection) as queries:
        preference_grid(owner)
    assert len(queries) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("everybody", [True, False])
def test_many_at_once_do_not_clash(owner: User, run_at_once, everybody: bool):
    person = None if everybody else owner
    answers = run_at_once(*[lambda: set_preferences(person=person, grid={"own": [EMAIL]}) or True] * 6)
    assert answers == [True] * 6
    assert Preference.objects.filter(user=person, channel="email").count() == 1
    answers = run_at_once(*[lambda: save_settings(person=person, quiet=True).quiet] * 6)
    assert answers == [True] * 6
    assert Settings.objects.filter(user=person).count() == 1


# ── Settings ─────────────────────────────────────────────────────────────────
def test_ones_own_settings_stand_over_everybodys(owner: User, teammate: User):
    assert settings_of(owner).least_priority == "low"
    save_settings(person=None, least_priority="high", vibrate=True)
    assert settings_of(owner).least_priority == settings_of(None).least_priority == "high"
    save_settings(person=owner, quiet=True)
    found = settings_of(owner)
    assert (found.user, found.least_priority, found.vibrate, found.quiet) == (owner, "high", True, True)
    assert (settings_of(teammate).quiet, settings_of(None).quiet) == (False, False)
    assert Settings.objects.count() == 2


def test_a_default_changed_later_reaches_what_one_has_left_alone(owner: User, teammate: User):
    save_settings(person=owner, quiet=True, least_priority="low", vibrate=False)
    save_settings(person=teammate, least_priority="urgent")
    save_settings(person=None, least_priority="normal", vibrate=True, quiet_until=dt.time(9))
    own, others = settings_of(owner), settings_of(teammate)
    assert (own.least_priority, own.vibrate, own.quiet, own.quiet_until) == ("normal", True, True, dt.time(7))
    assert (others.least_priority, others.vibrate, others.quiet_until) == ("urgent", True, dt.time(9))
    save_settings(person=owner, least_priority="low")
    save_settings(person=None, least_priority="high")
    assert settings_of(owner).least_priority == "low"


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"least_priority": "now"}, "least_priority"),
        ({"quiet": True, "quiet_from": dt.time(7), "quiet_until": dt.time(7)}, "quiet_until"),
    ],
)
def test_wrong_settings_are_named(owner: User, fields, wrong):
    with pytest.raises(ValidationError) as refused:
        save_settings(person=owner, **fields)
    assert list(refused.value.message_dict) == [wrong]
    assert not Settings.objects.exists()
