from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from timetracker.web.commands import Category, Command, register, register_names
from tracking.queries import recent_projects

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def managers(user: User) -> bool:
    return user.may_create_projects


def _go(name: str, label: StrOrPromise, keys: str, icon: str, **quick: Any) -> Command:
    return Command(
        id=f"go-{name}", label=label, category=Category.GO, keys=keys, icon=icon, page=f"tracking:{name}", **quick
    )  # fmt: skip


RECENT = 5


def recent_names(user: User) -> dict[str, str]:
    names = [_("Start timer on %(project)s") % {"project": project.name} for project in recent_projects(user, RECENT)]
    return {f"timer-recent-{place}": name for place, name in zip_longest(range(1, RECENT + 1), names, fillvalue="")}


WHILE_RUNNING = _("Shows while a timer runs.")
register_names(recent_names)
register(
    _go("start", _("Dashboard"), "g d", "home"),
    _go("entries", _("Entries"), "g e", "clock"),
    _go("tasks", _("Tasks"), "g t", "check-circle"),
    _go("board", _("Board"), "g b", "view-columns"),
    _go("projects", _("Projects"), "g p", "folder"),
    _go("reports", _("Reports"), "g r", "chart-bar", quick="rose", quick_label=_("Quick report")),
    _go("clients", _("Clients"), "g k", "building-office"),
    _go("tags", _("Tags"), "g l", "tag"),
    _go("activity", _("Activity"), "g v", "bolt"),
    _go("review", _("To review"), "g f", "flag"),
    _go("trash", _("Deleted entries"), "g x", "trash"),
    _go("imports", _("Import"), "g i", "arrow-down-tray"),
    Command(
        id="dashboard-edit", label=_("Customize dashboard, or be done"), category=Category.GENERAL, keys="d e",
        icon="adjustments-horizontal", press="#dashboard-edit", when=_("Shows on the dashboard."),
    ),
    Command(
        id="dashboard-add", label=_("Add a widget"), category=Category.GENERAL, keys="d a", icon="squares-plus",
        dialog="tracking:dashboard-gallery",
    ),
    Command(
        id="new-project", label=_("New project"), category=Category.CREATE, keys="c p", icon="folder-plus",
        dialog="tracking:project-new", quick="violet", allowed=managers,
    ),
    Command(
        id="new-task", label=_("New task"), category=Category.CREATE, keys="c t", icon="check-circle",
        dialog="tracking:task-new", quick="amber",
    ),
    Command(
        id="new-client", label=_("New client"), category=Category.CREATE, keys="c c", icon="building-office",
        dialog="tracking:client-new", quick="teal", allowed=managers,
    ),
    Command(
        id="new-tag", label=_("New tag"), category=Category.CREATE, keys="c n", icon="tag",
        dialog="tracking:tag-new", allowed=managers,
    ),
    Command(
        id="new-entry", label=_("New entry"), category=Category.CREATE, keys="c e", icon="clock",
        dialog="tracking:entry-new",
    ),
    Command(
        id="timer-start", label=_("Start the timer"), category=Category.TIMER, keys="t s", icon="play",
        act="timer-start", quick="emerald",
    ),
    Command(
        id="timer-stop", label=_("Stop the timer"), category=Category.TIMER, keys="t x", icon="stop",
        press="#timer-stop", when=WHILE_RUNNING,
    ),
    Command(
        id="timer-pause", label=_("Pause or resume"), category=Category.TIMER, keys="t p", icon="pause",
        press="#timer-pause", when=WHILE_RUNNING,
    ),
    Command(
        id="timer-discard", label=_("Discard the timer"), category=Category.TIMER, keys="t d", icon="trash",
        press="#timer-discard", when=WHILE_RUNNING,
    ),
    Command(
        id="timer-edit", label=_("Edit what is running"), category=Category.TIMER, keys="t e", icon="pencil",
        press="#timer-edit", when=WHILE_RUNNING,
    ),
    Command(
        id="timer-again", label=_("Start the last work again"), category=Category.TIMER, keys="t r", icon="arrow-path",
        post="tracking:timer-again",
    ),
    *(
        Command(
            id=f"timer-recent-{number}", label=format_lazy(_("Start on recent project {number}"), number=number),
            category=Category.TIMER, keys=f"t {number}", icon="play", post="tracking:timer-recent", args=(number,),
            when=_("Shows when you have worked on so many projects of late."),
        )
        for number in range(1, RECENT + 1)
    ),
    Command(
        id="log-time", label=_("Log time"), category=Category.TIMER, keys="t l", icon="plus",
        dialog="tracking:quick-entry", quick="sky",
    ),
)  # fmt: skip
