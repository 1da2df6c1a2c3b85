"""How keys are written, and that no two commands have the same where both apply."""

from __future__ import annotations

from itertools import combinations

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from timetracker.web.commands import Category, Command, Context, all_commands, clash, clashes, register
from timetracker.web.keys import (
    NAMES,
    TAKEN,
    BadKeys,
    Clash,
    normal_keys,
    overlaps,
    printed,
    taken_by,
    unprinted,
)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("ctrl+k", "Ctrl+K"),
        ("CTRL+shift+z", "Ctrl+Shift+Z"),
        ("shift+ctrl+z", "Ctrl+Shift+Z"),
        ("Ctrl+Shift+/", "Ctrl+/"),  # a German keyboard needs Shift for it, an English one does not
        ("Ctrl++", "Ctrl++"),
        ("+", "+"),
        ("?", "?"),
        ("G", "g"),
        (" g   D ", "g d"),
        ("escape", "Escape"),
        ("Shift+enter", "Shift+Enter"),
        ("alt+arrowup", "Alt+ArrowUp"),
        ("f1", "F1"),
        ("ä", "ä"),
        ("a b c", "a b c"),
    ],
)
def test_keys_are_written_in_one_way(written, read):
    assert normal_keys(written) == read
    assert normal_keys(read) == read


@pytest.mark.parametrize(
    "nonsense",
    [
        "", " ", "Ctrl", "Ctrl+", "+k", "Ctrl+Ctrl+K", "Hyper+K", "Shift+g", "Alt+q", "Ctrl+Alt+q", "ab", "g Ctrl+D",
        "a b c d", "x" * 10_000, "\x00", "g\u200bd", None, 7, ["g"], {},
    ],
)  # fmt: skip
def test_nonsense_is_refused(nonsense):
    with pytest.raises(BadKeys):
        normal_keys(nonsense)


@given(st.text(max_size=40))
def test_whatever_is_written_is_read_once_and_for_all(text):
    try:
        read = normal_keys(text)
    except BadKeys:
        return
    assert normal_keys(read) == read


def test_what_begins_another_overlaps():
    assert overlaps("g", "g d")
    assert overlaps("g d", "g d")
    assert not overlaps("g d", "g dd")
    assert not overlaps("g d", "t d")


# ── The registry ─────────────────────────────────────────────────────────────
def test_there_are_forty_and_each_leads_somewhere():
    commands = [command for command in all_commands() if command.keys]
    assert len(commands) >= 40
    assert all(command.url for command in commands if not command.press and not command.act)
    assert all(command.keys == normal_keys(command.keys) for command in commands)


def test_no_two_share_keys_where_both_apply():
    for one, other in combinations(all_commands(), 2):
        if one.keys and other.keys and set(one.contexts) & set(other.contexts):
            assert not overlaps(one.keys, other.keys), (one.id, other.id)


CONTRACT = [
    "Ctrl+K", "Ctrl+/", "Ctrl+B", "Ctrl+D", "j", "k", "x", "Ctrl+A", "Enter", "e", "Delete",
    "Ctrl+Z", "Ctrl+Shift+Z", "?", "Escape", "Ctrl+S", "Ctrl+Enter", "g d", "g p", "g t", "g r", "g w", "g n", "g s",
    "c p", "c t", "c c", "c w", "c n", "t s", "t x", "t l", "t r", "t p", "t d",
]  # fmt: skip


def test_the_contracts_keys_are_there():
    assert set(CONTRACT) <= {command.keys for command in all_commands()}


def test_a_clash_is_told_and_nothing_is_overwritten():
    double = Command(id="double", label="Double", category=Category.GO, keys="g d", act="double")
    with pytest.raises(Clash, match="g d of double are the keys of go-start"):
        register(double)
    assert "double" not in {command.id for command in all_commands()}
    with pytest.raises(ValueError, match="registered already"):
        register(Command(id="undo", label="Undo", category=Category.GENERAL, act="undo"))
    with pytest.raises(ValueError, match="one thing"):
        register(Command(id="two", label="Two", category=Category.GENERAL, act="two", press="#two"))
    assert clashes(double, "g d", {"go-start": "g 1"}) == []
    in_tables = Command(id="t", label="T", category=Category.LISTS, contexts=(Context.TABLE,), act="t")
    assert clash(in_tables, "g d") is None
    assert [other.id for other in clashes(in_tables, "g d", {})] == ["go-start"]


# ── As people read them ──────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("keys", "english", "german"),
    [
        ("Ctrl+Shift+Z", "Ctrl+Shift+Z", "Strg+Umschalt+Z"),
        ("Delete", "Del", "Entf"),
        ("Escape", "Esc", "Esc"),
        ("Ctrl+Enter", "Ctrl+Enter", "Strg+Eingabe"),
        ("Ctrl++", "Ctrl++", "Strg++"),
        ("+", "+", "+"),
        ("g d", "g d", "g d"),
        ("Alt+ArrowUp", "Alt+↑", "Alt+↑"),
        ("", "", ""),
    ],
)
def test_keys_are_printed_as_the_keyboard_says_them(keys, english, german):
    assert (printed(keys), unprinted(english)) == (english, keys)
    with override("de"):
        assert (printed(keys), unprinted(german), unprinted(german.lower()).lower()) == (german, keys, keys.lower())
        assert normal_keys(unprinted(keys) or "x") == (keys or "x")


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_name_is_told_from_the_others(language):
    with override(language):
        assert len({str(name).casefold() for name in NAMES.values()}) == len(NAMES)
        assert not any(set(" +") & set(str(name)) for name in NAMES.values())


def test_what_is_taken_is_written_as_it_is_kept():
    for key in (key for keys in TAKEN.values() for key in keys):
        assert normal_keys(key) == key
    assert taken_by("F5") == "browser"
    assert taken_by("Enter") == "page"
    assert taken_by("g d") == ""
