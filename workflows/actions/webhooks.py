"""A signed POST to an address of the owner's choice, as Standard Webhooks has it: https://www.standardwebhooks.com."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from timetracker.web.errors import Conflict
from timetracker.web.outbound import OutboundFailed, OutboundRefused, request
from workflows.actions.base import Action, Context, Param, ParamKind
from workflows.models import Secret

PREFIX = "whsec_"
"""Of a secret, as it is shown."""
LATER = frozenset({408, 425, 429})
"""Beside 5xx: the receiver asks to be left alone for a while."""
FOR_GOOD = frozenset({"too_large", "encoding"})
"""What the receiver answers when we try again, too."""


def send_webhook(context: Context, params: Mapping[str, Any]) -> dict[str, Any]:
    """At least once, with one id for every try. Raises ConnectionError for what passes by itself.

    Errors never say where it was sent: addresses of webhooks often carry a password of the receiver's.
    """
    body = body_of(context, params.get("message") or "")
    headers = signed(_key(context), f"{context.uid}", int(time.time()), body)
    began = time.perf_counter()
    status = _sent(params["url"], body, headers)
    if status in LATER or status >= 500:
        raise ConnectionError(_("The receiver answered with %(status)d.") % {"status": status})
    if not 200 <= status < 300:
        raise Conflict(_("The receiver answered with %(status)d.") % {"status": status})
    return {"status": status, "milliseconds": round((time.perf_counter() - began) * 1000)}


def body_of(context: Context, message: str) -> bytes:
    event, rule = context.event, context.rule
    data = {**event.payload, "rule": {"id": rule.pk, "name": rule.name}, "message": message}
    return json.dumps({"type": event.type, "timestamp": event.occurred_at.isoformat(), "data": data}).encode()


def signed(key: str, uid: str, at: int, body: bytes) -> dict[str, str]:
    """The headers. `at` is in Unix seconds."""
    secret = base64.b64decode(key.removeprefix(PREFIX))
    signature = hmac.digest(secret, f"{uid}.{at}.".encode() + body, hashlib.sha256)
    return {
        "Content-Type": "application/json",
        "webhook-id": uid,
        "webhook-timestamp": f"{at}",
        "webhook-signature": f"v1,{base64.b64encode(signature).decode()}",
    }


def _key(context: Context) -> str:
    key = Secret.objects.filter(rule=context.rule).values_list("key", flat=True).first()
    if key is None:
        raise Conflict(_("This rule has no secret to sign with. Make a new one."), code="no_secret")
    return key


def _sent(url: str, body: bytes, headers: dict[str, str]) -> int:
    """The status of the answer. Follows no redirect: on the way it would lose its body or its signature."""
    try:
        return request("POST", url, content=body, headers=headers, redirects=0).status
    except OutboundRefused as refused:
        text = _("Nothing is sent to such an address.")
        if refused.reason == "private_address":
            text = _("Nothing is sent to a private address, unless an administrator allows it.")
        raise ValidationError(text) from None
    except OutboundFailed as failed:
        if failed.reason in FOR_GOOD:
            raise Conflict(_("The receiver answered with more than is read of it.")) from None
        # `from None`: what it comes from may name the address, and is kept with the delivery.
        raise ConnectionError(_("The receiver did not answer: %(why)s.") % {"why": failed.reason}) from None


SEND_WEBHOOK = Action(
    "send_webhook",
    gettext_lazy("Send a webhook"),
    send_webhook,
    (
        Param("url", gettext_lazy("To the address"), ParamKind.URL, required=True),
        Param("message", gettext_lazy("Message"), longest=5000),
    ),
    outer=True,
)
