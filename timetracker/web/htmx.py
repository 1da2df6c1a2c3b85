"""The whole htmx layer: a page or its partial, answers without a page, and toasts."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect as see_other
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.http import (
    HttpResponseClientRedirect,
    HttpResponseClientRefresh,
    HttpResponseLocation,
    trigger_client_event,
)
from django_htmx.middleware import HtmxDetails

_MESSAGE_LEVELS = {
    "success": messages.SUCCESS,
    "info": messages.INFO,
    "warning": messages.WARNING,
    "error": messages.ERROR,
}


def wants_partial(request: HttpRequest) -> bool:
    """htmx asks for a fragment; a boosted link or a step back in the history needs the whole page."""
    htmx = _details(request)
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def _details(request: HttpRequest) -> HtmxDetails:
    return request.htmx  # type: ignore[attr-defined]  # set by HtmxMiddleware


def render_page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    partial: str | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """The whole page, or `template#partial` where htmx asks for it."""
    is_fragment = wants_partial(request)
    name = f"{template}#{partial}" if partial and is_fragment else template
    # Browsers write every 4xx into their console as a failure; a form that comes back to be mended is none.
    status = 200 if is_fragment and status == 422 and request.method == "POST" else status
    response = render(request, name, dict(context or {}), status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def hx_response(
    request: HttpRequest,
    *,
    trigger: Mapping[str, Any] | None = None,
    redirect: str | None = None,
    location: str | None = None,
    refresh: bool = False,
) -> HttpResponse:
    """An answer without a page: events, and at most one of redirect (a new page), location (swapped in), refresh.

    Without htmx the browser is redirected in the ordinary way; `refresh` then leads back to the page asked for.
    """
    target = redirect or location
    response: HttpResponse
    if not _details(request):
        response = see_other(target or request.get_full_path()) if target or refresh else HttpResponse(status=204)
    elif redirect:
        response = HttpResponseClientRedirect(redirect)
    elif location:
        response = HttpResponseLocation(location)
    else:
        response = HttpResponseClientRefresh() if refresh else HttpResponse(status=204)
    for name, detail in (trigger or {}).items():
        trigger_client_event(response, name, detail)
    return response


def toast(
    response: HttpResponse, text: str, level: str = "success", *, undo_url: str | None = None, redo: bool = False
) -> HttpResponse:
    """Show a toast with this answer; `undo_url` adds an Undo button that posts there, called Redo where that is what
    it does. The last toast counts."""
    detail: dict[str, str | bool] = {"text": str(text), "level": level}
    if undo_url:
        detail["undo_url"] = undo_url
        if redo:
            detail["redo"] = True
    return trigger_client_event(response, "toast", detail)


def undoable(response: HttpResponse, text: str, undo_url: str) -> HttpResponse:
    """A step for Ctrl+Z where the page shows well enough what was done, so that no toast is needed."""
    return trigger_client_event(response, "undoable", {"text": text, "undo_url": undo_url})


def redirect_with_toast(
    request: HttpRequest, url: str, text: str, level: str = "success", *, undo_url: str = ""
) -> HttpResponse:
    """Go to another page and show the toast there, with htmx and without: it travels as a message.

    Whoever saves to make another (`X-Stay`, Ctrl+Enter) stays where they are, and reads it there.
    """
    if _details(request) and "X-Stay" in request.headers:
        return toast(hx_response(request, trigger={"closeDialog": True}), text, level, undo_url=undo_url)
    messages.add_message(request, _MESSAGE_LEVELS[level], text, extra_tags=undo_url)
    return hx_response(request, redirect=url)
