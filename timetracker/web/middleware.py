"""What every request gets (address, id, log line, headers), what its person gets (zone, words), and small answers."""

import re
import time
import uuid
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import DataError, connections
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.middleware.common import CommonMiddleware
from django.middleware.gzip import GZipMiddleware
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from timetracker.web import flags
from timetracker.web.errors import Conflict, duplicate, is_duplicate
from timetracker.web.logging import mask_path
from timetracker.web.proxies import trust_proxies
from timetracker.web.times import zone
from timetracker.web.views import bad_request, conflict, length_required

GetResponse = Callable[[HttpRequest], HttpResponse]
log = structlog.get_logger("timetracker.request")

# Asked every few seconds by machines: no person, no log line.
HEALTH_PATHS = frozenset({"/healthz", "/readyz", "/metrics"})
PAGE_METHODS = frozenset({"GET", "HEAD", "POST"})
SECURITY_HEADERS = {
    "Permissions-Policy": (
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), "
        "microphone=(), midi=(), payment=(), serial=(), usb=(), "
        "idle-detection=(self), publickey-credentials-create=(self), publickey-credentials-get=(self)"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "X-Permitted-Cross-Domain-Policies": "none",
}
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


class RequestMiddleware:
    """Outermost. Believes trusted proxies, numbers the request, adds headers, writes one log line."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        trusted = trust_proxies(request)
        request_id = _request_id(request, trusted=trusted)
        started = time.perf_counter()
        request.began = str(time.time_ns() // 1_000_000)  # type: ignore[attr-defined]  # for pages, see live/consumers.py
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            with _CountedStatements() as statements, flags.read_once():
                response = self._answer(request)
            response.headers["X-Request-ID"] = request_id
            for name, value in SECURITY_HEADERS.items():
                response.headers.setdefault(name, value)
            _write_line(request, response, time.perf_counter() - started, statements.count)
        finally:
            structlog.contextvars.clear_contextvars()
        return response

    def _answer(self, request: HttpRequest) -> HttpResponse:
        """Pages know these methods only. Forms of others would take a PUT for a POST."""
        if "HTTP_TRANSFER_ENCODING" in request.META and not request.META.get("CONTENT_LENGTH"):
            return length_required(request)  # what came would be read as nothing, and done without it
        if request.method in PAGE_METHODS or request.path.startswith("/api/"):
            return self.get_response(request)
        return HttpResponseNotAllowed(sorted(PAGE_METHODS))

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A service said that the state of things forbids it: an answer, not a fault."""
        if is_duplicate(exception):
            exception = duplicate()
        if isinstance(exception, DataError | OverflowError):  # text with a NUL, a number that no column holds
            log.warning("data_error", exc_info=exception)
            return bad_request(request, exception)
        return conflict(request, exception) if isinstance(exception, Conflict) else None


def _request_id(request: HttpRequest, *, trusted: bool) -> str:
    given = request.META.get("HTTP_X_REQUEST_ID", "")
    return given if trusted and _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


class _CountedStatements:
    """Counts SQL statements on every database connection of this thread."""

    def __enter__(self) -> "_CountedStatements":
        self.count = 0
        self._stack = ExitStack()
        for connection in connections.all():
            self._stack.enter_context(connection.execute_wrapper(self._execute))
        return self

    def __exit__(self, *exception: object) -> None:
        self._stack.close()

    def _execute(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        self.count += 1
        return execute(sql, params, many, context)


def _write_line(request: HttpRequest, response: HttpResponse, seconds: float, statements: int) -> None:
    if request.path in HEALTH_PATHS or (request.path.startswith(settings.STATIC_URL) and response.status_code < 400):
        return
    match = request.resolver_match
    write = log.error if response.status_code >= 500 else log.info
    write(
        "request",
        method=request.method,
        path=mask_path(request.path),
        view=match.view_name if match else None,
        status=response.status_code,
        milliseconds=round(seconds * 1000, 1),
        statements=statements,
        person_id=_person_id(request),
    )


def _person_id(request: HttpRequest) -> int | None:
    """The person already looked up for this request; the log asks the database nothing."""
    user = getattr(request, "_cached_user", None)
    return getattr(user, "pk", None)


class HostMiddleware(CommonMiddleware):
    """Machines next door ask under whatever name the network gives us; what they get has no address in it."""

    def process_request(self, request: HttpRequest) -> HttpResponsePermanentRedirect | None:
        return None if request.path in HEALTH_PATHS else super().process_request(request)


class PersonMiddleware:
    """After authentication: the person's time zone and language; for nobody, the browser's language and UTC."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path in HEALTH_PATHS:
            return self.get_response(request)
        translation.activate(translation.get_language_from_request(request))
        try:
            activate_person(request.user)
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language())
        finally:
            timezone.deactivate()
            translation.deactivate()
        _keep_private(request, response)
        return response


def activate_person(user: AbstractBaseUser | AnonymousUser) -> None:
    """Texts, times and dates as this person reads them, until the end of the request."""
    if user.is_authenticated:
        timezone.activate(zone_of(user))
        translation.activate(language_of(user))


class CompressPages(GZipMiddleware):
    """Pages and fragments: a sixth of their size. Files and streams go out as they are made. The CSRF
    token is masked anew each time, and Django pads at random, so that lengths tell less about what is in them."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.streaming or not response.headers.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)


def zone_of(user: Any) -> ZoneInfo:
    """The person's zone. A name that this machine's zone data does not know must not lock anybody out."""
    try:
        return zone(user.time_zone)
    except ValueError:
        return ZoneInfo("UTC")


def language_of(user: Any) -> str:
    return user.language if user.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _keep_private(request: HttpRequest, response: HttpResponse) -> None:
    """What a signed-in person sees is for them: no shared cache keeps it, and a browser asks again."""
    if getattr(getattr(request, "_cached_user", None), "is_authenticated", False):
        response.headers.setdefault("Cache-Control", "private, no-cache")
    else:
        patch_vary_headers(response, ["Accept-Language"])
