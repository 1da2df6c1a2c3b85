from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from timetracker.web.answers import action, number
from timetracker.web.durations import format_duration
from timetracker.web.errors import Conflict
from timetracker.web.htmx import hx_response, redirect_with_toast, render_page, toast
from tracking.access import get_entry, get_person_to_log_for, may_bill
from tracking.forms.entries import EntryForm
from tracking.models import Tag, TimeEntry
from tracking.services.entries import create_entry, delete_entry, restore_entry, update_entry
from tracking.services.tags import require_tag_names, tags_named
from tracking.services.timer import continue_entry, stop_timer
from tracking.views.timer import unless_running
from tracking.views.week import day_in, week_page


@login_required
@require_GET
def entries(request: HttpRequest) -> HttpResponse:
    return render_page(request, "tracking/entries/week.html", week_page(request), partial="list")


@login_required
@require_http_methods(["GET", "POST"])
def entry_new(request: HttpRequest) -> HttpResponse:
    """For oneself, or with `person` for somebody whose time one leads."""
    wanted = number(request.GET.get("person"))
    person = get_person_to_log_for(request.user, wanted) if wanted else request.user
    day = day_in(request.GET.get("day"))
    typed = {name: request.GET.get(name, "")[:60] for name in ("start", "end", "description")}
    form = EntryForm(request.POST or None, user=request.user, person=person, day=day, typed=typed)
    if request.method == "POST" and (made := _saved(form, lambda: _create(request, form))):
        return changed_entries(request, _("Time logged."), made.batch_id)
    return _show(request, form)


@login_required
@require_http_methods(["GET", "POST"])
def entry(request: HttpRequest, pk: int) -> HttpResponse:
    """The dialog that changes one. What is billed, and what one may see but not change, comes to read."""
    found = get_entry(request.user, pk, edit=request.method == "POST")
    if request.method == "GET" and (found.billed or not _is_editor(request, found)):
        context = {"entry": found, "may_unbill": found.billed and may_bill(request.user, found)}
        return render_page(request, "tracking/entries/facts.html", context, partial="body")
    form = EntryForm(request.POST or None, user=request.user, entry=found, prefix_id=_place(request))
    if request.method == "POST" and (saved := _saved(form, lambda: _update(request, form, found))):
        return changed_entries(request, _("Saved."), saved.batch_id)
    return _show(request, form)


def _is_editor(request: HttpRequest, found: TimeEntry) -> bool:
    return found.user_id == request.user.pk or request.user.is_administrator  # type: ignore[union-attr]  # login_required


def _place(request: HttpRequest) -> str:
    """Where the form stands: in its row of the list, or in a dialog."""
    return "row" if "in_row" in request.GET else "entry"


def _saved(form: EntryForm, save: Callable[[], TimeEntry]) -> TimeEntry | None:
    if not form.is_valid():
        return None
    try:
        return save()
    except ValidationError as error:
        form.refuse(error)
    except Conflict as error:
        form.meet(error)
    return None


def _create(request: HttpRequest, form: EntryForm) -> TimeEntry:
    with transaction.atomic():  # no new tags where the entry is refused
        return create_entry(user=form.person, actor=request.user, tags=_tags(request, form), **form.booking())


def _update(request: HttpRequest, form: EntryForm, found: TimeEntry) -> TimeEntry:
    with transaction.atomic():
        changes = form.changes() | {"tags": _tags(request, form)}
        return update_entry(entry=found, actor=request.user, version=form.cleaned_data["version"], **changes)


def _tags(request: HttpRequest, form: EntryForm) -> list[Tag]:
    names = require_tag_names(form.tag_names())
    return [*form.cleaned_data["tags"], *tags_named(names=names, actor=request.user)]


def _show(request: HttpRequest, form: EntryForm) -> HttpResponse:
    status = 422 if form.is_bound else 200
    place = _place(request) if request.htmx else "entry"  # type: ignore[attr-defined]  # set by django-htmx
    template = "tracking/entries/row_edit.html" if place == "row" else "tracking/entries/edit.html"
    return render_page(request, template, {"form": form}, partial=None if place == "row" else "body", status=status)


def changed_entries(
    request: HttpRequest, text: str, batch: int | None, level: str = "success", *, redo: bool = False
) -> HttpResponse:
    """Closes the dialog, tells with Undo, and lets the page fetch its entries again; without htmx on to the entries."""
    if not request.htmx:  # type: ignore[attr-defined]  # set by django-htmx
        return redirect_with_toast(request, reverse("tracking:entries"), text, level)
    answer = hx_response(request, trigger={"closeDialog": True, "entriesChanged": {}})
    undo_url = reverse("tracking:batch-undo", args=[batch]) if batch else None
    return toast(answer, text, level, undo_url=undo_url, redo=redo)


@login_required
@require_POST
def entry_delete(request: HttpRequest, pk: int) -> HttpResponse:
    found = delete_entry(entry=get_entry(request.user, pk, edit=True), actor=request.user)
    return changed_entries(request, _("Deleted “%(what)s”.") % {"what": found}, found.batch_id)


@action
def entry_stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody's timer that runs on: they are told who stopped it."""
    found = get_entry(request.user, pk, edit=True)
    stopped = stop_timer(user=found.user, actor=request.user, entry_id=found.pk)
    length = format_duration(stopped.entry.seconds or 0, request.user.hours_format)
    return changed_entries(request, _("Stopped after %(length)s.") % {"length": length}, stopped.entry.batch_id)


@login_required
@require_POST
def entry_restore(request: HttpRequest, pk: int) -> HttpResponse:
    found = restore_entry(entry=get_entry(request.user, pk, edit=True, deleted=True), actor=request.user)
    return changed_entries(request, _("Brought back."), found.batch_id)


@login_required
@require_POST
def entry_continue(request: HttpRequest, pk: int) -> HttpResponse:
    """Starts one's own timer with what the entry was about. Answers with the timer bar."""
    found = get_entry(request.user, pk)
    return unless_running(request, found, lambda: continue_entry(user=request.user, entry=found))
