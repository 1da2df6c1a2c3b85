"""Whatever a layout holds, it becomes a board, and what of it cannot be shown is said."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.choices import Role
from accounts.models import User
from tests.tracking.boards import new_widget
from timetracker.web import widgets
from timetracker.web.widgets import Range, Size, all_widgets, get_widget, register
from tracking.dashboard import Board, offered_to, read_board

MEMBER, ADMINISTRATOR = User(role=Role.MEMBER), User(role=Role.ADMINISTRATOR)
OURS = (
    new_widget("plain"),
    new_widget("tiny", sizes=(Size.SMALL,), size=Size.SMALL),
    new_widget("chosen", ranges=(Range.LAST_7_DAYS, Range.THIS_MONTH), by_scope=True, by_project=True),
    new_widget("secret", allowed=lambda user: user.is_administrator),
)
NAMES = [widget.name for widget in OURS]


@pytest.fixture(scope="module", autouse=True)
def _only_ours() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(widgets, "_widgets", {widget.name: widget for widget in OURS})
        yield


def names(board: Board) -> list[str]:
    return [place.widget.name for place in board.places]


# ── Anything ─────────────────────────────────────────────────────────────────
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(NAMES),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
settings_of_a_place = st.fixed_dictionaries(
    {},
    optional={
        "range": st.sampled_from(Range.values) | anything,
        "scope": st.sampled_from(["me", "team"]) | anything,
        "project": st.integers(-2, 2**64) | anything,
        "other": anything,
    },
)
entry = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(NAMES) | anything,
        "size": st.sampled_from(Size.values) | anything,
        "settings": settings_of_a_place | anything,
        "kept": anything,
    },
)
layouts = st.lists(entry | st.sampled_from(NAMES) | anything, max_size=8) | anything


@given(layouts, st.sampled_from([MEMBER, ADMINISTRATOR]))
def test_a_board_of_anything(layout: Any, person: User):
    board = read_board(person, layout)
    found = [place.widget.name for place in board.places + board.hidden]
    named = {each.get("name") if isinstance(each, dict) else each for each in _entries(layout)}
    assert sorted(found) == sorted(name for name in NAMES if name in named)
    for place in board.places:
        assert place.widget.allowed(person)
        assert place.size in place.widget.sizes
        assert place.settings == place.widget.fit(place.settings.kept())
    assert all(not place.widget.allowed(person) for place in board.hidden)
    assert all(isinstance(sentence, str) for sentence in board.left_out)


def _entries(layout: Any) -> list[Any]:
    found = layout if isinstance(layout, list) else [layout]
    return [each for each in found if isinstance((each.get("name") if isinstance(each, dict) else each), str)]


@given(layouts, st.sampled_from([MEMBER, ADMINISTRATOR]))
def test_what_it_keeps_gives_the_same_board(layout: Any, person: User):
    board = read_board(person, layout)
    again = read_board(person, json.loads(json.dumps(board.layout)))
    assert (again.places, again.layout, again.left_out) == (board.places, board.layout, [])
    assert (again.digest == board.digest) == (not board.left_out)
    whole = read_board(ADMINISTRATOR, [place.kept() for place in board.places + board.hidden])
    assert sorted(names(whole)) == sorted(place.widget.name for place in board.places + board.hidden)


# ── What is left out ─────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("layout", "said"),
    [
        (["plain", "gone"], ["There is no widget “gone” (any more)."]),
        ([{"name": "x" * 99}], [f"There is no widget “{'x' * 40}” (any more)."]),
        ([{}], ["There is no widget “None” (any more)."]),
        ({"plain": {}}, ["There is no widget “None” (any more)."]),
        (7, ["There is no widget “7” (any more)."]),
        (["plain", {"name": "plain", "size": "large"}], ["“Plain” stood there twice."]),
        ([{"name": "tiny", "size": "large"}], ["“Tiny” has no size “large”; it is shown as: Small."]),
        ([{"name": "plain", "size": ["small"]}], ["“Plain” has no size “['small']”; it is shown as: Medium."]),
        ([{"name": "plain", "settings": {"range": "this-month"}}], ["“Plain” does not know some of its settings."]),
        ([{"name": "chosen", "settings": {"colour": "red"}}], ["“Chosen” does not know some of its settings."]),
        ([{"name": "chosen", "settings": {"range": "this-week"}}], ["“Chosen” does not know some of its settings."]),
        ([{"name": "chosen", "settings": {"project": True}}], ["“Chosen” does not know some of its settings."]),
        ([{"name": "chosen", "settings": "all"}], ["“Chosen” does not know some of its settings."]),
    ],
)
def test_what_cannot_be_shown_is_named(layout: Any, said: list[str]):
    assert read_board(MEMBER, layout).left_out == said


@pytest.mark.parametrize(
    "layout",
    [
        [],
        ["plain"],
        [{"name": "tiny", "size": "small", "settings": {}}],
        [{"name": "plain", "settings": None}],
        [{"name": "chosen", "settings": {"range": "this-month", "scope": "team", "project": 7}}],
        [{"name": "chosen", "settings": {"scope": "me", "project": None}}],
        ["secret", "secret"],
    ],
)
def test_nothing_is_said_where_all_is_well(layout: Any):
    assert read_board(MEMBER, layout).left_out == []


def test_settings_are_read():
    chosen = {"range": "this-month", "scope": "team", "project": 7}
    place = read_board(MEMBER, [{"name": "chosen", "settings": chosen}]).places[0]
    assert (place.settings.range, place.settings.scope, place.settings.project) == ("this-month", "team", 7)
    assert place.kept() == {"name": "chosen", "size": "medium", "settings": chosen}


def test_what_one_may_not_use_is_hidden_and_not_said():
    layout = ["plain", {"name": "secret", "size": "large"}, "tiny"]
    board = read_board(MEMBER, layout)
    assert (names(board), board.left_out) == (["plain", "tiny"], [])
    assert [place.kept() for place in board.hidden] == [{"name": "secret", "size": "large", "settings": {}}]
    assert names(read_board(ADMINISTRATOR, layout)) == ["plain", "secret", "tiny"]


def test_the_digest_tells_boards_apart():
    plain = read_board(MEMBER, ["plain", "tiny"])
    others = (["tiny", "plain"], ["plain"], [{"name": "plain", "size": "large"}, "tiny"], ["plain", "tiny", "gone"])
    assert plain.digest not in {read_board(MEMBER, layout).digest for layout in others}
    assert plain.digest == read_board(ADMINISTRATOR, plain.layout).digest


# ── What there is ────────────────────────────────────────────────────────────
def test_the_gallery_has_what_is_not_there_and_allowed():
    board = read_board(MEMBER, ["plain"])
    assert [place.widget.name for place in offered_to(MEMBER, board)] == ["tiny", "chosen"]
    assert [place.widget.name for place in offered_to(ADMINISTRATOR, board)] == ["tiny", "chosen", "secret"]


def test_a_widget_stands_once_in_the_registry_and_has_its_own_size():
    with pytest.raises(ValueError, match="already"):
        register(new_widget("plain"))
    with pytest.raises(ValueError, match="none of its own sizes"):
        register(new_widget("odd", sizes=(Size.LARGE,)))
    assert [widget.name for widget in all_widgets()] == NAMES
    assert get_widget(["plain"]) is None
