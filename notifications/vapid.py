"""The key by which push services know this instance (VAPID, RFC 8292): from the environment, or made once and kept."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from py_vapid import Vapid02
from py_vapid.utils import b64urlencode

FILE = "vapid_key.pem"
SIGNED_FOR = 12 * 60 * 60
"""Seconds. Push services take no longer than a day."""


def public_key() -> str:
    """As browsers want it for a subscription: the uncompressed point, base64url."""
    point = _key().public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return str(b64urlencode(point))


def authorization(endpoint: str) -> str:
    """The header for one push service."""
    place = urlsplit(endpoint)
    claims = {
        "aud": f"{place.scheme}://{place.netloc}",
        "exp": int(time.time()) + SIGNED_FOR,
        "sub": settings.VAPID_SUBJECT,
    }
    return str(_key().sign(claims)["Authorization"])


def _key() -> Vapid02:
    return _loaded(settings.VAPID_PRIVATE_KEY, settings.DATA_DIR / FILE)


@lru_cache(maxsize=1)
def _loaded(given: str, path: Path) -> Vapid02:
    try:
        key = Vapid02.from_string(given.strip()) if given else Vapid02.from_pem(kept_key(path))
    except ValueError as error:
        # `from None`: what could not be read may be the key.
        where = "VAPID_PRIVATE_KEY" if given else str(path)
        raise ImproperlyConfigured(f"{where} holds no private key of P-256: {type(error).__name__}") from None
    # The library wants a host with a dot in it, which instances in a house of their own do not have.
    key.conf = {"no-strict": True}
    return key


def kept_key(path: Path) -> bytes:
    """In PEM. Made where there is none; of several processes that begin at once, one's key becomes everybody's."""
    if not path.exists():
        _make(path)
    return path.read_bytes()


def _make(path: Path) -> None:
    """Whole, on the disk and its owner's alone before it has its name. Whoever comes second changes nothing."""
    made = Vapid02()
    made.generate_keys()
    handle, temporary = tempfile.mkstemp(dir=path.parent)  # with the mode 0600
    try:
        with open(handle, "wb") as file:
            file.write(made.private_pem())
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(temporary, path)
    finally:
        Path(temporary).unlink()
