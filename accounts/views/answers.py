"""What a page answers after a write."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from timetracker.web.htmx import hx_response, toast


def changed(request: HttpRequest, topic: str, text: str, *, back: str, undo_url: str | None = None) -> HttpResponse:
    """204 and the event `topic`, on which the lists of the page fetch themselves; without htmx the way `back`."""
    if not request.htmx:  # type: ignore[attr-defined]  # set by HtmxMiddleware
        return hx_response(request, redirect=back)
    return toast(hx_response(request, trigger={topic: {}}), text, undo_url=undo_url)
