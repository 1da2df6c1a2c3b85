from __future__ import annotations

from decimal import Decimal
from typing import TypedDict, Unpack

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from timetracker.events.recording import record
from timetracker.web.errors import Conflict
from tracking.events import ClientChanged, ClientCreated, ClientDeleted
from tracking.models import Client
from tracking.services.saving import apply_changes, locked


class ClientFields(TypedDict, total=False):
    name: str
    email: str
    currency: str
    hourly_rate: Decimal | None
    note: str


@transaction.atomic
def create_client(*, actor: User | None, **fields: Unpack[ClientFields]) -> Client:
    """Without a currency the organisation's is taken. Raises ValidationError by field."""
    if not fields.get("currency"):
        fields["currency"] = default_currency()
    client = Client(**fields)
    client.full_clean()
    client.save(force_insert=True)
    record(ClientCreated.of(client), actor=actor, subject=client)
    return client


@transaction.atomic
def update_client(
    *, client: Client, actor: User, version: int | None = None, **changes: Unpack[ClientFields]
) -> Client:
    client = locked(Client.objects.all(), client.pk, version)
    if apply_changes(client, changes):
        record(ClientChanged.of(client), actor=actor, subject=client)
    return client


@transaction.atomic
def archive_client(*, client: Client, actor: User, archived: bool = True) -> Client:
    client = locked(Client.objects.all(), client.pk)
    if client.archived != archived:
        apply_changes(client, {"archived_at": timezone.now() if archived else None})
        record(ClientChanged.of(client), actor=actor, subject=client)
    return client


@transaction.atomic
def delete_client(*, client: Client, actor: User) -> None:
    """Only one without projects; else it is archived."""
    client = locked(Client.objects.all(), client.pk)
    if client.projects.exists():
        raise Conflict(_("This client has projects. Archive it instead."), code="in_use")
    record(ClientDeleted.of(client), actor=actor, subject=client)
    client.delete()


def default_currency() -> str:
    return Organisation.objects.values_list("currency", flat=True).first() or "EUR"
