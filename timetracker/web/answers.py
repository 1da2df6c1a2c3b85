"""What all rooms' pages share: try a service with a form, stand behind a button, remember for an Undo."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.contrib.auth.decorators import login_required
from django.core import signing
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from timetracker.web.errors import Conflict, add_errors

MEMORY = "web.undo"
AT_ONCE = 200
"""How many rows one bulk change takes."""

T = TypeVar("T")


def action(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view behind a button: signed in, POST only. It has no form, so what a service finds wrong comes as a toast."""

    @login_required
    @require_POST
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except ValidationError as error:
            raise Conflict(" ".join(error.messages), code="invalid") from error

    return answer


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


def remembering(what: dict[str, Any]) -> str:
    """The query of an Undo that has to know how things were. Signed, so that only what we said comes back."""
    return f"?was={signing.dumps(what, salt=MEMORY, compress=True)}"


def memory_of(request: HttpRequest, default: Any) -> Any:
    try:
        return signing.loads(request.GET.get("was", ""), salt=MEMORY, max_age=24 * 60 * 60)
    except signing.BadSignature:
        return default


def selected_ids(request: HttpRequest) -> list[int]:
    """The rows ticked; an Undo link carries them in its address."""
    ids = request.POST.getlist("ids") or request.GET.getlist("ids")
    return [int(pk) for pk in dict.fromkeys(ids) if pk.isascii() and pk.isdigit() and len(pk) < 19][:AT_ONCE]


def number(text: str | None) -> int | None:
    """An id or a place from an address or a form; None for nonsense."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None
