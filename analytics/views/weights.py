"""How much the parts of one's own score count."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from analytics.productivity import PARTS
from analytics.queries.productivity import weights_of
from analytics.services.weights import set_weights
from timetracker.web.answers import action, memory_of, number, remembering
from timetracker.web.htmx import hx_response, redirect_with_toast, toast

CHANGED = {"scoreChanged": True}


@action
def score_weights(request: HttpRequest) -> HttpResponse:
    before = weights_of(request.user)
    try:
        set_weights(user=request.user, weights=memory_of(request, None) or _sent(request))
    except ValidationError as error:
        if not request.htmx:
            raise
        # What was refused must not stay on the page as if it counted.
        response = toast(hx_response(request, trigger=CHANGED), " ".join(error.messages), "error")
        response.status_code = 409
        return response
    url = reverse("analytics:score-weights")
    undo_url = url + remembering(before) if weights_of(request.user) != before else None
    text = _("Weights saved.")
    if not request.htmx:
        return redirect_with_toast(request, reverse("analytics:patterns"), text, undo_url=undo_url)
    return toast(hx_response(request, trigger=CHANGED), text, undo_url=undo_url)


def _sent(request: HttpRequest) -> dict[str, int]:
    sent = {name: number(request.POST[name]) for name in PARTS if name in request.POST}
    if None in sent.values():
        raise ValidationError(_("A part counts 0 to 3 times."))
    return {name: value for name, value in sent.items() if value is not None}
