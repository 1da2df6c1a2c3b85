from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from timetracker.web.commands import Category, Command, Context, register


def administrators(user: User) -> bool:
    return user.is_administrator


GLOBAL, TABLE, MODAL, EDITING = Context

register(
    Command(
        id="palette", label=_("Command palette"), category=Category.GENERAL, keys="Ctrl+K", icon="magnifying-glass",
        act="palette", contexts=tuple(Context), in_palette=False,
    ),
    Command(
        id="search", label=_("Search"), category=Category.GENERAL, keys="Ctrl+/", icon="magnifying-glass",
        act="search", contexts=tuple(Context),
    ),
    Command(
        id="shortcuts", label=_("All shortcuts"), category=Category.GENERAL, keys="?", icon="question-mark-circle",
        act="shortcuts",
    ),
    Command(
        id="undo", label=_("Undo"), category=Category.GENERAL, keys="Ctrl+Z", icon="arrow-uturn-left", act="undo",
    ),
    Command(
        id="redo", label=_("Redo"), category=Category.GENERAL, keys="Ctrl+Shift+Z", icon="arrow-uturn-right",
        act="redo", when=_("Shows when something was undone."),
    ),
    Command(id="sidebar", label=_("Sidebar"), category=Category.GENERAL, keys="Ctrl+B", icon="bars-3", act="sidebar"),
    Command(
        id="dark", label=_("Dark or light"), category=Category.GENERAL, keys="Ctrl+D", icon="moon", act="dark",
    ),
    Command(
        id="go-appearance", label=_("Appearance"), category=Category.GO, keys="g o", icon="swatch",
        page="accounts:appearance",
    ),
    Command(
        id="find", label=_("Search on this page"), category=Category.GENERAL, keys="/", icon="magnifying-glass",
        press="#main input[type=search]", in_palette=False,
    ),
    Command(
        id="quick-actions", label=_("Quick actions"), category=Category.GENERAL, keys="q", icon="bolt",
        act="quick-actions",
    ),
    Command(
        id="close", label=_("Close, clear or leave the field"), category=Category.GENERAL, keys="Escape", act="close",
        contexts=(GLOBAL, TABLE, EDITING), in_palette=False,
    ),
    Command(
        id="go-people", label=_("People"), category=Category.GO, keys="g m", icon="users", page="accounts:people"
    ),
    Command(
        id="go-teams", label=_("Teams"), category=Category.GO, keys="g y", icon="user-group", page="accounts:teams"
    ),
    Command(
        id="go-settings", label=_("Settings"), category=Category.GO, keys="g s", icon="cog-6-tooth",
        page="accounts:profile",
    ),
    Command(
        id="go-shortcuts", label=_("Change shortcuts"), category=Category.GO, keys="g ?", icon="command-line",
        page="accounts:shortcuts",
    ),
    Command(
        id="invite", label=_("Invite somebody"), category=Category.CREATE, keys="c i", icon="user-plus",
        page="accounts:invite", allowed=administrators,
    ),
    Command(
        id="save", label=_("Save"), category=Category.FORMS, keys="Ctrl+S", icon="check", act="save",
        contexts=(GLOBAL, MODAL, EDITING), in_palette=False,
    ),
    Command(
        id="save-another", label=_("Save and add another"), category=Category.FORMS, keys="Ctrl+Enter", icon="plus",
        act="save-another", contexts=(MODAL, EDITING), in_palette=False,
    ),
)  # fmt: skip
