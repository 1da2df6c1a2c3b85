"""One-time links: the secret is in the link, its hash in the database."""

from __future__ import annotations

import hashlib
import secrets

from django.utils.crypto import salted_hmac


def new_secret() -> str:
    return secrets.token_urlsafe(32)


def hash_of(secret: str) -> str:
    """A secret of 256 random bits needs no salt and no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def derived_secret(seed: str) -> str:
    """The same link can be written again, for a mail, by whoever has SECRET_KEY; the database alone is not enough."""
    return salted_hmac("accounts.invitation", seed, algorithm="sha256").hexdigest()
