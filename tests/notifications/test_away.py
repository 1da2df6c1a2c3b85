"""A timer that runs while nobody is there: asked about once, for all pages, and each answer can be taken back."""

from __future__ import annotations

import datetime as dt
import json

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from notifications.choices import TriggerKind
from notifications.models import Notification
from notifications.services.idle import report_away, settle_away
from notifications.services.preferences import save_settings
from notifications.services.reminding import not_today
from tests.notifications.looks import do_at, live, told
from tests.notifications.telling import HOUR, MINUTE, NOON
from tests.work import make_project, make_tag
from timetracker.web.errors import Conflict
from tracking.models import Batch, TimeEntry
from tracking.services.timer import pause_timer, start_timer, stop_timer
from tracking.services.undo import undo_batch

pytestmark = pytest.mark.django_db
IDLE = TriggerKind.IDLE
HTMX = {"HX-Request": "true"}


@pytest.fixture
def entry(owner: User) -> TimeEntry:
    project = make_project(manager=owner)
    return do_at(NOON, start_timer, user=owner, description="Draft", project=project, tags=[make_tag(name="deep")])


def away(person: User, since: dt.datetime, now: dt.datetime) -> dt.timedelta | None:
    return do_at(now, report_away, person=person, since=since)


def test_it_asks_after_the_persons_own_while(owner: User, entry: TimeEntry):
    assert away(owner, NOON + HOUR, NOON + HOUR + MINUTE) == 29 * MINUTE
    assert told(owner, IDLE) == []
    assert away(owner, NOON + HOUR, NOON + HOUR + 30 * MINUTE) is None
    assert told(owner, IDLE) == ["Away since 13:00, and the timer runs"]
    row = Notification.objects.get(category=IDLE)
    assert [action["label"] for action in row.actions] == ["Keep it", "Discard idle time", "Stop at 13:00"]
    assert row.persistent


def test_all_pages_are_one(owner: User, entry: TimeEntry):
    for seconds in (0, 2, 40, 90):
        away(owner, NOON + HOUR + dt.timedelta(seconds=seconds), NOON + HOUR + 31 * MINUTE)
    away(owner, NOON + HOUR, NOON + 2 * HOUR)
    assert len(told(owner, IDLE)) == 1


def test_the_next_absence_is_another(owner: User, entry: TimeEntry):
    away(owner, NOON + HOUR, NOON + 2 * HOUR)
    away(owner, NOON + 3 * HOUR, NOON + 4 * HOUR)
    assert len(told(owner, IDLE)) == 2
    assert live(owner, IDLE) == ["Away since 15:00, and the timer runs"]


def test_the_while_is_a_setting(owner: User, entry: TimeEntry):
    save_settings(person=owner, idle_minutes=5)
    away(owner, NOON + HOUR, NOON + HOUR + 5 * MINUTE)
    assert len(told(owner, IDLE)) == 1


@pytest.mark.parametrize("deed", [pause_timer, stop_timer])
def test_without_a_running_timer_nobody_is_asked(owner: User, entry: TimeEntry, deed):
    do_at(NOON + MINUTE, deed, user=owner)
    assert away(owner, NOON, NOON + 2 * HOUR) is None
    assert told(owner, IDLE) == []


def test_time_before_the_timer_is_none_of_it(owner: User, entry: TimeEntry):
    assert away(owner, NOON - HOUR, NOON + 10 * MINUTE) == 20 * MINUTE
    away(owner, NOON - HOUR, NOON + 30 * MINUTE)
    assert told(owner, IDLE) == ["Away since 12:00, and the timer runs"]


def test_not_today_is_for_today(owner: User, entry: TimeEntry):
    do_at(NOON, not_today, person=owner, kind=IDLE)
    away(owner, NOON + HOUR, NOON + 2 * HOUR)
    assert told(owner, IDLE) == []


def test_kept_it_stays_as_it_is(owner: User, entry: TimeEntry):
    away(owner, NOON + HOUR, NOON + 2 * HOUR)
    assert do_at(NOON + 2 * HOUR, settle_away, person=owner, entry_id=entry.pk, deed="keep") is None
    entry.refresh_from_db()
    assert (entry.running, live(owner, IDLE)) == (True, [])


def test_discarded_the_idle_time_is_gone_and_the_timer_goes_on(owner: User, entry: TimeEntry):
    away(owner, NOON + HOUR, NOON + 2 * HOUR)
    fresh = do_at(NOON + 2 * HOUR, settle_away, person=owner, entry_id=entry.pk, deed="discard")
    entry.refresh_from_db()
    assert (entry.ended_at, entry.seconds) == (NOON + HOUR, 3600)
    assert (fresh.started_at, fresh.running, fresh.description) == (NOON + 2 * HOUR, True, "Draft")
    assert (fresh.project_id, [tag.name for tag in fresh.tags.all()]) == (entry.project_id, ["deep"])
    assert live(owner, IDLE) == []


def test_undo_is_one_step(owner: User, entry: TimeEntry):
    away(owner, NOON + HOUR, NOON + 2 * HOUR)
    fresh = do_at(NOON + 2 * HOUR, settle_away, person=owner, entry_id=entry.pk, deed="discard")
    do_at(NOON + 2 * HOUR + MINUTE, undo_batch, batch=Batch.objects.latest("pk"), actor=owner)
    entry.refresh_from_db()
    fresh.refresh_from_db()
    assert (entry.running, entry.seconds) == (True, None)
    assert fresh.deleted_at is not None


def test_stopped_it_ends_when_somebody_was_last_there(owner: User, entry: TimeEntry):
    away(owner, NOON + HOUR, NOON + 2 * HOUR)
    do_at(NOON + 2 * HOUR, settle_away, person=owner, entry_id=entry.pk, deed="stop")
    entry.refresh_from_db()
    assert (entry.ended_at, entry.seconds) == (NOON + HOUR, 3600)
    assert not TimeEntry.objects.running().exists()


@pytest.mark.parametrize("deed", ["discard", "stop"])
def test_what_was_stopped_elsewhere_keeps_its_end(owner: User, entry: TimeEntry, deed: str):
    away(owner, NOON + HOUR, NOON + 2 * HOUR)
    do_at(NOON + 2 * HOUR, stop_timer, user=owner)
    with pytest.raises(Conflict):
        do_at(NOON + 3 * HOUR, settle_away, person=owner, entry_id=entry.pk, deed=deed)
    entry.refresh_from_db()
    assert entry.ended_at == NOON + 2 * HOUR


def test_another_persons_timer_is_nobodys_business(owner: User, teammate: User, entry: TimeEntry):
    away(owner, NOON + HOUR, NOON + 2 * HOUR)
    with pytest.raises(Conflict):
        do_at(NOON + 2 * HOUR, settle_away, person=teammate, entry_id=entry.pk, deed="stop")
    assert away(teammate, NOON + HOUR, NOON + 2 * HOUR) is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(since=st.integers(-300, 300), now=st.integers(0, 300), deed=st.sampled_from(["discard", "stop"]))
def test_no_time_is_made_up(owner: User, since: int, now: int, deed: str):
    """Whatever a page says: what is left ends between the start and now, and nothing before or after it is touched."""
    TimeEntry.objects.all().delete()
    Notification.objects.all().delete()
    entry = do_at(NOON, start_timer, user=owner)
    moment = NOON + now * MINUTE
    away(owner, NOON + since * MINUTE, moment)
    if Notification.objects.filter(category=IDLE).exists():
        do_at(moment, settle_away, person=owner, entry_id=entry.pk, deed=deed)
        entry.refresh_from_db()
        assert entry.ended_at is not None
        assert NOON <= entry.ended_at <= moment - 30 * MINUTE
    else:
        assert now - max(since, 0) < 30


# ── Pages ────────────────────────────────────────────────────────────────────
def test_a_page_says_how_long_ago(owner: User, entry: TimeEntry, client_for):
    with time_machine.travel(NOON + 2 * HOUR, tick=False):
        assert client_for(owner).post("/notifications/away/", {"ago": "60"}).json() == {"again_in": 29 * 60}
        assert client_for(owner).post("/notifications/away/", {"ago": "3600"}).json() == {"again_in": None}
    assert told(owner, IDLE) == ["Away since 13:00, and the timer runs"]


@pytest.mark.parametrize("ago", ["", "-5", "soon", "99999999999", "1e9"])
def test_nonsense_is_refused(owner: User, entry: TimeEntry, client_for, ago: str):
    assert client_for(owner).post("/notifications/away/", {"ago": ago}).status_code == 400


def test_the_buttons_answer_and_can_be_taken_back(owner: User, entry: TimeEntry, client_for):
    away(owner, NOON + HOUR, NOON + 2 * HOUR)
    row = Notification.objects.get(category=IDLE)
    with time_machine.travel(NOON + 2 * HOUR, tick=False):
        answer = client_for(owner).post(row.actions[1]["url"], headers=HTMX)
        assert answer.status_code == 204
        undo = json.loads(answer.headers["HX-Trigger"])["toast"]["undo_url"]
        assert client_for(owner).post(undo, headers=HTMX).status_code == 204
    entry.refresh_from_db()
    assert entry.running
    assert client_for(owner).post(f"/notifications/away/{entry.pk}/made-up/", headers=HTMX).status_code == 404
