"""Time brought from another tracker: the file, its preview, its progress, its end."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import User
from timetracker.web.answers import action
from timetracker.web.errors import add_errors
from timetracker.web.htmx import redirect_with_toast, render_page
from tracking.access import get_import
from tracking.choices import BatchKind, ImportState
from tracking.forms.time_import import LEFT_OUT, OPEN, PeopleForm, TimeImportForm
from tracking.imports.rows import UnreadableFileError
from tracking.models import Batch, TimeImport
from tracking.services.import_plan import Plan
from tracking.services.imports import sums_of
from tracking.services.time_imports import begin, discard, name_people, plan_of, receive_file

SHOWN = 200
SHOWN_BATCHES = 20


@login_required
@require_http_methods(["GET", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    form = TimeImportForm(request.POST or None, request.FILES or None, initial={"zone": request.user.time_zone})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            brought = receive_file(
                actor=request.user, file=given["file"], format_name=given["format"], zone_name=given["zone"]
            )
            return redirect("tracking:import", brought.pk)
        except ValidationError as error:
            add_errors(form, error)
    batches = Batch.objects.undoable_by(request.user).filter(kind=BatchKind.IMPORT)
    context = {
        "form": form,
        "open": TimeImport.objects.filter(actor=request.user).exclude(state=ImportState.DONE),
        "batches": batches.annotate(entries=Count("changes")).select_related("actor")[:SHOWN_BATCHES],
    }
    return render(request, "tracking/imports/page.html", context, status=422 if form.is_bound else 200)


@login_required
@require_GET
def time_import(request: HttpRequest, pk: int) -> HttpResponse:
    brought = get_import(request.user, pk)
    context: dict[str, object] = {"brought": brought}
    if brought.state in {ImportState.READY, ImportState.FAILED}:
        context |= _preview(request, brought)
    elif brought.batch:
        context["sums"] = sums_of(brought.batch)
    return render_page(request, "tracking/imports/one.html", context, partial="body")


def _preview(request: HttpRequest, brought: TimeImport) -> dict[str, object]:
    try:
        plan = plan_of(brought)
    except UnreadableFileError as error:
        return {"unreadable": str(error)}
    return {
        "plan": plan,
        "refused": plan.refused[:SHOWN],
        "more": len(plan.refused) - SHOWN,
        "people_form": _people_form(request, brought, plan),
    }


def _people_form(request: HttpRequest, brought: TimeImport, plan: Plan) -> PeopleForm:
    people = {person: plan.strangers[person] for person in sorted({*plan.strangers, *brought.people})}
    allowed = list(User.objects.with_time_visible_to(request.user).order_by("display_name", "username"))
    initial = {
        f"person-{number}": str(brought.people[person] or LEFT_OUT) if person in brought.people else OPEN
        for number, person in enumerate(people)
    }
    return PeopleForm(request.POST or None, people=people, allowed=allowed, initial=initial)


@action
def import_people(request: HttpRequest, pk: int) -> HttpResponse:
    brought = get_import(request.user, pk)
    try:
        form = _people_form(request, brought, plan_of(brought))
    except UnreadableFileError as error:
        raise ValidationError(str(error)) from error
    if not form.is_valid():
        raise ValidationError(_("Choose from the list who that is."))
    name_people(brought=brought, people=form.people())
    return redirect("tracking:import", brought.pk)


@action
def import_begin(request: HttpRequest, pk: int) -> HttpResponse:
    brought = get_import(request.user, pk)
    begin(brought=brought)
    return redirect("tracking:import", brought.pk)


@action
def import_discard(request: HttpRequest, pk: int) -> HttpResponse:
    discard(brought=get_import(request.user, pk))
    return redirect_with_toast(request, "tracking:imports", _("The file is thrown away. Nothing was imported."))
