"""Pages for what went wrong. They stand alone: no base page, no query, no session."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template import loader
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_htmx.http import reswap

from timetracker.web.errors import Conflict, NotAllowed
from timetracker.web.htmx import toast

PROBLEM_TYPE = "application/problem+json"


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Where browsers look on pages that name none, as the administration's."""
    return redirect(static("img/favicon.svg"))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(request, 400, _("This request cannot be understood."))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    reason = exception.message if isinstance(exception, NotAllowed) else _("You may not do this.")
    return _error(request, 403, reason)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _error(request, 403, _("This page is too old to be sent. Load it again and repeat what you did."))


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(request, 404, _("There is nothing here, or it is not for you to see."))


def conflict(request: HttpRequest, exception: Conflict) -> HttpResponse:
    return _error(request, 409, exception.message)


def length_required(request: HttpRequest) -> HttpResponse:
    return _error(request, 411, _("Say how long what you send is: a Content-Length is missing."))


def server_error(request: HttpRequest) -> HttpResponse:
    return _error(request, 500, _("Something went wrong on our side. It has been written down."))


def _error(request: HttpRequest, status: int, text: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        return problem(request, status, text)
    if getattr(request, "htmx", False):
        # The text comes as a toast; what is on the page stays.
        return toast(reswap(HttpResponse(status=status), "none"), text, "error")
    template = loader.get_template(f"{status}.html")
    return HttpResponse(template.render({"text": text, "stylesheet": _stylesheet()}), status=status)


def problem(request: HttpRequest, status: int, text: str) -> JsonResponse:
    return JsonResponse(problem_document(request, status, detail=text), status=status, content_type=PROBLEM_TYPE)


def problem_document(
    request: HttpRequest, status: int, *, detail: str, code: str = "", errors: list[dict[str, str]] | None = None
) -> dict[str, Any]:
    """An RFC 9457 document. `type` is stable for programs, `detail` is in the reader's language."""
    title = HTTPStatus(status).phrase
    name = code or title.lower().replace(" ", "_")
    return {
        "type": f"urn:timetracker:problem:{name}",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": request.path,
        "errors": errors or [],
    }


def _stylesheet() -> str:
    """Empty while nothing is built: an error page must not fail for want of a file."""
    try:
        return static("app.css")
    except ValueError:
        return ""
