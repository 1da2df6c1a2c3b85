"""Starting from a bookmark: looking asks, only sending starts."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from timetracker.web.errors import Conflict, add_errors
from timetracker.web.htmx import redirect_with_toast, render_page
from tracking.forms.track import TrackForm
from tracking.models import TimeEntry
from tracking.services.tags import tags_named
from tracking.services.timer import start_timer
from tracking.views.timer import undo_url


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def track(request: HttpRequest) -> HttpResponse:
    form = TrackForm(request.POST if request.method == "POST" else request.GET, user=request.user)
    good = form.is_valid()
    if request.method == "POST" and good and (entry := _started(request, form)):
        said = _("The timer is running.")
        return redirect_with_toast(request, reverse("tracking:entries"), said, undo_url=undo_url(entry))
    status = 422 if request.method == "POST" else 200
    return render_page(request, "tracking/timer/track.html", {"form": form, "good": good}, status=status)


def _started(request: HttpRequest, form: TrackForm) -> TimeEntry | None:
    try:
        with transaction.atomic():  # no new tags where the timer is refused
            tags = tags_named(names=form.cleaned_data["tags"], actor=request.user)
            return start_timer(user=request.user, tags=tags, **form.booking())
    except ValidationError as error:
        add_errors(form, error)
    except Conflict as error:
        form.add_error(None, error.message)
    return None
