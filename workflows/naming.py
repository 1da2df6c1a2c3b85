"""What the people, projects and tasks are called that rules name by number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from accounts.models import User
from tracking.models import Project, Task
from workflows.document import Document, trigger_of
from workflows.drafts import items_of
from workflows.triggers import ME

Names = Mapping[tuple[str, int], str]
"""By what it is and its number: `("task", 7)`."""
_PEOPLE = ("assignee_id", "user_id", "actor.id", "old_assignee_id", "to_id", ME)
PICKS = {**dict.fromkeys(_PEOPLE, "person"), "project_id": "project", "task_id": "task"}
"""The fields and values that are numbers of something."""


def names_in(documents: Iterable[Document], person: User) -> Names:
    """As far as `person` sees them: three queries at most."""
    ids: dict[str, set[int]] = {}
    for document in documents:
        for name, value in _numbers(document):
            ids.setdefault(PICKS[name], set()).add(value)
    seen = {
        "person": User.objects.visible_to(person),
        "project": Project.objects.visible_to(person),
        "task": Task.objects.visible_to(person),
    }
    return {(pick, row.pk): str(row) for pick, wanted in ids.items() for row in seen[pick].filter(pk__in=wanted)}


def _numbers(document: Document) -> Iterable[tuple[str, int]]:
    trigger = trigger_of(document)
    pairs: list[tuple[str, Any]] = []
    for node in document["actions"] if isinstance(document["actions"], list) else []:
        pairs += node.items() if isinstance(node, dict) else []
    for node in _leaves(document["conditions"]):
        found = trigger.fields.get(str(node.get("field"))) if trigger else None
        pairs += [(found.name, node.get("value"))] if found else []
    return [(name, value) for name, value in pairs if name in PICKS and type(value) is int and 0 < value < 2**63]


def _leaves(node: Any) -> list[Mapping[str, Any]]:
    if isinstance(node, list):
        return [leaf for one in node for leaf in _leaves(one)]
    if not isinstance(node, dict):
        return []
    return _leaves(items_of(node)[1]) if "all" in node or "any" in node else [node]
