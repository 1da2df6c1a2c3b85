"""Time entries over the API: instants with zones, durations in seconds, one row for one uid, a trash to return from."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from accounts.models import User
from tests.api.problems import assert_problem
from tests.work import MONDAY, make_client, make_entry, make_project, make_tag, make_task
from timetracker.events.models import Event
from tracking.models import Break, Tag, TimeEntry
from tracking.services.timer import start_timer

pytestmark = pytest.mark.django_db
CONTRACT = set("id uid user project task description tags billable started_at ended_at duration source".split())
OURS = {"billed", "breaks", "paused_at", "review"}
NINE_TO_TEN = {"started_at": "2026-03-02T09:00:00Z", "ended_at": "2026-03-02T10:00:00Z"}


def test_create_with_everything_and_read_it_back(api, owner: User):
    task = make_task(make_project(billable=False))
    uid = str(uuid.uuid4())
    sent = {
        **NINE_TO_TEN,
        "uid": uid,
        "task": task.pk,
        "description": "Grid for the start page",
        "tags": ["design", "client:acme"],
        "billable": True,
        "breaks": [{"started_at": "2026-03-02T09:20:00Z", "ended_at": "2026-03-02T09:30:00Z"}],
    }
    answer = api(owner).post("time-entries/", sent)
    assert answer.status_code == 201
    row = answer.json()
    assert answer.headers["Location"].endswith(f"/api/time-entries/{row['id']}/")
    assert set(row) == CONTRACT | OURS
    assert row == {
        **sent,
        "id": row["id"],
        "user": owner.pk,
        "project": task.project_id,
        "tags": row["tags"],
        "duration": 3000,
        "source": "manual",
        "review": "",
        "paused_at": None,
        "billed": False,
    }
    assert sorted(row["tags"]) == ["client:acme", "design"]
    assert api(owner).get(f"time-entries/{row['id']}/").json() == row
    assert api(owner).rows("time-entries/") == [row]
    task.refresh_from_db()
    assert task.tracked_seconds == 3000
    assert Event.objects.filter(type="time_logged").count() == 1


def test_a_duration_stands_for_the_end_and_leaves_breaks_out(api, owner: User):
    row = api(owner).post("time-entries/", {"started_at": "2026-03-02T09:00:00Z", "duration": 5400}).json()
    assert (row["ended_at"], row["duration"]) == ("2026-03-02T10:30:00Z", 5400)
    pause = {"started_at": "2026-03-02T09:10:00Z", "ended_at": "2026-03-02T09:25:00Z"}
    sent = {"started_at": "2026-03-02T09:00:00Z", "duration": 3600, "breaks": [pause]}
    row = api(owner).post("time-entries/", sent).json()
    assert (row["ended_at"], row["duration"], row["breaks"]) == ("2026-03-02T10:15:00Z", 3600, [pause])


def test_an_end_and_a_duration_must_agree(api, owner: User):
    assert_problem(api(owner).post("time-entries/", {**NINE_TO_TEN, "duration": 60}), 400, "duration")
    assert api(owner).post("time-entries/", {**NINE_TO_TEN, "duration": 3600}).status_code == 201


def test_an_entry_needs_an_end(api, owner: User):
    for end in ({}, {"ended_at": None}, {"ended_at": None, "duration": None}):
        problem = assert_problem(
            api(owner).post("time-entries/", {"started_at": "2026-03-02T09:00:00Z", **end}), 400, "ended_at"
        )
        assert "/api/timer/start/" in problem["errors"][0]["message"]


def test_offsets_are_honoured_and_answers_are_utc(api, owner: User):
    row = (
        api(owner)
        .post("time-entries/", {"started_at": "2026-03-02T09:00:00+05:45", "ended_at": "2026-03-02T09:00:00.9-03:00"})
        .json()
    )
    assert (row["started_at"], row["ended_at"]) == ("2026-03-02T03:15:00Z", "2026-03-02T12:00:00Z")


@pytest.mark.parametrize("value", ["2026-03-02T09:00:00", "2026-03-02", "2026-03-02 09:00"])
def test_an_instant_without_a_zone_is_refused_with_the_reason(api, owner: User, value):
    problem = assert_problem(api(owner).post("time-entries/", {**NINE_TO_TEN, "started_at": value}), 400, "started_at")
    assert problem["errors"][0]["code"] == "no_zone"
    assert "zone" in problem["errors"][0]["message"]


def test_the_same_uid_twice_is_one_row(api, owner: User, outsider: User):
    sent = {**NINE_TO_TEN, "uid": str(uuid.uuid4())}
    first, again = api(owner).post("time-entries/", sent), api(owner).post("time-entries/", sent)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert TimeEntry.objects.count() == 1
    assert Event.objects.filter(type="time_logged").count() == 1
    assert api(outsider).post("time-entries/", sent).status_code == 201  # a uid is the person's own


def test_an_idempotency_key_gives_the_first_answer_again(api, owner: User):
    caller = api(owner)
    answers = [caller.post("time-entries/", NINE_TO_TEN, Idempotency_Key="k-1") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert len({answer.content for answer in answers}) == 1
    assert answers[2].headers["Idempotency-Replayed"] == "true"
    assert TimeEntry.objects.count() == 1
    other = caller.post("time-entries/", {**NINE_TO_TEN, "description": "other"}, Idempotency_Key="k-1")
    assert_problem(other, 422)


def test_patch_changes_what_is_named(api, owner: User):
    entry = make_entry(owner, description="before", tags=[make_tag("old")])
    row = api(owner).patch(f"time-entries/{entry.pk}/", {"description": "after", "tags": ["new"]}).json()
    assert (row["description"], row["tags"], row["duration"]) == ("after", ["new"], 3600)
    row = api(owner).patch(f"time-entries/{entry.pk}/", {"duration": 7200}).json()
    assert (row["ended_at"], row["duration"]) == ("2026-03-02T11:00:00Z", 7200)
    row = api(owner).patch(f"time-entries/{entry.pk}/", {"started_at": "2026-03-02T08:00:00Z"}).json()
    assert row["duration"] == 3 * 3600


def test_put_back_what_was_read_changes_nothing(api, owner: User):
    project = make_project()
    entry = make_entry(owner, project=project, tags=[make_tag()], breaks=[(MONDAY, MONDAY + dt.timedelta(minutes=5))])
    row = api(owner).get(f"time-entries/{entry.pk}/").json()
    assert api(owner).put(f"time-entries/{entry.pk}/", row).json() == row
    assert not Event.objects.filter(type="entry_changed").exists()
    running = start_timer(user=owner)
    row = api(owner).get(f"time-entries/{running.pk}/").json()
    assert (row["ended_at"], row["duration"]) == (None, None)
    assert api(owner).put(f"time-entries/{running.pk}/", row).json() == row


def test_breaks_are_replaced_and_must_lie_within(api, owner: User):
    entry = make_entry(owner)
    path = f"time-entries/{entry.pk}/"
    pause = {"started_at": "2026-03-02T09:00:00Z", "ended_at": "2026-03-02T09:15:00Z"}
    assert api(owner).patch(path, {"breaks": [pause]}).json()["duration"] == 2700
    late = {"started_at": "2026-03-02T09:50:00Z", "ended_at": "2026-03-02T10:10:00Z"}
    for wrong in ([late], [pause, pause], [{"started_at": pause["ended_at"], "ended_at": pause["started_at"]}]):
        assert_problem(api(owner).patch(path, {"breaks": wrong}), 400, "breaks")
    assert Break.objects.count() == 1
    assert api(owner).patch(path, {"breaks": []}).json()["duration"] == 3600
    assert Event.objects.filter(type="entry_changed").count() == 2


def test_whose_it_is_and_its_uid_stay(api, administrator: User, owner: User):
    entry = make_entry(owner)
    path = f"time-entries/{entry.pk}/"
    assert_problem(api(administrator).patch(path, {"user": administrator.pk}), 400, "user")
    assert_problem(api(administrator).patch(path, {"uid": str(uuid.uuid4())}), 400, "uid")
    assert api(administrator).patch(path, {"user": owner.pk, "uid": str(entry.uid)}).status_code == 200


def test_only_administrators_and_leads_log_for_others(
    api, administrator: User, lead: User, teammate: User, owner: User
):
    sent = {**NINE_TO_TEN, "user": owner.pk}
    assert_problem(api(teammate).post("time-entries/", sent), 403)
    assert api(lead).post("time-entries/", sent).json()["user"] == owner.pk
    Event.objects.all().delete()
    row = api(administrator).post("time-entries/", sent).json()
    assert row["user"] == owner.pk
    event = Event.objects.get(type="time_logged")
    assert (event.actor_id, event.person_id) == (administrator.pk, owner.pk)


def test_delete_is_the_trash_and_restore_the_way_back(api, owner: User):
    project = make_project()
    entry = make_entry(owner, project=project)
    path = f"time-entries/{entry.pk}/"
    answer = api(owner).delete(path)
    assert (answer.status_code, answer.content) == (204, b"")
    assert_problem(api(owner).get(path), 404)
    assert_problem(api(owner).delete(path), 404)
    assert api(owner).rows("time-entries/") == []
    assert [row["id"] for row in api(owner).rows("time-entries/", deleted="true")] == [entry.pk]
    project.refresh_from_db()
    assert project.tracked_seconds == 0
    for _ in range(2):
        assert api(owner).post(f"{path}restore/").json()["id"] == entry.pk
    project.refresh_from_db()
    assert project.tracked_seconds == 3600
    assert Event.objects.filter(type="entry_restored").count() == 1


def test_a_running_entry_is_stopped_not_deleted(api, owner: User):
    entry = start_timer(user=owner)
    path = f"time-entries/{entry.pk}/"
    assert_problem(api(owner).delete(path), 409)
    assert_problem(api(owner).patch(path, {"ended_at": "2026-03-02T10:00:00Z"}), 400, "ended_at")
    assert_problem(api(owner).patch(path, {"duration": 60}), 400, "duration")
    assert api(owner).patch(path, {"description": "still running"}).json()["ended_at"] is None


def test_an_ended_entry_stays_ended(api, owner: User):
    entry = make_entry(owner)
    assert_problem(api(owner).patch(f"time-entries/{entry.pk}/", {"ended_at": None}), 400, "ended_at")


def test_odd_entries_are_kept_and_flagged(api, owner: User):
    three_years = {"started_at": "2022-01-01T00:00:00Z", "ended_at": "2025-01-01T00:00:00Z"}
    assert api(owner).post("time-entries/", three_years).json()["review"] == "too_long"
    ahead = {"started_at": timezone.now().isoformat(), "duration": 3600}
    assert api(owner).post("time-entries/", ahead).json()["review"] == "future"
    assert len(api(owner).rows("time-entries/", review="true")) == 2


def test_what_is_planned_ahead_is_kept_and_flagged(api, owner: User):
    tomorrow = timezone.now() + dt.timedelta(days=1)
    made = api(owner).post("time-entries/", {"started_at": tomorrow.isoformat(), "duration": 60})
    assert (made.status_code, made.json()["review"]) == (201, "future")
    later = timezone.now() + dt.timedelta(days=400)
    assert_problem(api(owner).post("time-entries/", {"started_at": later.isoformat(), "duration": 60}), 400, "ended_at")


def test_filters(api, administrator: User, owner: User, outsider: User):
    client = make_client()
    project = make_project(client=client)
    task = make_task(project)
    one = make_entry(owner, task=task, description="Wireframes", tags=[make_tag("ux")], billable=True)
    two = make_entry(owner, MONDAY + dt.timedelta(days=1), description="Call", billable=False)
    other = make_entry(outsider, MONDAY + dt.timedelta(days=2))
    running = start_timer(user=owner)

    def found(**query: object) -> set[int]:
        return {row["id"] for row in api(administrator).rows("time-entries/", **query)}

    assert found() == {one.pk, two.pk, other.pk, running.pk}
    assert found(user=outsider.pk) == {other.pk}
    for query in ({"project": project.pk}, {"client": client.pk}, {"task": task.pk}, {"tag": "UX"}, {"tag": "nil,ux"}):
        assert found(**query) == {one.pk}, query
    assert found(billable="true") == {one.pk}
    assert found(billable="true", user=outsider.pk) == set()
    assert found(running="true") == {running.pk} == found(source="timer")
    assert found(source="manual,rule", user=owner.pk) == {one.pk, two.pk}
    assert found(search="wIRE") == {one.pk}
    assert found(uid=one.uid) == {one.pk}
    assert found(started_at_after="2026-03-03T09:00:00Z", started_at_before="2026-03-04T09:00:00Z") == {two.pk}
    assert found(started_at_before="2026-03-02T10:00:01+01:00") == {one.pk}
    assert found(project=2**63 - 1) == set()
    TimeEntry.objects.filter(pk=two.pk).update(updated_at=timezone.now() + dt.timedelta(hours=1))
    assert found(updated_since=(timezone.now() + dt.timedelta(minutes=30)).isoformat()) == {two.pk}


def test_a_date_in_a_filter_is_a_day_where_the_caller_lives(api, owner: User):
    User.objects.filter(pk=owner.pk).update(time_zone="Pacific/Kiritimati")  # UTC+14
    late = make_entry(owner, dt.datetime(2026, 3, 2, 9, 59, tzinfo=dt.UTC))
    early = make_entry(owner, dt.datetime(2026, 3, 2, 10, 0, tzinfo=dt.UTC))
    assert [row["id"] for row in api(owner).rows("time-entries/", started_at_after="2026-03-03")] == [early.pk]
    assert [row["id"] for row in api(owner).rows("time-entries/", started_at_before="2026-03-03")] == [late.pk]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("project", "x"),
        ("project", "0"),
        ("project", str(10**30)),
        ("billable", "perhaps"),
        ("started_at_after", "yesterday"),
        ("started_at_after", "2026-02-30"),
        ("search", "a\x00b"),
        ("search", "x" * 201),
        ("source", "magic"),
        ("ordering", "rate"),
        ("uid", "17"),
    ],
)
def test_a_wrong_filter_is_said_at_its_name(api, owner: User, name, value):
    assert_problem(api(owner).get("time-entries/", **{name: value}), 400, name)


@pytest.mark.parametrize("ordering", ["started_at", "-started_at", "duration", "-duration", "ended_at", "-ended_at"])
def test_cursor_pages_in_any_order_meet_every_row_once(api, owner: User, ordering):
    for number in range(7):
        make_entry(owner, MONDAY + dt.timedelta(hours=number // 2), minutes=10 + number % 3)
    start_timer(user=owner)
    caller, seen = api(owner), []
    page = caller.get("time-entries/", ordering=ordering, page_size=3).json()
    while True:
        seen += [row["id"] for row in page["results"]]
        if page["next"] is None:
            break
        page = caller.client.get(page["next"], headers=caller.headers).json()
    assert len(seen) == len(set(seen)) == 8
    back = caller.client.get(page["previous"], headers=caller.headers).json()
    assert [row["id"] for row in back["results"]] == seen[3:6]


def test_a_wrong_cursor_is_not_found(api, owner: User):
    assert_problem(api(owner).get("time-entries/", cursor="bm9uc2Vuc2U"), 404)


def test_a_refused_entry_leaves_nothing_behind(api, owner: User):
    sent = {"started_at": NINE_TO_TEN["ended_at"], "ended_at": NINE_TO_TEN["started_at"], "tags": ["brand-new"]}
    assert_problem(api(owner).post("time-entries/", sent), 400, "ended_at")
    assert not Tag.objects.exists()
    assert not Event.objects.exists()


def test_a_duration_sent_is_the_duration_answered(api, owner: User):
    noon = (MONDAY + dt.timedelta(hours=3), MONDAY + dt.timedelta(hours=4))
    path = f"time-entries/{make_entry(owner, minutes=480, breaks=[noon]).pk}/"
    assert api(owner).patch(path, {"duration": 18000}).json()["duration"] == 18000
    row = api(owner).patch(path, {"duration": 3600}).json()
    assert (row["duration"], row["breaks"]) == (3600, [])
    wrong = {"ended_at": "2026-03-02T12:00:00Z", "duration": 3600}
    assert_problem(api(owner).patch(path, wrong), 400, "duration")
