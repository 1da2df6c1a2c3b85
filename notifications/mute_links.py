"""Links in mails that switch one kind of mail off without signing in. Pure: nothing here reads a table.

What is in a link is signed: whom it is for, which category, which channel. Nothing is kept for it, so a link cannot be
taken back; it ends after KEPT, with the secret key, with its person's account.
"""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.core import signing
from django.urls import reverse

from notifications.categories import Category
from notifications.choices import Channel

KEPT = dt.timedelta(days=90)


def mute_address(person_id: int, category: Category, channel: Channel) -> str:
    return settings.PUBLIC_URL + reverse("notifications:mute-link", args=[mute_token(person_id, category, channel)])


def mute_token(person_id: int, category: Category, channel: Channel) -> str:
    return _signer().sign_object([person_id, category.name, channel.value])


def read_token(token: str) -> tuple[int, str, str] | None:
    """Person, category and channel; None for what we never signed in this way, and for what is too old."""
    try:
        person_id, category, channel = _signer().unsign_object(token, max_age=KEPT)
    except signing.BadSignature:
        return None
    return person_id, category, channel


def _signer() -> signing.TimestampSigner:
    """The sign between its parts is one of those that the log takes for part of a secret."""
    return signing.TimestampSigner(salt="notifications.mute", sep="~")
