"""What the button in the corner offers: commands of a person's own choice, or the standard ones."""

from __future__ import annotations

from typing import Any

from timetracker.web.commands import Category, Command, Context, commands_for

MOST = 12
_FIRST = [Category.TIMER, Category.CREATE, Category.GO, Category.GENERAL]
_ITSELF = "quick-actions"


def offered_to(user: Any) -> list[Command]:
    """Everything that could be one of them."""
    return [
        command
        for command in commands_for(user)
        if command.in_palette and Context.GLOBAL in command.contexts and command.id != _ITSELF
    ]


def actions_of(user: Any) -> list[Command]:
    """In the person's order. What they may no longer use is left out."""
    offered = {command.id: command for command in offered_to(user)}
    own = [offered[command_id] for command_id in user.quick_actions if command_id in offered]
    return own or _standard(list(offered.values()))


def _standard(offered: list[Command]) -> list[Command]:
    return sorted((command for command in offered if command.quick), key=lambda command: _FIRST.index(command.category))
