"""Everything that can be done by a key, from the palette or from the quick actions: one list, filled by each app's own
`commands.py`. What a command leads to has to exist, or it is not registered: there are no dead keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from timetracker.web.keys import Clash, normal_keys, overlaps

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Category(models.TextChoices):
    """Groups of the shortcuts panel and of the palette, in their order."""

    GENERAL = "general", _("General")
    GO = "go", _("Go to")
    CREATE = "create", _("Create")
    TIMER = "timer", _("Timer and time")
    LISTS = "lists", _("In lists")
    FORMS = "forms", _("In forms")


class Context(models.TextChoices):
    """Where keys apply. The innermost wins: a field, else a dialog, else the page's list, else everywhere."""

    GLOBAL = "global", _("Everywhere")
    TABLE = "table", _("On pages with a list")
    MODAL = "modal", _("In dialogs")
    EDITING = "editing", _("While typing")


def everybody(_user: Any) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One of `page`, `dialog`, `post`, `press` and `act` says what it does.

    page: name of the view to go to. dialog: of the view whose form the page's dialog shows. post: of the view to post
    to. press: selector of what is clicked; the command is there where that is. act: name of a behaviour (acts.js).
    """

    id: str
    label: StrOrPromise
    category: Category
    keys: str = ""
    icon: str = "bolt"
    page: str = ""
    dialog: str = ""
    post: str = ""
    press: str = ""
    act: str = ""
    args: tuple[Any, ...] = ()
    contexts: tuple[Context, ...] = (Context.GLOBAL,)
    in_palette: bool = True
    quick: str = ""
    """Colour of its button among the quick actions (a name of palette.py); empty: it is none of them by default."""
    quick_label: StrOrPromise = ""
    """What it is called there, where that differs."""
    when: StrOrPromise = ""
    """When it shows, where that is not always: for whoever arranges what does not show now."""
    allowed: Callable[[Any], bool] = everybody

    @property
    def url(self) -> str:
        """Raises NoReverseMatch where the view does not exist."""
        view = self.page or self.dialog or self.post
        return reverse(view, args=self.args) if view else ""


_commands: dict[str, Command] = {}


def register(*commands: Command) -> None:
    """Raises Clash where the keys are another's in one of the same contexts, ValueError where the id is taken."""
    for command in commands:
        if command.id in _commands:
            raise ValueError(f"The command {command.id} is registered already.")
        if sum(map(bool, (command.page, command.dialog, command.post, command.press, command.act))) != 1:
            raise ValueError(f"The command {command.id} has to do one thing.")
        if other := clash(command, command.keys):
            raise Clash(command.id, other.id, command.keys)
        _commands[command.id] = command


_namers: list[Callable[[Any], Mapping[str, str]]] = []


def register_names(namer: Callable[[Any], Mapping[str, str]]) -> None:
    """Of commands that mean something else from one hour to the next: `namer` says by id what each would do for a
    person now, "" where that is nothing."""
    _namers.append(namer)


def names_of(user: Any) -> dict[str, str]:
    """Asked where commands are looked at; a page does not wait for it."""
    return {command_id: name for namer in _namers for command_id, name in namer(user).items()}


def all_commands() -> list[Command]:
    """In the order of their categories."""
    order = list(Category)
    return sorted(_commands.values(), key=lambda command: order.index(command.category))


def commands_for(user: Any) -> list[Command]:
    return [command for command in all_commands() if command.allowed(user)]


def get_command(command_id: str) -> Command | None:
    return _commands.get(command_id)


def command_of_page(view_name: str) -> Command | None:
    """What goes to the page: the navigation teaches its keys."""
    return next((command for command in _commands.values() if command.page == view_name), None)


def clash(command: Command, keys: str) -> Command | None:
    """The other command that `keys` already belong to where both apply. Raises BadKeys."""
    return next(_others_with(command, keys, {}, set(command.contexts)), None)


def clashes(command: Command, keys: str, own: Mapping[str, str]) -> list[Command]:
    """All of them, with a person's keys by command. What a list hides from the rest of its page is among them: a key
    that works on some pages only would be a riddle to the person who chose it. Raises BadKeys."""
    contexts = set(command.contexts)
    return list(_others_with(command, keys, own, contexts | _BESIDE if contexts & _BESIDE else contexts))


_BESIDE = {Context.GLOBAL, Context.TABLE}


def _others_with(command: Command, keys: str, own: Mapping[str, str], contexts: set[Context]) -> Iterator[Command]:
    wanted = normal_keys(keys) if keys else ""
    for other in all_commands() if wanted else ():
        theirs = own.get(other.id, other.keys)
        meet = other.id != command.id and theirs and contexts & set(other.contexts)
        if meet and overlaps(wanted, normal_keys(theirs)):
            yield other
