"""Permission, preference, quiet hours, budget, rate: in this order, and the first that says no is kept."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from notifications.categories import CRITICAL, OWN, REMINDER, SECURITY, categories
from notifications.choices import Channel, Priority, Reason, State
from notifications.decision import Circumstances, Verdict, decide
from notifications.models import Notification
from notifications.queries import news_since, panel_of, unread_count
from notifications.services.preferences import save_settings, set_preferences
from tests.notifications.telling import HOUR, MINUTE, NOON, outcomes, tell, titles
from tests.work import make_project, make_task
from tracking.models import ProjectMember

FREE = Circumstances(
    now=NOON,
    priority=Priority.NORMAL,
    allowed=True,
    wanted=tuple(Channel),
    least_priority=Priority.LOW,
    quiet_until=None,
    budget_until=None,
    digest_at=None,
    shown={},
    has_address=True,
    has_device=True,
)
HINDERED = dataclasses.replace(
    FREE,
    allowed=False,
    wanted=(),
    least_priority=Priority.URGENT,
    quiet_until=NOON + HOUR,
    budget_until=NOON + 12 * HOUR,
    shown=dict.fromkeys(Channel, 3),
)


def by_channel(verdicts: list[Verdict]) -> Mapping[Channel, Verdict]:
    return {item.channel: item for item in verdicts}


# ── The order, without a database ────────────────────────────────────────────
def test_the_first_that_says_no_is_the_reason():
    found, reasons = HINDERED, []
    for free in ("allowed", "wanted", "least_priority", "quiet_until", "budget_until", "shown"):
        reasons.append(by_channel(decide(OWN, found))[Channel.TOAST].reason)
        found = dataclasses.replace(found, **{free: getattr(FREE, free)})
    assert reasons == [Reason.PERMISSION, Reason.PREFERENCE, Reason.PRIORITY, Reason.QUIET, Reason.BUDGET, Reason.RATE]
    assert by_channel(decide(OWN, found))[Channel.TOAST] == Verdict(Channel.TOAST, State.QUEUED)


def test_nothing_but_right_and_preference_keeps_it_out_of_the_centre():
    found = dataclasses.replace(HINDERED, allowed=True, wanted=tuple(Channel))
    verdicts = by_channel(decide(OWN, found))
    assert verdicts.pop(Channel.CENTRE) == Verdict(Channel.CENTRE, State.SENT)
    assert {item.state for item in verdicts.values()} == {State.HELD}


def test_what_is_critical_is_let_through_preference_priority_and_quiet():
    found = dataclasses.replace(HINDERED, allowed=True, shown={})
    assert {item.channel: f"{item.state} {item.reason}".rstrip() for item in decide(SECURITY, found)} == {
        "centre": "sent",
        "toast": "queued",
        "email": "queued",
        "browser": "held preference",
        "sound": "held preference",
        "push": "held preference",
    }


def test_not_even_what_is_critical_goes_to_whom_it_does_not_concern():
    assert {item.reason for item in decide(SECURITY, HINDERED)} == {Reason.PERMISSION}


def test_the_fixed_list():
    assert {name for name, found in categories().items() if found.critical} == CRITICAL == {"security", "data_loss"}


@given(
    st.sampled_from(list(categories().values())),
    st.builds(
        Circumstances,
        now=st.just(NOON),
        priority=st.sampled_from(Priority),
        allowed=st.booleans(),
        wanted=st.sets(st.sampled_from(Channel)),
        least_priority=st.sampled_from(Priority),
        quiet_until=st.none() | st.just(NOON + HOUR),
        budget_until=st.none() | st.just(NOON + 12 * HOUR),
        digest_at=st.none() | st.just(NOON + 6 * HOUR),
        shown=st.dictionaries(st.sampled_from(Channel), st.integers(0, 5)),
        has_address=st.booleans(),
    ),
)
def test_every_channel_has_one_verdict_with_a_reason_where_it_is_held(category, found):
    verdicts = decide(category, found)
    assert [item.channel for item in verdicts] == list(Channel)
    for item in verdicts:
        assert (item.state == State.HELD) == bool(item.reason)
        assert item.due_at is None or (item.due_at > NOON and item.reason in {Reason.QUIET, Reason.BUDGET, Reason.RATE})
        assert item.state != State.QUEUED or found.shown.get(item.channel, 0) < 3
    assert found.allowed or {item.reason for item in verdicts} == {Reason.PERMISSION}


def test_a_device_is_what_push_needs():
    for has_device, expected in (
        (True, Verdict(Channel.PUSH, State.QUEUED)),
        (False, Verdict(Channel.PUSH, State.HELD, Reason.NO_DEVICE)),
    ):
        assert by_channel(decide(OWN, dataclasses.replace(FREE, has_device=has_device)))[Channel.PUSH] == expected


# ── What is kept ─────────────────────────────────────────────────────────────
@pytest.mark.django_db
def test_the_outcome_is_kept_for_each_channel(owner: User):
    row = tell(owner)
    assert outcomes(row) == {
        "centre": "sent",
        "toast": "queued",
        "browser": "queued",
        "sound": "held preference",
        "push": "held no_device",
        "email": "held preference",
    }
    assert row.in_centre
    assert row.delivered_at


@pytest.mark.django_db
def test_what_is_unimportant_waits_in_the_centre(owner: User):
    save_settings(person=owner, least_priority="high")
    assert outcomes(tell(owner))["toast"] == "held priority"
    assert outcomes(tell(owner, priority="high"))["toast"] == "queued"
    assert len(titles(owner)) == 2


@pytest.mark.django_db
def test_in_quiet_hours_it_is_held_until_their_end(owner: User):
    save_settings(person=owner, quiet=True, quiet_from=dt.time(11), quiet_until=dt.time(13))
    with time_machine.travel(NOON, tick=False):
        row = tell(owner)
    assert outcomes(row) | {"sound": ""} == {
        "centre": "sent",
        "toast": "held quiet",
        "browser": "held quiet",
        "sound": "",
        "push": "held no_device",
        "email": "held preference",
    }
    assert row.outcomes.get(channel="toast").due_at == NOON + HOUR
    with time_machine.travel(NOON + MINUTE, tick=False):
        assert outcomes(tell(owner, category=SECURITY))["email"] == "queued"


@pytest.mark.django_db
def test_three_of_a_category_in_a_minute_are_shown_and_all_are_kept(owner: User, teammate: User):
    with time_machine.travel(NOON, tick=False):
        rows = [tell(owner, f"{number}") for number in range(5)]
        others = [tell(teammate), tell(owner, category=REMINDER)]
    assert [outcomes(row)["toast"] for row in rows] == ["queued"] * 3 + ["held rate"] * 2
    assert [outcomes(row)["toast"] for row in others] == ["queued"] * 2
    assert unread_count(owner) == 6
    with time_machine.travel(NOON + MINUTE, tick=False):
        assert outcomes(tell(owner))["toast"] == "queued"


@pytest.mark.django_db
def test_what_was_held_back_does_not_count(owner: User):
    set_preferences(person=owner, grid={"own": [Channel.CENTRE]})
    for _turn in range(5):
        assert outcomes(tell(owner))["toast"] == "held preference"
    set_preferences(person=owner, grid={"own": [Channel.TOAST]})
    assert outcomes(tell(owner))["toast"] == "queued"


# ── Only what one may see ────────────────────────────────────────────────────
@pytest.mark.django_db
def test_whoever_may_not_see_it_is_not_told(owner: User, outsider: User):
    row = tell(outsider, subject=make_task(make_project(owner, is_public=False)))
    assert set(outcomes(row).values()) == {"held permission"}
    assert (titles(outsider), unread_count(outsider), panel_of(outsider)) == ([], 0, [])
    assert not news_since(outsider, row.created_at - HOUR).items


@pytest.mark.django_db
def test_with_the_right_the_notification_goes_and_comes_back(owner: User, teammate: User):
    project = make_project(owner, (teammate,), is_public=False)
    before = tell(teammate, "First").created_at - HOUR
    tell(teammate, "About a task", subject=make_task(project))
    tell(teammate, "About the project", subject=project)
    assert (unread_count(teammate), len(titles(teammate))) == (3, 3)
    ProjectMember.objects.filter(user=teammate).delete()
    assert (unread_count(teammate), titles(teammate)) == (1, ["First"])
    assert [(group.unread, len(group.items)) for group in panel_of(teammate)] == [(1, 1)]
    assert [item.row.title for item in news_since(teammate, before).items] == ["First"]
    ProjectMember.objects.create(project=project, user=teammate)
    assert unread_count(teammate) == 3


@pytest.mark.django_db
def test_what_is_gone_is_not_told_of(owner: User):
    task = make_task(make_project(owner))
    tell(owner, subject=task)
    task.delete()
    assert (unread_count(owner), titles(owner)) == (0, [])


@pytest.mark.django_db
def test_what_this_version_does_not_know_is_nobodys(owner: User):
    row = tell(owner)
    Notification.objects.filter(pk=row.pk).update(subject_type="invoice", subject_id=1, category="billing")
    assert unread_count(owner) == 0
