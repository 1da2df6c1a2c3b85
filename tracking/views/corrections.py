"""One change to an entry or to many: split, duplicate, merge, move, mark. Each answer carries its Undo."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import User
from timetracker.web.answers import action, number, selected_ids
from timetracker.web.errors import Conflict
from timetracker.web.htmx import render_page
from timetracker.web.times import local_date
from tracking.access import get_entry, require_billing
from tracking.choices import BatchKind
from tracking.forms.entries import SplitForm
from tracking.forms.span import move_days
from tracking.models import Project, ProjectMember, Tag, TimeEntry
from tracking.queries import today_of
from tracking.services.batches import one_batch
from tracking.services.booking import lock_entries
from tracking.services.corrections import duplicate_entry, merge_entries, set_billed, split_entry
from tracking.services.entries import delete_entry, update_entry
from tracking.services.review import accept_entry
from tracking.views.answers import apply_to_each
from tracking.views.entries import changed_entries
from tracking.views.week import day_in

Write = Callable[[TimeEntry], object]
CHOICES = 200


@login_required
@require_http_methods(["GET", "POST"])
def entry_split(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_entry(request.user, pk, edit=True)
    form = SplitForm(request.POST or None, entry=found, zone=request.user.zone)
    if request.method == "POST" and form.is_valid():
        try:
            first, _second = split_entry(entry=found, actor=request.user, at=form.cleaned_data["at"])
            return changed_entries(request, _("Split."), first.batch_id)
        except ValidationError as error:
            form.add_error("time", error.messages)
    status = 422 if form.is_bound else 200
    return render_page(request, "tracking/entries/split.html", {"form": form, "entry": found}, "body", status=status)


@action
def entry_duplicate(request: HttpRequest, pk: int) -> HttpResponse:
    copy = duplicate_entry(entry=get_entry(request.user, pk, edit=True), actor=request.user)
    return changed_entries(request, _("Duplicated."), copy.batch_id)


@action
def entry_accept(request: HttpRequest, pk: int) -> HttpResponse:
    entry = accept_entry(entry=get_entry(request.user, pk, edit=True), actor=request.user)
    return changed_entries(request, _("Kept as it is."), entry.batch_id)


@login_required
@require_GET
def entries_choices(request: HttpRequest) -> HttpResponse:
    """What can be done to the selected rows. Fetched when the first is selected."""
    user: User = request.user  # type: ignore[assignment]  # login_required
    context = {
        "projects": Project.objects.visible_to(user).open().only("name").order_by("name")[:CHOICES],
        "tags": Tag.objects.filter(archived_at=None).order_by("name")[:CHOICES],
        "may_bill": user.is_administrator or ProjectMember.objects.filter(user=user, is_manager=True).exists(),
        "today": today_of(user),
    }
    return render(request, "tracking/entries/bulk.html", context)


@action
def entries_bulk(request: HttpRequest) -> HttpResponse:
    """`action` names what to change, `value` to what. All of it is one batch, undone as one."""
    name, value = request.POST.get("action", ""), request.POST.get("value", "")
    if name not in ACTIONS:
        raise Conflict(_("There is no such change."), code="unknown_action")
    kind, prepare = ACTIONS[name]
    ids = selected_ids(request)
    write = prepare(request.user, value)
    rows = TimeEntry.objects.alive().visible_to(request.user).filter(pk__in=ids)
    if name not in BILLING:
        rows = rows.editable_by(request.user)
    target = Project.objects.filter(pk=number(value)) if name == "project" else ()
    with transaction.atomic(), one_batch(kind, actor=request.user) as batch:
        outcome = apply_to_each(lock_entries(rows, *target).values(), ids, write)
    text = ngettext("%(count)d entry: %(change)s.", "%(count)d entries: %(change)s.", len(outcome.done))
    said = outcome.sentence(text % {"count": len(outcome.done), "change": kind.label})
    return changed_entries(request, said, batch.pk, level=outcome.level)


@action
def entries_merge(request: HttpRequest) -> HttpResponse:
    ids = selected_ids(request)
    rows = TimeEntry.objects.alive().editable_by(request.user).filter(pk__in=ids).select_related("user")
    found = list(rows)
    if len(found) < len(ids):
        raise Conflict(_("Some of these entries are no longer there."), code="deleted")
    merged = merge_entries(entries=found, actor=request.user)
    return changed_entries(request, _("Merged %(count)d entries.") % {"count": len(found)}, merged.batch_id)


def _project(actor: User, value: str) -> Write:
    project = None
    if value != "none":
        project = Project.objects.visible_to(actor).filter(pk=number(value)).first()
        if project is None:
            raise Conflict(_("There is no such project."), code="unknown_value")
    return lambda entry: update_entry(entry=entry, actor=actor, project=project)


def _tag(actor: User, value: str) -> Write:
    """A minus before its id takes the tag away."""
    tag = Tag.objects.filter(pk=number(value.removeprefix("-"))).first()
    if tag is None:
        raise Conflict(_("There is no such tag."), code="unknown_value")
    if value.startswith("-"):
        return lambda entry: update_entry(entry=entry, actor=actor, tags=entry.tags.exclude(pk=tag.pk))
    return lambda entry: update_entry(entry=entry, actor=actor, tags=[*entry.tags.all(), tag])


def _billable(actor: User, value: str) -> Write:
    return lambda entry: update_entry(entry=entry, actor=actor, billable=value == "yes")


def _day(actor: User, value: str) -> Write:
    day = day_in(value)
    if day is None:
        raise Conflict(_("Choose a day."), code="unknown_value")
    return lambda entry: _move(entry, actor, day)


def _move(entry: TimeEntry, actor: User, day: dt.date) -> None:
    """The same time by the clock, as long as before."""
    if entry.ended_at is None:
        raise Conflict(_("The timer is running. Stop it first."), code="running")
    days = day - local_date(entry.started_at, actor.zone)
    start = move_days("day", entry.started_at, days, actor.zone)
    update_entry(entry=entry, actor=actor, started_at=start, ended_at=start + (entry.ended_at - entry.started_at))


def _delete(actor: User, _value: str) -> Write:
    return lambda entry: delete_entry(entry=entry, actor=actor)


def _accept(actor: User, _value: str) -> Write:
    return lambda entry: accept_entry(entry=entry, actor=actor)


def _billed(actor: User, *, billed: bool) -> Write:
    def write(entry: TimeEntry) -> None:
        require_billing(actor, entry)
        set_billed(entry=entry, actor=actor, billed=billed)

    return write


ACTIONS: dict[str, tuple[BatchKind, Callable[[User, str], Write]]] = {
    "project": (BatchKind.EDIT, _project),
    "tag": (BatchKind.EDIT, _tag),
    "billable": (BatchKind.EDIT, _billable),
    "day": (BatchKind.EDIT, _day),
    "delete": (BatchKind.DELETE, _delete),
    "accept": (BatchKind.ACCEPT, _accept),
    "bill": (BatchKind.BILL, lambda actor, _value: _billed(actor, billed=True)),
    "unbill": (BatchKind.UNBILL, lambda actor, _value: _billed(actor, billed=False)),
}
BILLING = {"bill", "unbill"}
