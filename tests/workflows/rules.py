"""Short ways to make rules and to see what became of them."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from timetracker.events.dispatch import drain
from workflows.models import Execution, Rule
from workflows.services.rules import create_rule

TELL = {"type": "send_notification", "title": "{{ task.name }} is done"}


def make_rule(owner: User, trigger: str = "task_completed", *actions: dict[str, Any], **fields: Any) -> Rule:
    conditions = fields.pop("conditions", [])
    return create_rule(
        actor=owner,
        name=fields.pop("name", "A rule"),
        trigger_type=trigger,
        trigger_conditions=conditions,
        actions=list(actions) or [TELL],
        **fields,
    )


def runs() -> list[str]:
    """What has become of every execution, the first one first, once nothing is due any more."""
    drain()
    return list(Execution.objects.order_by("pk").values_list("status", flat=True))
