"""What webhooks are signed with: one secret for each rule, made when it first sends one, handed out once."""

from __future__ import annotations

import base64
import secrets

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from timetracker.events.recording import record
from timetracker.web.errors import Conflict
from tracking.services.saving import locked
from workflows.actions.webhooks import PREFIX
from workflows.events import WebhookSecretMade
from workflows.models import Rule, Secret


def secret_if_first(rule: Rule) -> None:
    """For the services that save a rule, which is theirs until they commit: leaves it in `rule.new_secret`."""
    if rule.sends_webhook and not Secret.objects.filter(rule=rule).exists():
        rule.new_secret = _made(rule)


@transaction.atomic
def new_webhook_secret(*, rule: Rule, actor: User) -> str:
    """The one before is void at once. Raises Conflict where the rule sends no webhook."""
    rule = locked(Rule.objects.all(), rule.pk)
    if not rule.sends_webhook:
        raise Conflict(_("This rule sends no webhook."), code="no_webhook")
    Secret.objects.filter(rule=rule).delete()
    key = _made(rule)
    record(WebhookSecretMade.of(rule), actor=actor, subject=rule, person_id=rule.user_id)
    return key


def _made(rule: Rule) -> str:
    key = PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
    Secret.objects.create(rule=rule, key=key)
    return key
