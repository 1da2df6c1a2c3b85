"""The timer bar. Every answer is the bar as it now stands; `entriesChanged` tells the page's lists to look again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import trigger_client_event

from timetracker.web.answers import number
from timetracker.web.durations import format_duration
from timetracker.web.errors import Conflict
from timetracker.web.htmx import toast, undoable
from timetracker.web.times import parse_instant
from tracking.forms.timer import Draft, StartTimeForm, TimerForm
from tracking.models import TimeEntry
from tracking.queries import latest_entries, recent_projects, running_entry
from tracking.services.entries import update_entry
from tracking.services.timer import (
    continue_entry,
    discard_timer,
    move_start,
    pause_timer,
    resume_timer,
    start_timer,
    stop_timer,
)

BAR = "tracking/timer/answer.html"


@login_required
@require_GET
def timer_bar(request: HttpRequest) -> HttpResponse:
    return render(request, BAR)


@login_required
@require_POST
def timer_start(request: HttpRequest) -> HttpResponse:
    form = TimerForm(request.POST, user=request.user)
    if not form.is_valid():
        return refused(request, Draft(form), idle=True)
    try:
        entry = start_timer(user=request.user, **form.booking())
    except (ValidationError, Conflict) as error:
        return refused(request, Draft(form, error), idle=True)
    if entry.repeated:
        return done(request, _("The timer is running."))
    response = done(request, _("The timer is running."), running=entry)
    return undoable(response, _started(entry), undo_url(entry))


@login_required
@require_POST
def timer_stop(request: HttpRequest) -> HttpResponse:
    """With the id of what the page showed as running: if that has ended elsewhere, its first end stays.

    A reminder's button names it in its address, perhaps with an instant that has passed (`at`).
    """
    entry_id = number(request.POST.get("entry") or request.GET.get("entry"))
    try:
        at = parse_instant(request.GET["at"], request.user.zone) if "at" in request.GET else None
        stopped = stop_timer(user=request.user, entry_id=entry_id, at=at)
    except ValueError as error:
        return refused(request, errors=[str(error)])
    except Conflict as error:
        return refused(request, errors=[error.message])
    length = format_duration(stopped.entry.seconds or 0, request.user.hours_format)
    said = _("Stopped after %(length)s.") % {"length": length}
    if not stopped.first:
        return done(request, said)
    return toast(done(request, running=None), said, undo_url=undo_url(stopped.entry))


def _simple(request: HttpRequest, service: Callable[..., TimeEntry], said: str, opposite: str) -> HttpResponse:
    try:
        service(user=request.user)
    except Conflict as error:
        return refused(request, errors=[error.message])
    return undoable(done(request, said), said, reverse(opposite))


@login_required
@require_POST
def timer_pause(request: HttpRequest) -> HttpResponse:
    return _simple(request, pause_timer, _("Paused."), "tracking:timer-resume")


@login_required
@require_POST
def timer_resume(request: HttpRequest) -> HttpResponse:
    return _simple(request, resume_timer, _("The timer is running."), "tracking:timer-pause")


@login_required
@require_POST
def timer_discard(request: HttpRequest) -> HttpResponse:
    try:
        entry = discard_timer(user=request.user)
    except Conflict as error:
        return refused(request, errors=[error.message])
    return toast(done(request), _("Discarded."), undo_url=reverse("tracking:entry-restore", args=[entry.pk]))


def unless_running(request: HttpRequest, about: TimeEntry, start: Callable[[], TimeEntry]) -> HttpResponse:
    """Calls `start`, unless the timer runs with what `about` is about: that would only cut it in two."""
    running = running_entry(request.user)
    if running and _about(running) == _about(about):
        return toast(done(request), _("“%(what)s” is running already.") % {"what": running}, "info")
    return started(request, start)


def _about(entry: TimeEntry) -> tuple[str, int | None, int | None]:
    return entry.description, entry.project_id, entry.task_id


def started(request: HttpRequest, start: Callable[[], TimeEntry]) -> HttpResponse:
    try:
        entry = start()
    except (ValidationError, Conflict) as error:
        return refused(request, errors=error.messages if isinstance(error, ValidationError) else [error.message])
    if entry.repeated:
        return done(request, _("The timer is running."))
    return toast(done(request, running=entry), _started(entry), undo_url=undo_url(entry))


def _started(entry: TimeEntry) -> str:
    what = entry.description[:80] or entry.task or entry.project
    return _("Started “%(what)s”.") % {"what": what} if what else _("The timer is running.")


@login_required
@require_POST
def timer_again(request: HttpRequest) -> HttpResponse:
    """With what one did last."""
    last = latest_entries(request.user, 1).first()
    if last is None:
        return refused(request, errors=[_("There is no earlier work to go on with.")])
    return unless_running(request, last, lambda: continue_entry(user=request.user, entry=last))


@login_required
@require_POST
def timer_recent(request: HttpRequest, place: int) -> HttpResponse:
    """On the project at this place, from 1, among those one worked on last."""
    projects = recent_projects(request.user)  # as many as are shown: what is hidden from them makes no other order
    if not 1 <= place <= len(projects):
        return refused(request, errors=[_("There is no recent project at this place.")])
    about = TimeEntry(project=projects[place - 1])
    return unless_running(request, about, lambda: start_timer(user=request.user, project=about.project))


@login_required
@require_POST
def timer_start_time(request: HttpRequest) -> HttpResponse:
    entry = running_entry(request.user)
    if entry is None:
        return refused(request, errors=[_("No timer is running.")])
    form = StartTimeForm(request.POST, entry=entry)
    try:
        if form.is_valid():
            moved = move_start(user=request.user, started_at=form.cleaned_data["started_at"])
            return _changed(done(request, start_open=bool(form.cleaned_data["shift"])), moved)
    except ValidationError as error:
        form.add_error("time", error.messages)
    except Conflict as error:
        form.add_error(None, error.message)
    return bar(request, start_form=form, start_open=True, status=422)


@login_required
@require_POST
def timer_edit(request: HttpRequest) -> HttpResponse:
    entry = running_entry(request.user)
    form = TimerForm(request.POST, user=request.user, entry=entry)
    if entry is None or str(entry.pk) != request.POST.get("entry"):
        return refused(request, errors=[_("This timer has been stopped. Edit it among the entries.")])
    if not form.is_valid():
        return refused(request, Draft(form))
    try:
        version = form.cleaned_data["version"]
        changed = update_entry(entry=entry, actor=request.user, version=version, **form.changes(entry))
    except (ValidationError, Conflict) as error:
        return refused(request, Draft(form, error))
    return _changed(done(request), changed)


def _changed(response: HttpResponse, entry: TimeEntry) -> HttpResponse:
    """Where something did, it is a step for Ctrl+Z."""
    return undoable(response, _("Timer changed."), undo_url(entry)) if entry.batch_id else response


def bar(request: HttpRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    """The bar for htmx; without it, back to the page the form was on, with the reasons as messages."""
    if request.htmx:  # type: ignore[attr-defined]  # set by django-htmx
        return render(request, BAR, {**context, "in_sheet": "in_sheet" in request.POST}, status=status)
    for text in context.get("errors", []):
        messages.error(request, text)
    return redirect(page_before(request))


def done(request: HttpRequest, said: str = "", **context: Any) -> HttpResponse:
    response = trigger_client_event(bar(request, **context), "entriesChanged", {})
    return trigger_client_event(response, "announce", said) if said else response


def undo_url(entry: TimeEntry) -> str:
    """Takes back what has just been done to `entry`."""
    return reverse("tracking:batch-undo", args=[entry.batch_id])


def refused(
    request: HttpRequest, draft: Draft | None = None, *, errors: list[str] | None = None, idle: bool = False
) -> HttpResponse:
    """The bar with the reasons and with what was typed; `idle` as it is when nothing runs."""
    reasons = errors or (draft.errors if draft else [])
    return bar(request, draft=draft, errors=reasons, show_idle=idle, status=422)


def page_before(request: HttpRequest) -> str:
    url = request.headers.get("Referer", "")
    here = url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return url if here else reverse("tracking:start")
