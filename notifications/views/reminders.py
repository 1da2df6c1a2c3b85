"""What a person has put on the clock for themselves."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from notifications.access import get_reminder
from notifications.categories import REMINDER
from notifications.forms import ReminderForm
from notifications.models import Notification
from notifications.queries import wanted_channels
from notifications.services.reading import delete
from notifications.services.scheduling import schedule
from notifications.views.changes import changed
from timetracker.web.answers import action, attempt, status_of
from timetracker.web.htmx import render_page
from timetracker.web.pagination import page_of


@login_required
@require_safe
def reminders(request: HttpRequest) -> HttpResponse:
    page = page_of(Notification.objects.scheduled(request.user), request)
    context = {"page": page, "are_off": not wanted_channels(request.user, REMINDER)}
    return render_page(request, "notifications/reminders.html", context, partial="table")


@login_required
def reminder_new(request: HttpRequest) -> HttpResponse:
    soon = timezone.now().astimezone(request.user.zone) + dt.timedelta(hours=1)
    form = ReminderForm(
        request.POST or None, person=request.user, initial={"day": soon.date(), "clock": f"{soon:%H}:00"}
    )
    if request.method == "POST" and form.is_valid() and attempt(form, schedule, person=request.user, **form.values()):
        said = _("You will be reminded.")
        if not wanted_channels(request.user, REMINDER):
            said = _("Saved. But reminders are switched off in your settings.")
        return changed(request, said, back=reverse("notifications:reminders"))
    context = {"form": form, "title": _("New reminder")}
    return render_page(request, "notifications/reminder_form.html", context, partial="form", status=status_of(form))


@action
def reminder_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_reminder(request.user, pk)
    delete(person=request.user, rows=Notification.objects.filter(pk=row.pk))
    undo = reverse("notifications:restore", args=[pk])
    return changed(request, _("Cancelled."), undo=undo, back=reverse("notifications:reminders"))
