from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.access import get_person_to_manage, require_administrator
from accounts.choices import Role
from accounts.forms import BulkForm, PeopleFilterForm, PersonForm
from accounts.models import Team, User
from accounts.queries import people_listed
from accounts.services.people import (
    change_person,
    change_roles,
    deactivate_people,
    deactivate_person,
    reactivate_people,
    reactivate_person,
)
from accounts.services.teams import add_to_team
from accounts.views.answers import changed
from timetracker.web.answers import attempt, status_of
from timetracker.web.htmx import hx_response, redirect_with_toast, render_page, toast
from timetracker.web.pagination import page_of


@login_required
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Everybody sees who works here; administrators choose and change."""
    filters = PeopleFilterForm(request.user, request.GET)
    made = filters.choices_made()
    context = {
        "page": page_of(people_listed(request.user, **made), request),
        "filters": filters,
        "is_filtered": made != PeopleFilterForm(request.user, {}).choices_made(),
        "roles": Role.choices,
    }
    return render_page(request, "accounts/people.html", context, partial="list")


@login_required
@require_POST
def people_bulk(request: HttpRequest) -> HttpResponse:
    require_administrator(request.user)
    form = BulkForm(request.POST or request.GET)  # Undo posts to an address that says it all
    back = reverse("accounts:people")
    if not form.is_valid():
        problem = next(iter(form.errors.values()))[0]
        return toast(hx_response(request, redirect=None if request.htmx else back), problem, "error")
    chosen = list(form.cleaned_data["ids"])
    text = _apply(request.user, chosen, form.cleaned_data)
    undo = None
    if form.cleaned_data["action"] == "deactivate":
        ids = "".join(f"&ids={person.pk}" for person in chosen if person.is_active)
        undo = f"{reverse('accounts:people-bulk')}?action=reactivate{ids}"
    return changed(request, "people", text, back=back, undo_url=undo)


def _apply(actor: User, chosen: list[User], wanted: dict[str, Any]) -> str:
    match wanted["action"]:
        case "role":
            count = change_roles(actor=actor, people=chosen, role=wanted["role"])
            return ngettext("%(count)d role changed.", "%(count)d roles changed.", count) % {"count": count}
        case "team":
            count = add_to_team(actor=actor, team=wanted["team"], people=chosen)
            return ngettext("%(count)d person added.", "%(count)d people added.", count) % {"count": count}
        case "reactivate":
            count = reactivate_people(actor=actor, people=chosen)
            return ngettext("%(count)d person reactivated.", "%(count)d people reactivated.", count) % {"count": count}
    count = deactivate_people(actor=actor, people=chosen)
    return ngettext("%(count)d person deactivated.", "%(count)d people deactivated.", count) % {"count": count}


@login_required
def person(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_person_to_manage(request.user, pk)
    initial = {"role": found.role, "teams": list(Team.objects.filter(memberships__user=found))}
    form = PersonForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        saved = attempt(form, change_person, actor=request.user, person=found, **form.cleaned_data)
        if saved is not None:
            text = _("%(name)s is saved.") % {"name": found}
            return redirect_with_toast(request, reverse("accounts:people"), text)
    context = {"person": found, "form": form}
    return render_page(request, "accounts/person.html", context, partial="person", status=status_of(form))


@login_required
@require_POST
def deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    found = deactivate_person(actor=request.user, person=get_person_to_manage(request.user, pk))
    return changed(
        request,
        "people",
        _("%(name)s is deactivated.") % {"name": found},
        back=reverse("accounts:person", args=[pk]),
        undo_url=reverse("accounts:person-reactivate", args=[pk]),
    )


@login_required
@require_POST
def reactivate(request: HttpRequest, pk: int) -> HttpResponse:
    found = reactivate_person(actor=request.user, person=get_person_to_manage(request.user, pk))
    text = _("%(name)s is active again.") % {"name": found}
    return changed(request, "people", text, back=reverse("accounts:person", args=[pk]))
