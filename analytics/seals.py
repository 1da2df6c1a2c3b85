"""The signature of a model's bytes and of what is kept beside them. Asked without a numbers library."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

from django.utils.crypto import salted_hmac

_SALT = "analytics.artefacts"


def sign(data: bytes, facts: dict[str, Any]) -> str:
    """`facts` is what belongs to the bytes, as JSON."""
    written = json.dumps(facts, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(data).hexdigest() + hashlib.sha256(written.encode()).hexdigest()
    return salted_hmac(_SALT, digest, algorithm="sha256").hexdigest()


def is_genuine(data: bytes, signature: str, facts: dict[str, Any]) -> bool:
    """Whether this instance has signed them, and nobody changed them since."""
    return hmac.compare_digest(sign(data, facts).encode(), signature.encode())
