"""`notify`: once for each key, nothing in it that leads elsewhere, few statements."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from notifications.categories import OWN, SECURITY, TASK_ASSIGNED
from notifications.choices import Channel
from notifications.models import Notification
from notifications.queries import news_since
from notifications.services.preferences import set_preferences
from notifications.services.reading import mark_shown
from notifications.services.sending import build, checked_actions, notify, shortened
from tests.notifications.telling import HOUR, outcomes, tell
from tests.work import make_project, make_task
from timetracker.events.models import Event


@pytest.fixture
def event(db: None) -> Event:
    return Event.objects.create(type="odd")


# ── Once ─────────────────────────────────────────────────────────────────────
def test_one_event_tells_a_person_once_in_each_category(event: Event, owner: User, teammate: User):
    told = [notify(person=owner, category=OWN, title="Tea", event=event) for _turn in range(3)]
    assert [bool(row) for row in told] == [True, False, False]
    assert notify(person=owner, category=SECURITY, title="Tea", event=event)
    assert notify(person=teammate, category=OWN, title="Tea", event=event)
    assert Notification.objects.count() == 3


def test_one_key_tells_once_and_none_as_often_as_it_is_said(owner: User):
    assert notify(person=owner, category=OWN, title="Tea", key="tea")
    assert notify(person=owner, category=OWN, title="Tea", key="tea") is None
    tell(owner)
    tell(owner)
    assert Notification.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_tells(owner: User, run_at_once):
    event = Event.objects.create(type="odd")
    said = run_at_once(*[lambda: notify(person=owner, category=OWN, title="Tea", event=event)] * 8)
    assert sorted(row is not None for row in said) == [False] * 7 + [True]
    assert Notification.objects.of(owner).count() == 1


@pytest.mark.django_db(transaction=True)
def test_those_at_once_count_each_other(owner: User, run_at_once):
    rows = run_at_once(*[lambda: tell(owner)] * 8)
    assert sorted(outcomes(row)["toast"] for row in rows) == ["held rate"] * 5 + ["queued"] * 3
    assert Notification.objects.of(owner).count() == 8


def test_who_has_left_is_told_nothing(former: User, owner: User):
    assert notify(person=former, category=OWN, title="Tea") is None
    gone = User.objects.get(pk=owner.pk)
    owner.delete()
    assert notify(person=gone, category=OWN, title="Tea") is None


def test_a_kind_that_nobody_registered_is_kept_as_ones_own(owner: User):
    row = tell(owner)
    Notification.objects.filter(pk=row.pk).update(category="of the future")
    assert Notification.objects.of(owner).get().title == row.title


# ── On its way ───────────────────────────────────────────────────────────────
def test_what_it_says_stays_out_of_the_log(owner: User):
    row = tell(owner, "A secret", message="whispered")
    payload = Event.objects.get(type="notification_sent").payload
    assert payload == {
        "id": row.pk,
        "user_id": owner.pk,
        "category": "own",
        "priority": "normal",
        "channels": ["toast", "browser"],
    }


def test_nothing_is_sent_of_what_is_held_back_everywhere(owner: User):
    set_preferences(person=owner, grid={"own": []})
    tell(owner)
    assert not Event.objects.filter(type="notification_sent").exists()


def test_a_toast_without_a_place_in_the_centre_reaches_the_page_once(owner: User):
    set_preferences(person=owner, grid={"own": [Channel.TOAST]})
    row = tell(owner)
    assert not row.in_centre
    assert [item.row.pk for item in news_since(owner, row.created_at - HOUR).items] == [row.pk]
    assert mark_shown(person=owner, ids=[row.pk], channel=Channel.TOAST) == 1
    assert not news_since(owner, row.created_at - HOUR).items


def test_it_takes_few_statements(owner: User, event: Event):
    task = make_task(make_project(owner))
    with CaptureQueriesContext(connection) as queries:
        notify(person=owner, category=TASK_ASSIGNED, title="Tea", subject=task, event=event)
    # person, key, right, settings, preferences, rate, device; notification, outcomes, event, deliveries
    assert len([query for query in queries if "SAVEPOINT" not in query["sql"]]) == 11


# ── What may be in it ────────────────────────────────────────────────────────
@pytest.mark.parametrize("url", ["", "/", "/tasks/1/", "/a?b=c&d=%2F%2Fe#f", "/a//b", "/größe"])
def test_addresses_of_this_instance(url: str, owner: User):
    assert build(person=owner, category="own", title="Tea", url=url).url == url


@pytest.mark.parametrize(
    "url",
    [
        "//evil.example", "https://evil.example/", "javascript:alert(1)", "/\\evil.example", "\\\\evil.example",
        "/\t/evil.example", "/\n/evil.example", "/\r/evil.example", "\t//evil.example", " /a", "a", "?a", "#a", "//[",
        "/\t/[", "http:/a", "data:text/html,x", "/a\x00b",
    ],
)  # fmt: skip
def test_addresses_elsewhere_are_refused(url: str, owner: User):
    with pytest.raises(ValidationError) as refused:
        build(person=owner, category="own", title="Tea", url=url)
    assert "url" in refused.value.message_dict
    with pytest.raises(ValidationError):
        checked_actions([{"label": "Open", "url": url}])


@pytest.mark.parametrize(
    "fields", [{"title": ""}, {"title": "x" * 201}, {"message": "x" * 5001}, {"type": "gossip"}, {"priority": "now"}]
)
def test_wrong_fields_are_named(fields: dict[str, Any], owner: User):
    with pytest.raises(ValidationError) as refused:
        build(**{"person": owner, "category": "own", "title": "Tea", **fields})
    assert set(refused.value.message_dict) == set(fields)


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.sampled_from(["label", "url", "method"]), inner),
    max_leaves=10,
)


@given(json)
def test_actions_of_any_kind_are_refused_or_kept_plain(sent: object):
    try:
        found = checked_actions(sent)
    except ValidationError as error:
        assert set(error.message_dict) == {"actions"}  # noqa: PT017 - most of what is drawn is refused, not all
        return
    assert checked_actions(found) == found


def test_actions_are_tidied():
    sent = [{"label": " Go ", "url": "/go/", "method": "post", "onclick": "alert(1)"}, {"label": "Open", "url": "/"}]
    assert checked_actions(sent) == [
        {"label": "Go", "url": "/go/", "method": "post"},
        {"label": "Open", "url": "/", "method": "get"},
    ]


@pytest.mark.parametrize(
    "sent",
    [
        None, {}, "x", [1], [{}], [{"label": "", "url": "/"}], [{"label": "x"}], [{"label": "x" * 41, "url": "/"}],
        [{"label": "x", "url": "/", "method": "delete"}], [{"label": "x", "url": "/", "method": ["get"]}],
        [{"label": "x", "url": "/", "method": {}}], [{"label": "x", "url": "/"}] * 5,
    ],
)  # fmt: skip
def test_wrong_actions_are_refused(sent: object):
    with pytest.raises(ValidationError):
        checked_actions(sent)


@given(st.text(max_size=300))
def test_any_sentence_fits(title: str):
    assert len(shortened(title)) <= 200
    assert shortened(title)[:150] == title[:150]
