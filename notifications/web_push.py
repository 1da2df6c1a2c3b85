"""What goes to a push service, and what it answers. Nothing here reads or writes a table.

RFC 8030 (the request), 8291 (encrypted for the one device), 8292 (who we are). The service sees when, how much, how
urgent and a name without meaning (`Topic`); it cannot read what is said.
"""

from __future__ import annotations

import base64
import datetime as dt
import email.utils
import enum
import json
from dataclasses import dataclass
from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from notifications import vapid
from notifications.choices import Priority
from notifications.models import Notification, PushDevice
from timetracker.web.outbound import OutboundFailed, OutboundRefused, Response, request

MOST_BYTES = 2900
"""Services take 4096 of what is encrypted; some proxies before them less."""
MOST_ACTIONS = 2
"""Browsers show no more."""
LONGEST_BODY = 500
DAY = 24 * 60 * 60
HOUR = 60 * 60
LONGEST_WAIT = dt.timedelta(days=1)
URGENCY = {Priority.LOW: "low", Priority.NORMAL: "normal", Priority.HIGH: "high", Priority.URGENT: "high"}
_ANSWERED_FOR_GOOD = frozenset({"too_large", "encoding"})
"""It took what we sent, and says the same again: its answer is what cannot be read."""


class Result(enum.Enum):
    ARRIVED = "arrived"
    GONE = "gone"
    """There is no such subscription any more."""
    REFUSED = "refused"
    LATER = "later"
    """What passes by itself."""


@dataclass(frozen=True, slots=True)
class Answer:
    result: Result
    detail: str = ""
    """A status or one word. Never the address: whoever has it can send there."""
    not_before: dt.datetime | None = None

    @property
    def blames_device(self) -> bool:
        """413: what we sent was too long, which says nothing about the device."""
        return self.result in (Result.REFUSED, Result.LATER) and self.detail not in ("413", "429")


# ── What is sent ─────────────────────────────────────────────────────────────
def message_of(row: Notification, *, on_a_page: bool, vibrate: bool) -> bytes:
    """What the service worker shows. `on_a_page`: a page in view tells of it itself."""
    values: dict[str, Any] = {
        "id": row.pk,
        "title": row.title,
        "body": row.message,
        "url": reverse("notifications:open", args=[row.pk]),
        "tag": row.tag,
        "icon": static("img/push.png"),
        "actions": [
            {"label": link["label"], "url": link["url"], "method": link["method"]} for link in row.links[:MOST_ACTIONS]
        ],
        "at": int((row.delivered_at or timezone.now()).timestamp() * 1000),
        "stays": row.persistent or row.priority == Priority.URGENT,
        "vibrate": vibrate,
        "onPage": on_a_page,
    }
    return _fitted(values)


def _fitted(values: dict[str, Any]) -> bytes:
    body = str(values["body"])
    longest = LONGEST_BODY
    while True:
        cut = body if len(body) <= longest else f"{body[:longest].rstrip()}…"
        encoded = json.dumps({**values, "body": cut}, ensure_ascii=False, separators=(",", ":")).encode()
        if len(encoded) <= MOST_BYTES or not longest:
            return encoded
        longest = longest * 3 // 4


def headers_of(row: Notification) -> dict[str, str]:
    return {
        "TTL": str(HOUR if row.condition else DAY),  # what is asked again is about now
        "Urgency": URGENCY[Priority(row.priority)],
        "Topic": topic_of(row),
    }


def topic_of(row: Notification) -> str:
    """The same for what is about the same, so that of what waits there the newest is kept alone.

    Keyed: the push service must not be able to try out which task or project it stands for.
    """
    digest = salted_hmac("notifications.push", row.tag, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest)[:32].decode()


def send(device: PushDevice, message: bytes, headers: dict[str, str]) -> Answer:
    """Blocks for up to ten seconds: never inside a transaction."""
    # Brings aiohttp and requests, neither of which is used here: only who pushes pays the time and memory for them.
    from pywebpush import WebPusher  # noqa: PLC0415

    keys = {"p256dh": device.p256dh, "auth": device.auth}
    encrypted = WebPusher({"endpoint": device.endpoint, "keys": keys}).encode(message)["body"]
    own = {
        "Authorization": vapid.authorization(device.endpoint),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
    }
    try:
        answer = request("POST", device.endpoint, content=encrypted, headers={**headers, **own}, redirects=0)
    except OutboundRefused as refused:
        return Answer(Result.REFUSED, refused.reason)
    except OutboundFailed as failed:
        result = Result.REFUSED if failed.reason in _ANSWERED_FOR_GOOD else Result.LATER
        return Answer(result, failed.reason)
    return _read(answer)


# ── What it answers ──────────────────────────────────────────────────────────
def _read(answer: Response) -> Answer:
    status = str(answer.status)
    if 200 <= answer.status < 300:
        return Answer(Result.ARRIVED)
    if answer.status in {404, 410}:
        return Answer(Result.GONE, status)
    if answer.status in {408, 425, 429} or answer.status >= 500:
        return Answer(Result.LATER, status, retry_after(answer.headers.get("retry-after", ""), timezone.now()))
    return Answer(Result.REFUSED, status)


def retry_after(text: str, now: dt.datetime) -> dt.datetime | None:
    """Seconds or a date, a day at most; None for what is neither, or is over."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        return now + min(dt.timedelta(seconds=int(text[:9])), LONGEST_WAIT)
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return min(moment, now + LONGEST_WAIT) if moment > now else None
