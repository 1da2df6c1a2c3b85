"""The timer and what to do next."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from timetracker.web.quick_actions import actions_of
from timetracker.web.widgets import Asked, Place, Size, Widget, register
from tracking.widgets.reads import TEMPLATE, running_of

ACTIONS = {Size.SMALL: 4, Size.MEDIUM: 8, Size.LARGE: 12}


def active_timer(asked: Asked, place: Place) -> dict[str, Any]:
    return {"running": running_of(asked)}


def quick_actions(asked: Asked, place: Place) -> dict[str, Any]:
    return {"actions": actions_of(asked.user)[: ACTIONS[place.size]]}


register(
    Widget(
        name="active-timer", label=_("Timer"), about=_("What runs, for how long, with start and stop."), icon="clock",
        template=TEMPLATE % "active_timer", read=active_timer, topics=("timer",),
        size=Size.SMALL, sizes=(Size.SMALL,),
    ),
    Widget(
        name="quick-actions", label=_("Quick actions"), about=_("Your quick actions, one click each."), icon="bolt",
        template=TEMPLATE % "quick_actions", read=quick_actions, size=Size.SMALL,
    ),
)  # fmt: skip
