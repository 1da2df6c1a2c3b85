from __future__ import annotations

from typing import Any, TypedDict, Unpack

from django.db import transaction

from accounts.events import OrganisationChanged
from accounts.models import Organisation, User
from timetracker.events.recording import record


class OrganisationFields(TypedDict, total=False):
    name: str
    time_zone: str
    currency: str
    week_start: int
    holidays: str
    telemetry: bool
    refuse_second_timer: bool
    dashboard: list[dict[str, Any]] | None


@transaction.atomic
def update_organisation(*, actor: User, **fields: Unpack[OrganisationFields]) -> Organisation:
    """Saves what differs. Raises ValidationError by field."""
    Organisation.objects.get_or_create(pk=Organisation.PK)
    organisation = Organisation.objects.select_for_update().get(pk=Organisation.PK)
    changed = [name for name, value in fields.items() if getattr(organisation, name) != value]
    if not changed:
        return organisation
    for name in changed:
        setattr(organisation, name, fields[name])  # type: ignore[literal-required]  # OrganisationFields' own names
    organisation.full_clean()
    organisation.save(update_fields=changed)
    record(OrganisationChanged(name=organisation.name, changed=changed), actor=actor, subject=organisation)
    return organisation
