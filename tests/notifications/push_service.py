"""A push service that keeps to the protocol: RFC 8030, 8291, 8292. It reads what was sent as the device would, by code
of its own, so that what we send is right and not merely what our library also undoes."""

from __future__ import annotations

import base64
import hmac
import json
import re
import secrets
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.web.server import running

HOST = "push.test"
NEVER = 0
"""For a status: no answer at all."""


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


# ── The browser's side ───────────────────────────────────────────────────────
@dataclass
class Subscription:
    endpoint: str
    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    """What the service says to the next ones; to those after them 201."""
    received: list[Received] = field(default_factory=list)

    @property
    def public(self) -> bytes:
        return point(self.private.public_key())

    @property
    def fields(self) -> dict[str, str]:
        return {"endpoint": self.endpoint, "p256dh": encoded(self.public), "auth": encoded(self.auth)}

    @property
    def texts(self) -> list[str]:
        return [item.message["title"] for item in self.received]

    def decrypt(self, body: bytes) -> bytes:
        """RFC 8291, section 3.4, and RFC 8188, section 2."""
        salt, size, length = body[:16], int.from_bytes(body[16:20]), body[20]
        sender, records = body[21 : 21 + length], body[21 + length :]
        shared = self.private.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
        keyed = hmac.digest(self.auth, shared, "sha256")
        material = hmac.digest(keyed, b"WebPush: info\0" + self.public + sender + b"\x01", "sha256")
        pseudorandom = hmac.digest(salt, material, "sha256")
        key = hmac.digest(pseudorandom, b"Content-Encoding: aes128gcm\0\x01", "sha256")[:16]
        nonce = hmac.digest(pseudorandom, b"Content-Encoding: nonce\0\x01", "sha256")[:12]
        text = b""
        for number, start in enumerate(range(0, len(records), size)):
            here = (int.from_bytes(nonce) ^ number).to_bytes(12)
            plain = AESGCM(key).decrypt(here, records[start : start + size], None).rstrip(b"\0")
            is_last = start + size >= len(records)
            assert plain[-1:] == (b"\x02" if is_last else b"\x01"), "the delimiter of a record"
            text += plain[:-1]
        return text


@dataclass
class Received:
    headers: dict[str, str]
    text: bytes

    @property
    def message(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.text)
        return found


def point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


# ── The service's side ───────────────────────────────────────────────────────
@dataclass
class PushService:
    origin: str
    application_key: str
    """Of the instance that the subscriptions were made for."""
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)
    calls: int = 0
    stopping: threading.Event = field(default_factory=threading.Event)

    def subscribe(self, *answers: tuple[int, dict[str, str]] | int) -> Subscription:
        path = f"/push/{secrets.token_urlsafe(16)}"
        made = Subscription(self.origin + path)
        made.answers = [(answer, {}) if isinstance(answer, int) else answer for answer in answers]
        self.subscriptions[path] = made
        return made

    def take(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str]]:
        self.calls += 1
        subscription = self.subscriptions.get(path)
        if subscription is None:
            return 404, {}
        try:
            self._check(headers, body)
            text = subscription.decrypt(body)
        except (AssertionError, KeyError, ValueError, InvalidSignature, InvalidTag) as error:
            self.complaints.append(repr(error))
            return 400, {}
        status, more = subscription.answers.pop(0) if subscription.answers else (201, {})
        if status == 201:
            subscription.received.append(Received(headers, text))
        return status, more

    def _check(self, headers: dict[str, str], body: bytes) -> None:
        assert headers["ttl"].isdigit(), "TTL"
        assert headers["urgency"] in {"very-low", "low", "normal", "high"}, "Urgency"
        assert re.fullmatch(r"[A-Za-z0-9_-]{1,32}", headers["topic"]), "Topic"
        assert headers["content-encoding"] == "aes128gcm", "Content-Encoding"
        assert len(body) <= 4096, "size"
        assert not {"cookie", "referer"} & headers.keys(), "what says more than it should"
        scheme, _space, rest = headers["authorization"].partition(" ")
        assert scheme == "vapid", "scheme"
        said = dict(part.strip().split("=", 1) for part in rest.split(","))
        assert said["k"] == self.application_key, "the key of the subscription"
        claims = verified(said["t"], decoded(said["k"]))
        assert claims["aud"] == self.origin, "aud"
        assert time.time() < claims["exp"] <= time.time() + 24 * 60 * 60, "exp"
        assert re.match(r"mailto:.+@.+|https://.+", claims["sub"]), "sub"


def verified(token: str, key: bytes) -> dict[str, Any]:
    """The claims of a JWT that was signed with ES256. Raises InvalidSignature."""
    head, claims, signature = token.split(".")
    assert json.loads(decoded(head))["alg"] == "ES256"
    raw = decoded(signature)
    assert len(raw) == 64
    both = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key)
    public.verify(both, f"{head}.{claims}".encode(), ec.ECDSA(SHA256()))
    found: dict[str, Any] = json.loads(decoded(claims))
    return found


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        service: PushService = self.server.service  # type: ignore[attr-defined]  # set by `serving`
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        status, more = service.take(self.path, headers, body)
        if status == NEVER:
            service.stopping.wait()
            return
        self.send_response(status)
        for name, value in {"Content-Length": "0", **more}.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def serving(certificate: Path, application_key: str) -> Iterator[PushService]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with running(Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        service = PushService(f"https://{HOST}:{server.server_port}", application_key)
        server.service = service  # type: ignore[attr-defined]
        try:
            yield service
        finally:
            service.stopping.set()
