from __future__ import annotations

from typing import Any, TypedDict, Unpack

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

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


def require_telemetry_key() -> None:
    """Nobody can agree to what cannot be done: a key that came later would begin to send of itself."""
    if not settings.POSTHOG_API_KEY:
        raise ValidationError({"telemetry": _("Usage figures cannot be sent: POSTHOG_API_KEY is not set.")})


@transaction.atomic
def update_organisation(*, actor: User, **fields: Unpack[OrganisationFields]) -> Organisation:
    """Saves what differs. Raises ValidationError by field."""
    Organisation.objects.get_or_create(pk=Organisation.PK)
    organisation = Organisation.objects.select_for_update().get(pk=Organisation.PK)
    changed = [name for name, value in fields.items() if getattr(organisation, name) != value]
    if not changed:
        return organisation
    if "telemetry" in changed and fields["telemetry"]:
        require_telemetry_key()
    for name in changed:
        setattr(organisation, name, fields[name])  # type: ignore[literal-required]  # OrganisationFields' own names
    organisation.full_clean()
    organisation.save(update_fields=changed)
    record(OrganisationChanged(name=organisation.name, changed=changed), actor=actor, subject=organisation)
    return organisation
