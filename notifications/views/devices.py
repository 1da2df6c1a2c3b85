"""The browsers that a person is told in with no page open, and the worker that shows it there."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from csp.decorators import csp
from django.contrib.auth.decorators import login_required
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_safe

from notifications.access import get_device
from notifications.queries import devices_of
from notifications.services.devices import remove_device, session_name
from timetracker.web import flags
from timetracker.web.answers import action
from timetracker.web.htmx import hx_response, redirect_with_toast, toast


@login_required
@require_GET
def devices(request: HttpRequest) -> HttpResponse:
    """The list alone, for the page of settings when it has changed."""
    return render(request, "notifications/devices.html", device_list(request))


def device_list(request: HttpRequest) -> dict[str, Any]:
    return {
        "push_is_on": flags.is_on("web_push"),
        "devices": devices_of(request.user),
        "here": session_name(request.session.session_key or ""),
    }


@action
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    remove_device(person=request.user, device=get_device(request.user, pk))
    said = _("You are told nothing more there.")
    if not request.htmx:
        return redirect_with_toast(request, reverse("notifications:preferences"), said)
    return toast(hx_response(request, trigger={"devicesChanged": {}}), said)


@require_safe
@csp({"default-src": [NONE], "connect-src": [SELF]})
def worker(request: HttpRequest) -> HttpResponse:
    """At the top, because a worker serves what lies below its own address. Browsers look for a new one themselves."""
    found = finders.find("sw.js")
    if found is None:
        raise Http404
    content = Path(found).read_bytes()
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": "no-cache"}
    response = HttpResponse(content, content_type="text/javascript; charset=utf-8", headers=headers)
    return get_conditional_response(request, etag=etag, response=response) or response
