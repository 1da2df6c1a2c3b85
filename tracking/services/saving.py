"""What the services for clients, projects and tasks share: lock, compare the version, save what differs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import models
from django.utils.translation import gettext as _

from timetracker.web.errors import Conflict

M = TypeVar("M", bound=models.Model)


def locked(queryset: models.QuerySet[M], pk: int, version: int | None = None) -> M:
    """The row, locked until the transaction ends. Raises Conflict where it is gone or not of `version` any more."""
    row = queryset.select_for_update(of=("self",)).filter(pk=pk).first()
    if row is None:
        raise Conflict(_("This was deleted in the meantime."), code="deleted")
    if version is not None and row.version != version:  # type: ignore[attr-defined]
        raise Conflict(_("This was changed elsewhere in the meantime. Look at it again before saving."), code="stale")
    return row


def apply_changes(row: models.Model, changes: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Validates and saves the fields of `changes` that differ, one version up. Gives field to (old, new).

    The whole row is validated, so that constraints over several fields hold.
    """
    different = {name: (getattr(row, name), value) for name, value in changes.items() if getattr(row, name) != value}
    if not different:
        return {}
    for name, (_old, new) in different.items():
        setattr(row, name, new)
    row.full_clean()
    row.version += 1  # type: ignore[attr-defined]
    row.save(update_fields=[*different, "version"])
    return different
