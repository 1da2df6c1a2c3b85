from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from knox.crypto import hash_token

from accounts.choices import Scope
from accounts.events import TokenCreated, TokenRevoked
from accounts.models import ApiToken, User
from timetracker.events.recording import record

USE_IS_NOTED_EVERY = dt.timedelta(minutes=1)


@transaction.atomic
def create_token(
    *, actor: User, person: User, name: str, scope: Scope | str = Scope.WRITE, days: int | None = None
) -> tuple[ApiToken, str]:
    """The token's row and the token itself, which is nowhere else. Without `days` it does not expire.

    Raises ValidationError by field.
    """
    ApiToken(name=name.strip(), scope=scope).clean_fields(exclude=["digest", "token_key", "user"])
    expiry = None if days is None else timezone.now() + dt.timedelta(days=days)
    token, secret = ApiToken.objects.issue(user=person, name=name.strip(), scope=Scope(scope), expiry=expiry)
    expires_at = expiry.isoformat() if expiry else None
    record(
        TokenCreated(user_id=person.pk, name=token.name, scope=token.scope, expires_at=expires_at),
        actor=actor,
        subject=person,
        person_id=person.pk,
    )
    return token, secret


@transaction.atomic
def revoke_token(*, actor: User, token: ApiToken) -> None:
    """Twice is once."""
    deleted, _rows = ApiToken.objects.filter(pk=token.pk).delete()
    if deleted:
        record(
            TokenRevoked(user_id=token.user_id, name=token.name, scope=token.scope),
            actor=actor,
            subject=token.user,
            person_id=token.user_id,
        )


def find_token(secret: str) -> ApiToken | None:
    """The token that works now, with its person. One query: the hash is the key."""
    token = ApiToken.objects.select_related("user").filter(digest=hash_token(secret)).first()
    return None if token is None or token.has_expired else token


def note_use(token: ApiToken) -> None:
    """At most once a minute, so that reading does not write. No event: that would be one for every request."""
    now = timezone.now()
    due = now - USE_IS_NOTED_EVERY
    if token.last_used_at is None or token.last_used_at < due:
        stale = Q(last_used_at=None) | Q(last_used_at__lt=due)
        ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)
