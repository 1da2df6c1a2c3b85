"""Changes of a board: what they keep, what they refuse, how they are taken back, and two tabs at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Organisation, User
from accounts.queries import get_organisation
from tests.tracking.boards import add_to_registry, keep, names_of, new_widget
from timetracker.events.models import Event
from timetracker.live import push as push_module
from timetracker.web.errors import Conflict, NotAllowed
from timetracker.web.widgets import get_widget
from tracking.dashboard import board_of, read_board, standard_layout
from tracking.services.dashboard import (
    add_widget,
    arrange_widgets,
    configure_widget,
    make_board_standard,
    move_widget,
    remove_widget,
    reset_board,
    resize_widget,
    restore_board,
    tidy_board,
)

BOARD = ["quick-stats", "time-chart", "week-goal", "my-tasks"]
CHOSEN = {"range": "this-month", "scope": "team", "project": 7}
Change = Callable[[User], Any]
CHANGES: dict[str, Change] = {
    "add": lambda person: add_widget(person=person, name="activity-feed"),
    "remove": lambda person: remove_widget(person=person, name="time-chart"),
    "move": lambda person: move_widget(person=person, name="quick-stats", step=1),
    "resize": lambda person: resize_widget(person=person, name="my-tasks", size="large"),
    "configure": lambda person: configure_widget(person=person, name="time-chart", settings=CHOSEN),
    "arrange": lambda person: arrange_widgets(person=person, names=BOARD[::-1]),
    "reset": lambda person: reset_board(person=person),
    "tidy": lambda person: tidy_board(person=person),
}


@pytest.fixture
def olgas(owner: User) -> User:
    """With a board of their own."""
    return keep(owner, *read_board(owner, BOARD).layout)


@pytest.fixture
def secret(monkeypatch, owner: User) -> set[int]:
    """A widget for the people in this set, who are nobody at first."""
    allowed: set[int] = set()
    add_to_registry(monkeypatch, new_widget("secret", allowed=lambda user: user.pk in allowed))
    return allowed


# ── Each change ──────────────────────────────────────────────────────────────
@pytest.mark.django_db
def test_what_each_does(olgas: User):
    for change, expected in (
        ("add", [*BOARD, "activity-feed"]),
        ("remove", ["quick-stats", "week-goal", "my-tasks", "activity-feed"]),
        ("move", ["week-goal", "quick-stats", "my-tasks", "activity-feed"]),
        ("arrange", ["my-tasks", "activity-feed", "week-goal", "quick-stats"]),
    ):
        CHANGES[change](olgas)
        assert names_of(olgas) == expected, change
    CHANGES["resize"](olgas)
    assert board_of(User.objects.get(pk=olgas.pk)).place_of("my-tasks").size == "large"


@pytest.mark.django_db
def test_settings_are_those_on_offer(olgas: User):
    person, _was = configure_widget(person=olgas, name="time-chart", settings=CHOSEN | {"colour": "red"})
    assert person.dashboard[1] == {"name": "time-chart", "size": "large", "settings": CHOSEN}
    person, _was = configure_widget(person=olgas, name="my-tasks", settings=CHOSEN)
    assert person.dashboard[3]["settings"] == {}
    person, _was = configure_widget(person=olgas, name="time-chart", settings={"range": "for ever", "project": "7"})
    assert person.dashboard[1]["settings"] == {"range": "last-7-days"}


@pytest.mark.parametrize(
    ("name", "step", "expected"),
    [
        ("quick-stats", -1, BOARD),
        ("my-tasks", 1, BOARD),
        ("quick-stats", 99, [*BOARD[1:], "quick-stats"]),
        ("my-tasks", -99, ["my-tasks", *BOARD[:-1]]),
        ("week-goal", -1, ["quick-stats", "week-goal", "time-chart", "my-tasks"]),
    ],
)
@pytest.mark.django_db
def test_a_move_ends_at_the_ends(olgas: User, name: str, step: int, expected: list[str]):
    move_widget(person=olgas, name=name, step=step)
    assert names_of(olgas) == expected


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda person: add_widget(person=person, name="nonsense"), "unknown"),
        (lambda person: add_widget(person=person, name="secret"), "unknown"),
        (lambda person: move_widget(person=person, name="activity-feed", step=1), "gone"),
        (lambda person: resize_widget(person=person, name="activity-feed", size="small"), "gone"),
        (lambda person: configure_widget(person=person, name="nonsense", settings={}), "gone"),
        (lambda person: resize_widget(person=person, name="week-goal", size="large"), "size"),
        (lambda person: resize_widget(person=person, name="week-goal", size=""), "size"),
    ],
)
@pytest.mark.django_db
@pytest.mark.usefixtures("secret")
def test_what_is_refused_changes_nothing(olgas: User, change: Change, code: str):
    before = olgas.dashboard
    with pytest.raises(ValidationError) as refusal:
        change(olgas)
    assert refusal.value.code == code
    olgas.refresh_from_db()
    assert olgas.dashboard == before
    assert not Event.objects.exists()


@pytest.mark.django_db
def test_what_is_so_already_records_nothing(olgas: User):
    add_widget(person=olgas, name="quick-stats")
    remove_widget(person=olgas, name="activity-feed")
    move_widget(person=olgas, name="quick-stats", step=-1)
    arrange_widgets(person=olgas, names=BOARD)
    arrange_widgets(person=olgas, names=[])
    tidy_board(person=olgas)
    assert not Event.objects.exists()


# ── Undo ─────────────────────────────────────────────────────────────────────
LAYOUTS = {
    "own": BOARD,
    "empty": [],
    "followed": None,
    "odd": [*BOARD, "gone", "secret", "my-tasks", {"name": "week-goal", "size": "large"}],
    "a map": {"name": "time-chart", "settings": {"colour": "red"}},
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.django_db
@pytest.mark.usefixtures("secret")
def test_undo_and_redo(owner: User, layout: str, change: str):
    Organisation.objects.update(dashboard=BOARD)
    User.objects.filter(pk=owner.pk).update(dashboard=LAYOUTS[layout])
    owner.refresh_from_db()
    try:
        changed, was = CHANGES[change](owner)
    except ValidationError:
        assert layout in {"empty", "a map"}
        return
    assert was == LAYOUTS[layout]
    back, now = restore_board(person=owner, layout=was, after=changed.dashboard)
    assert (back.dashboard, now) == (LAYOUTS[layout], changed.dashboard)
    again, _was = restore_board(person=owner, layout=now, after=was)
    assert again.dashboard == changed.dashboard


@pytest.mark.django_db
def test_what_cannot_be_shown_is_forgotten_on_purpose_or_with_a_change(owner: User):
    person, _was = tidy_board(person=keep(owner, "my-tasks", "gone", "my-tasks"))
    assert (board_of(person).left_out, len(person.dashboard)) == ([], 1)
    assert board_of(keep(owner, "my-tasks", "gone")).left_out
    person, _was = add_widget(person=owner, name="week-goal")
    assert [entry["name"] for entry in person.dashboard] == ["my-tasks", "week-goal"]


# ── What one may not use now ─────────────────────────────────────────────────
@pytest.mark.parametrize("change", sorted(CHANGES.keys() - {"reset"}))
@pytest.mark.django_db
def test_what_one_may_not_use_stays_and_comes_back(owner: User, secret: set[int], change: str):
    keep(owner, *read_board(owner, BOARD).layout, {"name": "secret", "size": "large", "settings": {}})
    CHANGES[change](owner)
    assert "secret" not in names_of(owner)
    secret.add(owner.pk)
    assert "secret" in names_of(owner)
    assert board_of(owner).place_of("secret").size == "large"


@pytest.mark.django_db
def test_it_comes_back_too_where_the_board_was_everybodys(owner: User, secret: set[int], administrator: User):
    """Whoever moves one widget of the standard board has not thrown away what they could not see."""
    Organisation.objects.update(dashboard=["my-tasks", "secret", "week-goal"])
    remove_widget(person=owner, name="my-tasks")
    assert names_of(owner) == ["week-goal"]
    secret.add(owner.pk)
    assert names_of(owner) == ["week-goal", "secret"]


@pytest.mark.django_db
@pytest.mark.usefixtures("secret")
def test_nor_does_an_undo_lose_it(owner: User):
    keep(owner, "my-tasks", "secret")
    changed, was = remove_widget(person=owner, name="my-tasks")
    person, _was = restore_board(person=owner, layout=was, after=changed.dashboard)
    assert [place.widget.name for place in board_of(person).hidden] == ["secret"]


@pytest.mark.django_db
def test_an_undo_does_not_take_back_what_another_tab_did(owner: User):
    keep(owner, "my-tasks", "review", "week-goal")
    one, was = remove_widget(person=owner, name="my-tasks")
    move_widget(person=owner, name="week-goal", step=-1)
    with pytest.raises(Conflict):
        restore_board(person=owner, layout=was, after=one.dashboard)
    assert names_of(owner) == ["week-goal", "review"]


# ── What a change tells ──────────────────────────────────────────────────────
@pytest.fixture
def pushed(monkeypatch) -> list[tuple[list[int], tuple[str, ...]]]:
    told: list[tuple[list[int], tuple[str, ...]]] = []
    monkeypatch.setattr(push_module, "push", lambda ids, *topics: told.append((list(ids), topics)))
    return told


@pytest.mark.parametrize("change", sorted(CHANGES.keys() - {"tidy"}))
@pytest.mark.django_db
def test_an_event_and_a_push_after_the_commit(
    olgas: User, pushed: list[Any], change: str, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        CHANGES[change](olgas)
        assert not pushed
    assert ([olgas.pk], ("dashboard",)) in pushed
    event = Event.objects.get(type="preferences_changed")
    assert (event.payload["changed"], event.actor_id) == (["dashboard"], olgas.pk)


# ── Two tabs ─────────────────────────────────────────────────────────────────
SPARE = ["activity-feed", "recent-entries"]
operations = st.one_of(
    st.tuples(st.just("add"), st.sampled_from(SPARE + BOARD), st.none()),
    st.tuples(st.just("remove"), st.sampled_from(BOARD + SPARE), st.none()),
    st.tuples(st.just("move"), st.sampled_from(BOARD), st.integers(-4, 4)),
    st.tuples(st.just("resize"), st.sampled_from(["quick-stats", "my-tasks"]), st.sampled_from(["medium", "large"])),
    st.tuples(st.just("arrange"), st.permutations(BOARD), st.none()),
    st.tuples(st.just("arrange"), st.lists(st.sampled_from(BOARD + SPARE), unique=True), st.none()),
)


def apply(person: User, what: str, name: Any, how: Any) -> None:
    match what:
        case "add":
            add_widget(person=person, name=name)
        case "remove":
            remove_widget(person=person, name=name)
        case "move":
            move_widget(person=person, name=name, step=how)
        case "resize":
            resize_widget(person=person, name=name, size=how)
        case _:
            arrange_widgets(person=person, names=name)


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(operations, min_size=2, max_size=3))
def test_no_tab_takes_what_another_did(owner: User, each: list[tuple[str, Any, Any]]):
    """Each tab still shows the board of the beginning, and so does the copy of the person that its request read."""
    keep(owner, *read_board(owner, BOARD).layout)
    expected, sizes = set(BOARD), {}
    for what, name, how in each:
        tab = User(pk=owner.pk, dashboard=owner.dashboard)
        if what in {"move", "resize"} and name not in expected:
            with pytest.raises(ValidationError):
                apply(tab, what, name, how)
            continue
        apply(tab, what, name, how)
        if what == "add" and name not in expected:
            sizes.pop(name, None)  # it is there anew
        expected = expected | {name} if what == "add" else expected - {name} if what == "remove" else expected
        sizes |= {name: how} if what == "resize" else {}
        if what == "arrange":
            now = names_of(User.objects.get(pk=owner.pk))
            assert [each for each in now if each in name] == [each for each in name if each in now]
    board = board_of(User.objects.get(pk=owner.pk))
    assert {place.widget.name for place in board.places} == expected
    assert {name: board.place_of(name).size for name in sizes if board.has(name)} == {
        name: size for name, size in sizes.items() if board.has(name)
    }


@pytest.mark.django_db
def test_an_arrangement_leaves_what_it_does_not_know_behind_its_neighbour(olgas: User):
    add_widget(person=olgas, name="activity-feed")  # another tab
    move_widget(person=olgas, name="activity-feed", step=-3)
    assert names_of(olgas)[:2] == ["quick-stats", "activity-feed"]
    arrange_widgets(person=olgas, names=["my-tasks", "quick-stats", "week-goal", "time-chart"])
    assert names_of(olgas) == ["my-tasks", "quick-stats", "activity-feed", "week-goal", "time-chart"]


@pytest.mark.django_db(transaction=True)
def test_at_once(owner: User, run_at_once):
    wanted = ["activity-feed", "recent-entries", "upcoming-deadlines", "quick-actions"]
    keep(owner, *BOARD)
    run_at_once(
        *(lambda name=name: add_widget(person=owner, name=name) for name in wanted),
        lambda: arrange_widgets(person=owner, names=BOARD[::-1]),
        lambda: remove_widget(person=owner, name="time-chart"),
    )
    found = names_of(owner)
    assert sorted(found) == sorted({*BOARD, *wanted} - {"time-chart"})
    assert [name for name in found if name in BOARD] == ["my-tasks", "week-goal", "quick-stats"]


# ── Everybody's board ────────────────────────────────────────────────────────
@pytest.mark.django_db
def test_the_standard_board_reads_as_it_stands(administrator: User):
    board = board_of(administrator)
    assert (board.is_own, board.left_out) == (False, [])
    assert [place.kept() for place in board.places + board.hidden] == sorted(
        standard_layout(), key=lambda kept: not get_widget(kept["name"]).allowed(administrator)
    )


@pytest.mark.django_db
def test_everybodys_board_is_followed(
    administrator: User,
    owner: User,
    teammate: User,
    former: User,
    pushed: list[Any],
    django_capture_on_commit_callbacks,
):
    keep(teammate, "my-tasks")
    keep(administrator, "week-goal", {"name": "time-chart", "settings": {"range": "this-month"}})
    with django_capture_on_commit_callbacks(execute=True):
        make_board_standard(actor=administrator)
    told = {person for ids, topics in pushed if "dashboard" in topics for person in ids}
    assert told == {administrator.pk, owner.pk}
    assert names_of(owner) == names_of(administrator) == ["week-goal", "time-chart"]
    assert names_of(teammate) == ["my-tasks"]
    assert board_of(owner).place_of("time-chart").settings.range == "this-month"
    assert not board_of(administrator).is_own
    assert Event.objects.filter(type="organisation_changed", payload__changed=["dashboard"]).exists()
    reset_board(person=teammate)
    assert names_of(teammate) == ["week-goal", "time-chart"]
    move_widget(person=owner, name="week-goal", step=1)
    assert (names_of(owner), names_of(teammate)) == (["time-chart", "week-goal"], ["week-goal", "time-chart"])


@pytest.mark.django_db
def test_an_empty_board_is_a_board(administrator: User, owner: User):
    keep(administrator)
    make_board_standard(actor=administrator)
    assert get_organisation().dashboard == []
    assert names_of(owner) == []


@pytest.mark.django_db
@pytest.mark.usefixtures("secret")
def test_everybodys_board_keeps_what_its_administrator_may_not_use(administrator: User):
    make_board_standard(actor=keep(administrator, "secret", "my-tasks"))
    assert [entry["name"] for entry in get_organisation().dashboard] == ["my-tasks", "secret"]


@pytest.mark.parametrize("role", ["owner", "manager", "lead"])
@pytest.mark.django_db
def test_others_choose_no_board_for_everybody(request, role: str):
    person = keep(request.getfixturevalue(role), "my-tasks")
    with pytest.raises(NotAllowed):
        make_board_standard(actor=person)
    assert get_organisation().dashboard is None
    assert names_of(person) == ["my-tasks"]
