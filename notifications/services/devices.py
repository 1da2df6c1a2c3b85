"""The browsers that a person is told in with no page open."""

from __future__ import annotations

import base64
import binascii
import re

from cryptography.hazmat.primitives.asymmetric import ec
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.models import User
from notifications.models import PushDevice
from notifications.models.device import LONGEST_ENDPOINT
from timetracker.live.push import push_after_commit
from timetracker.web.errors import Conflict
from timetracker.web.outbound import OutboundError, OutboundRefused, check_address

MOST_DEVICES = 20
LONGEST_NAME = 80
_ENDPOINT = re.compile(r"https://[a-z0-9.-]+(:[0-9]{1,5})?/[\x21-\x7e]*", re.IGNORECASE)
"""A name or an IPv4 address, and no spaces, brackets or credentials."""


def add_device(*, person: User, endpoint: str, p256dh: str, auth: str, name: str, session_key: str = "") -> PushDevice:
    """Raises ValidationError by field. Looks the address up first, for up to three seconds, outside a transaction.

    With a `session_key` it lasts as long as that sign-in, and takes the place of what was added in it before. Of more
    than MOST_DEVICES the one that was reached longest ago gives way.
    """
    _check_keys(p256dh, auth)
    _check_endpoint(endpoint)
    return _add(
        person=person, endpoint=endpoint, p256dh=p256dh, auth=auth, name=name, session=session_name(session_key)
    )


def renew_device(*, person: User, session_key: str, endpoint: str, p256dh: str, auth: str, name: str) -> PushDevice:
    """The browser has another subscription now. Raises Conflict where this sign-in has none that it could replace."""
    if not PushDevice.objects.filter(user=person, session=session_name(session_key)).exclude(session="").exists():
        raise Conflict(_("Notifications are not turned on here."), code="no_device")
    return add_device(person=person, endpoint=endpoint, p256dh=p256dh, auth=auth, name=name, session_key=session_key)


@transaction.atomic
def remove_device(*, person: User, device: PushDevice) -> None:
    PushDevice.objects.filter(pk=device.pk, user=person).delete()
    push_after_commit([person.pk], "devices")


@transaction.atomic
def end_session(*, session_key: str) -> None:
    """Whoever signs out, or is signed out, is told nothing more in that browser."""
    PushDevice.objects.filter(session=session_name(session_key)).delete()


def session_name(session_key: str) -> str:
    """Not the key itself: whoever can read this table must not be able to sign in with it."""
    if not session_key:
        return ""
    return salted_hmac("notifications.device", session_key, algorithm="sha256").hexdigest()


@transaction.atomic
def _add(*, person: User, endpoint: str, p256dh: str, auth: str, name: str, session: str) -> PushDevice:
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    # Somebody else's until now: this browser is theirs no more.
    PushDevice.objects.filter(endpoint=endpoint).exclude(user=person).delete()
    if session:
        PushDevice.objects.filter(session=session).exclude(endpoint=endpoint).delete()
    values = {"p256dh": p256dh, "auth": auth, "name": name[:LONGEST_NAME], "session": session}
    device, is_new = PushDevice.objects.update_or_create(user=person, endpoint=endpoint, defaults=values)
    if is_new:
        _make_room(person, device)
    push_after_commit([person.pk], "devices")
    return device


def _make_room(person: User, new: PushDevice) -> None:
    others = PushDevice.objects.filter(user=person).exclude(pk=new.pk)
    if too_many := [device.pk for device in others[MOST_DEVICES - 1 :]]:
        PushDevice.objects.filter(pk__in=too_many).delete()


# ── What browsers say ────────────────────────────────────────────────────────
def _check_endpoint(endpoint: str) -> None:
    if len(endpoint) > LONGEST_ENDPOINT or not _ENDPOINT.fullmatch(endpoint):
        raise ValidationError(
            {"endpoint": _("The address of a subscription is https://, a name, and no user name or password.")}
        )
    try:
        check_address(endpoint)
    except OutboundRefused:
        raise ValidationError({"endpoint": _("Nothing is sent to such an address.")}) from None
    except OutboundError:
        raise ValidationError({"endpoint": _("The push service of this browser cannot be reached.")}) from None


def _check_keys(p256dh: str, auth: str) -> None:
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _decoded(p256dh, 65))
        _decoded(auth, 16)
    except ValueError:
        raise ValidationError({"keys": _("These are not the keys of a subscription.")}) from None


def _decoded(text: str, length: int) -> bytes:
    """base64url, with or without padding. Raises ValueError."""
    bare = text.rstrip("=")
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,100}", bare):
        raise ValueError("not base64url")
    try:
        found = base64.urlsafe_b64decode(bare + "=" * (-len(bare) % 4))
    except binascii.Error as error:
        raise ValueError("not base64url") from error
    if len(found) != length:
        raise ValueError("not as long as it should be")
    return found
