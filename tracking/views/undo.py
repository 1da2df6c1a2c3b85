"""What can be taken back: batches, the trash, the history of an entry; and the list of what looks odd."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from timetracker.web.answers import action
from timetracker.web.background import run_command
from timetracker.web.errors import Conflict
from timetracker.web.htmx import render_page
from timetracker.web.pagination import page_of
from tracking.access import get_batch, get_entry
from tracking.history import done_and_undone, entry_events, history_of, said_of
from tracking.models import TimeEntry
from tracking.models.batch import KEPT
from tracking.reasons import explain
from tracking.services.undo import check_undo, revert_change, undo_batch
from tracking.views.entries import changed_entries

A_PAGE = 50
AT_ONCE = 2000
"""More entries than a request has time for."""


@action
def batch_undo(request: HttpRequest, pk: int) -> HttpResponse:
    batch = get_batch(request.user, pk)
    origin, again = done_and_undone(batch)
    said = said_of(origin)
    if batch.changes.count() > AT_ONCE:
        check_undo(batch=batch, actor=request.user)
        run_command("undo_change", str(batch.pk), str(request.user.pk))
        return changed_entries(request, _("Being undone: %(what)s. That takes a while.") % {"what": said}, None, "info")
    undoing = undo_batch(batch=batch, actor=request.user)
    text = _("Done again: %(what)s.") if again else _("Undone: %(what)s.")
    return changed_entries(request, text % {"what": said}, undoing.pk, redo=not again)


@login_required
@require_GET
def trash(request: HttpRequest) -> HttpResponse:
    """One's own deleted entries; for an administrator everybody's."""
    rows = TimeEntry.objects.editable_by(request.user).filter(deleted_at__isnull=False).order_by("-deleted_at", "-pk")
    page = page_of(rows.select_related("user", "project", "task"), request, A_PAGE)
    return render_page(request, "tracking/entries/trash.html", {"page": page, "days": KEPT.days}, partial="list")


@login_required
@require_GET
def review(request: HttpRequest) -> HttpResponse:
    """What looks odd, one's own and that of the people one leads, the newest first."""
    rows = TimeEntry.objects.visible_to(request.user).to_review().order_by("-started_at", "-pk")
    rows = rows.select_related("user", "project__client", "task").prefetch_related("tags")
    page = page_of(rows, request, A_PAGE)
    explain(request.user, page.items)
    return render_page(request, "tracking/entries/review_list.html", {"page": page}, partial="list")


@login_required
@require_GET
def entry_history(request: HttpRequest, pk: int) -> HttpResponse:
    entry = get_entry(request.user, pk, deleted=True)
    own = entry.user_id == request.user.pk or request.user.is_administrator
    may_revert = own and not entry.billed and entry.deleted_at is None
    context = {"entry": entry, "lines": history_of(entry), "may_revert": may_revert}
    return render_page(request, "tracking/entries/history.html", context, partial="body")


@action
def entry_revert(request: HttpRequest, pk: int, event: int) -> HttpResponse:
    entry = get_entry(request.user, pk, edit=True)
    line = get_object_or_404(entry_events(entry).filter(type="entry_changed"), pk=event)
    changed = revert_change(entry=entry, actor=request.user, changes=line.payload["changes"])
    if changed.batch_id is None:
        raise Conflict(_("It is like that already."), code="unchanged")
    return changed_entries(request, _("Put back."), changed.batch_id)
