from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import get_team, require_administrator
from accounts.forms import TeamForm, TeamPeopleForm
from accounts.models import Team, User
from accounts.person_select import People
from accounts.queries import people_to_choose, team_members, teams_listed
from accounts.services.teams import create_team, delete_team, update_team
from accounts.views.answers import changed
from timetracker.web.answers import attempt, status_of
from timetracker.web.htmx import redirect_with_toast, render_page
from timetracker.web.pagination import page_of

UNDO_SECONDS = 3600
SALT = "accounts.deleted-team"


@login_required
@require_GET
def teams(request: HttpRequest) -> HttpResponse:
    """One's own; all of them for administrators, who change them."""
    return render_page(request, "accounts/teams.html", {"page": page_of(teams_listed(request.user), request)}, "list")


@login_required
def new_team(request: HttpRequest) -> HttpResponse:
    require_administrator(request.user)
    form = TeamForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        team = attempt(form, create_team, actor=request.user, **form.cleaned_data)
        if team is not None:
            text = _("%(name)s is made. Now choose its people.") % {"name": team}
            return redirect_with_toast(request, reverse("accounts:team", args=[team.pk]), text)
    context = {"form": form}
    return render_page(request, "accounts/team_new.html", context, partial="form", status=status_of(form))


@login_required
def team(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_team(request.user, pk, edit=request.method == "POST")
    if not request.user.is_administrator:
        return render(request, "accounts/team_seen.html", {"team": found, "members": team_members(found)})
    form = TeamPeopleForm(request.POST or None, initial={"name": found.name})
    if request.method == "POST" and form.is_valid() and attempt(form, update_team, **_arguments(request, found, form)):
        text = _("%(name)s is saved.") % {"name": form.cleaned_data["name"]}
        return redirect_with_toast(request, reverse("accounts:teams"), text)
    many = People(request.user).few is None
    context = {"team": found, "form": form, "many": many, "people": _choices(found, form, only_members=many)}
    return render(request, "accounts/team.html", context, status=status_of(form))


def _choices(found: Team, form: TeamPeopleForm, *, only_members: bool) -> list[User]:
    """Everybody, or those in the team, with what is ticked: as it is, or as a form that had to come back said."""
    people = list(people_to_choose(found).filter(place__gt=0) if only_members else people_to_choose(found))
    for person in people:
        place = person.place  # type: ignore[attr-defined]  # annotated
        in_team, leads = place > 0, place > 1
        if form.is_bound:
            in_team, leads = (str(person.pk) in form.data.getlist(name) for name in ("members", "leads"))
        person.is_chosen, person.is_chosen_lead = in_team, leads  # type: ignore[attr-defined]  # for the template
    return people


def _arguments(request: HttpRequest, found: Team, form: TeamPeopleForm) -> dict[str, object]:
    leads = {person.pk for person in form.cleaned_data["leads"]}
    members = {person.pk for name in ("members", "person") for person in form.cleaned_data[name]}
    return {
        "actor": request.user,
        "team": found,
        "name": form.cleaned_data["name"],
        "member_ids": members | leads,
        "lead_ids": leads,
    }


@login_required
@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_team(request.user, pk, edit=True)
    kept = signing.dumps(_snapshot(found), salt=SALT, compress=True)
    delete_team(actor=request.user, team=found)
    text = _("%(name)s is deleted.") % {"name": found}
    back = reverse("accounts:teams")
    return changed(request, "teams", text, back=back, undo_url=f"{reverse('accounts:team-restore')}?team={kept}")


@login_required
@require_POST
def restore(request: HttpRequest) -> HttpResponse:
    """Undo of a deletion: the team as it was, by what the deletion handed out."""
    require_administrator(request.user)
    try:
        kept = signing.loads(request.GET.get("team", ""), salt=SALT, max_age=UNDO_SECONDS)
    except signing.BadSignature as error:
        raise Http404 from error
    known = set(User.objects.filter(pk__in=kept["member_ids"]).values_list("pk", flat=True))
    found = create_team(
        actor=request.user,
        name=kept["name"],
        member_ids=known & set(kept["member_ids"]),
        lead_ids=known & set(kept["lead_ids"]),
    )
    text = _("%(name)s is back.") % {"name": found}
    return changed(request, "teams", text, back=reverse("accounts:teams"))


def _snapshot(found: Team) -> dict[str, object]:
    members = list(found.memberships.values_list("user", "is_lead"))
    return {
        "name": found.name,
        "member_ids": [pk for pk, _is_lead in members],
        "lead_ids": [pk for pk, is_lead in members if is_lead],
    }
