"""A write with an `Idempotency-Key` happens once: repeated, it returns the first answer.

The key is claimed in a transaction of its own, so that a twin that arrives meanwhile is told 409 at once. The write and
the stored answer then commit together: a process that dies in between leaves neither, and the claim may be taken over
after LEASE. Only requests with the header pay for this.
"""

import hashlib
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from timetracker.web.errors import Conflict
from timetracker.web.models import IdempotencyKey
from timetracker.web.problems import Unprocessable

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
LEASE = timedelta(seconds=60)
KEEP = timedelta(hours=24)
_KEPT_HEADERS = ("Content-Type", "Location", "Retry-After")
_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class _Replay(Exception):
    def __init__(self, stored: IdempotencyKey) -> None:
        super().__init__()
        self.stored = stored


class IdempotentWrites(APIView):
    """For API views whose writes may be repeated; named before the view or view set it is mixed into."""

    _claim: IdempotencyKey | None = None

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        with ExitStack() as self._once:
            return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        key = request.headers.get(HEADER)
        if key is None or request.method in _SAFE or not request.user.is_authenticated:
            return
        self._claim = claim(request, request.user, key)
        # Unwound last to first: the transaction ends, then a claim without an answer goes.
        self._once.callback(_release, self._claim)
        self._once.enter_context(transaction.atomic())

    def handle_exception(self, exc: Exception) -> Any:
        return _replayed(exc.stored) if isinstance(exc, _Replay) else super().handle_exception(exc)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        if self._claim:
            if isinstance(response, Response):
                response.render()
            _finish(self._claim, response)
        return response


def claim(request: Request, user: Any, key: str) -> IdempotencyKey:
    """The right to run this write. Otherwise raises: the first answer, 409 while it runs, 422 for another request."""
    if not 1 <= len(key) <= 255 or not key.isascii() or not key.isprintable():
        raise exceptions.ParseError(_("An Idempotency-Key is 1 to 255 printable characters."))
    now = timezone.now()
    fingerprint = _fingerprint(request)
    IdempotencyKey.objects.filter(user=user, key=key, created_at__lt=now - KEEP).delete()
    try:
        with transaction.atomic():
            return IdempotencyKey.objects.create(
                user=user,
                key=key,
                fingerprint=fingerprint,
                method=request.method or "",
                path=request.path[:500],
                created_at=now,
                claimed_at=now,
            )
    except IntegrityError:
        return _claimed_again(user, key, fingerprint, now)


def _claimed_again(user: Any, key: str, fingerprint: str, now: datetime) -> IdempotencyKey:
    stored = IdempotencyKey.objects.filter(user=user, key=key).first()
    if stored is None:  # its first try failed this very moment
        raise _still_running()
    if stored.fingerprint != fingerprint:
        raise Unprocessable(_("This Idempotency-Key was used for another request."), code="idempotency_key_reused")
    if stored.status is not None:
        raise _Replay(stored)
    stale = IdempotencyKey.objects.filter(pk=stored.pk, status=None, claimed_at__lt=now - LEASE)
    if not stale.update(claimed_at=now):
        raise _still_running()
    stored.claimed_at = now
    return stored


def _still_running() -> Conflict:
    return Conflict(_("The first request with this Idempotency-Key is still running."), code="idempotency_key_in_use")


def _fingerprint(request: Request) -> str:
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    digest.update(request.body)
    return digest.hexdigest()


def _finish(mine: IdempotencyKey, response: HttpResponse) -> None:
    """Keep the answer, in the transaction of the write. A fault of ours is no answer: it undoes what was written."""
    if response.status_code >= 500:
        transaction.set_rollback(True)
        return
    stored = _held(mine).update(
        status=response.status_code,
        headers={name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers},
        body=response.content,
    )
    if not stored:  # we took longer than the lease, and somebody else has begun
        transaction.set_rollback(True)
        raise _still_running()


def _release(mine: IdempotencyKey) -> None:
    _held(mine).delete()


def _held(mine: IdempotencyKey) -> Any:
    return IdempotencyKey.objects.filter(pk=mine.pk, claimed_at=mine.claimed_at, status=None)


def _replayed(stored: IdempotencyKey) -> HttpResponse:
    return HttpResponse(bytes(stored.body), status=stored.status, headers={**stored.headers, REPLAYED: "true"})


def forget_old_keys(now: datetime) -> int:
    """Keys older than a day go; a key used again after that is a new one."""
    return IdempotencyKey.objects.filter(created_at__lt=now - KEEP).delete()[0]
