"""First run. One link, printed at start, makes one administrator; then the page is closed for good."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from accounts.choices import Role
from accounts.events import OrganisationSetUp, PersonJoined
from accounts.links import hash_of, new_secret
from accounts.models import Organisation, User
from accounts.services.joining import add_person
from accounts.services.organisation import require_telemetry_key
from accounts.services.payloads import person_fields
from accounts.signals import set_up_finished
from timetracker.events.recording import record
from timetracker.web.errors import Conflict


@transaction.atomic
def issue_setup_link() -> str | None:
    """A new link, which makes earlier ones useless; None where somebody can sign in already.

    Records nothing: nobody has done anything yet.
    """
    organisation = _locked_organisation()
    if User.objects.exists():
        return None
    secret = new_secret()
    organisation.setup_token_hash = hash_of(secret)
    organisation.save(update_fields=["setup_token_hash"])
    return settings.PUBLIC_URL + reverse("accounts:setup", args=[secret])


def is_setup_token(secret: str) -> bool:
    kept = Organisation.objects.filter(pk=Organisation.PK).values_list("setup_token_hash", flat=True).first()
    return kept is not None and constant_time_compare(kept, hash_of(secret)) and not User.objects.exists()


@transaction.atomic
def finish_set_up(
    *,
    secret: str,
    username: str,
    email: str,
    display_name: str,
    password: str,
    organisation_name: str,
    time_zone: str,
    currency: str,
    week_start: int,
    telemetry: bool = False,
    language: str = settings.LANGUAGE_CODE,
    load_demo: bool = False,
) -> User:
    """Makes the first administrator. Raises Conflict where the link is used up, ValidationError by field."""
    organisation = _locked_organisation()
    if not is_setup_token(secret):
        raise Conflict(_("This instance is set up already, or the link is not the latest one."), code="setup_closed")
    if telemetry:
        require_telemetry_key()
    person = add_person(
        username=username,
        email=email,
        password=password,
        display_name=display_name.strip(),
        role=Role.ADMINISTRATOR,
        time_zone=time_zone,
        week_start=week_start,
        language=language,
    )
    organisation.name = organisation_name.strip()
    organisation.time_zone, organisation.currency = time_zone, currency
    organisation.week_start, organisation.telemetry = week_start, telemetry
    organisation.set_up_at, organisation.setup_token_hash = timezone.now(), ""
    organisation.full_clean()
    organisation.save()
    record(OrganisationSetUp(name=organisation.name), actor=person, subject=organisation)
    record(PersonJoined(**person_fields(person), by="set_up"), actor=person, subject=person, person_id=person.pk)
    # Demo data may take a while, and its failure must not undo the set-up.
    # No functools.partial here: Django wants the name of what failed for its log, and a partial has none.
    transaction.on_commit(
        lambda: set_up_finished.send(
            Organisation, organisation=organisation, administrator=person, load_demo=load_demo
        ),
        robust=True,
    )
    return person


def _locked_organisation() -> Organisation:
    Organisation.objects.get_or_create(pk=Organisation.PK)
    return Organisation.objects.select_for_update().get(pk=Organisation.PK)
