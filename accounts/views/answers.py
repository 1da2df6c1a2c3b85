"""What the pages share: try a service with a form, answer with the form or with a toast."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse

from timetracker.web.errors import Conflict, add_errors
from timetracker.web.htmx import hx_response, toast

T = TypeVar("T")


def attempt(form: BaseForm, service: Callable[..., T], **arguments: Any) -> T | None:
    """What the service returns; None where the form or the service says no, which then stands at the fields."""
    try:
        return service(**arguments)
    except ValidationError as error:
        add_errors(form, error)
    except Conflict as error:
        form.add_error(None, error.message)
    return None


def status_of(form: BaseForm) -> int:
    return 422 if form.is_bound and form.errors else 200


def changed(request: HttpRequest, topic: str, text: str, *, back: str, undo_url: str | None = None) -> HttpResponse:
    """204 and the event `topic`, on which the lists of the page fetch themselves; without htmx the way `back`."""
    if not request.htmx:  # type: ignore[attr-defined]  # set by HtmxMiddleware
        return hx_response(request, redirect=back)
    return toast(hx_response(request, trigger={topic: {}}), text, undo_url=undo_url)
