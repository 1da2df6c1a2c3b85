"""What a rule can do: one file an action, found here by name."""

from __future__ import annotations

from collections.abc import Mapping

from workflows.actions import messages, tasks, time, webhooks
from workflows.actions.base import Action

_ALL = (
    time.LOG_TIME,
    messages.SEND_NOTIFICATION,
    tasks.UPDATE_STATUS,
    tasks.ASSIGN_TASK,
    tasks.CREATE_TASK,
    tasks.ADD_TAG,
    time.START_TIMER,
    time.STOP_TIMER,
    messages.SEND_EMAIL,
    webhooks.SEND_WEBHOOK,
)
ACTIONS: Mapping[str, Action] = {action.name: action for action in _ALL}
