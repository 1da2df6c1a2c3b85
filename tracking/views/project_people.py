"""Who works on a project, and what an hour of it costs."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from timetracker.web.answers import action
from timetracker.web.errors import Conflict, add_errors
from timetracker.web.htmx import render_page
from tracking.access import get_project
from tracking.forms.projects import MemberForm, RateForm
from tracking.models import Project, ProjectMember, ProjectRate
from tracking.services.projects import remove_member, set_member
from tracking.services.rates import set_rate
from tracking.views.answers import changed


@login_required
@require_safe
def project_people(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, get_project(request.user, pk))


def _page(
    request: HttpRequest, project: Project, *, member_form: MemberForm | None = None, rate_form: RateForm | None = None
) -> HttpResponse:
    people = project.memberships.select_related("user")
    if not project.may_edit:
        people = people.filter(user__is_active=True)
    members = list(people.order_by("-is_manager", Lower("user__display_name"), "pk"))
    context = {"project": project, "members": members, "always": ProjectRate.ALWAYS}
    if project.may_edit:
        context |= {
            "rates": list(project.rates.order_by("-valid_from")),
            "member_form": member_form or MemberForm(viewer=request.user, without=[one.user_id for one in members]),
            "rate_form": rate_form or RateForm(initial={"valid_from": timezone.localdate()}),
        }
    wrong = any(form is not None and form.errors for form in (member_form, rate_form))
    template = "tracking/projects/people.html"
    return render_page(request, template, context, partial="people", status=422 if wrong else 200)


@action
def member_add(request: HttpRequest, pk: int) -> HttpResponse:
    project = get_project(request.user, pk, edit=True)
    form = MemberForm(request.POST, viewer=request.user)
    if form.is_valid():
        try:
            set_member(project=project, actor=request.user, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            text = _("%(name)s works on it now.") % {"name": form.cleaned_data["user"]}
            return changed(request, text, url=_url(pk))
    return _page(request, project, member_form=form)


@action
def member_set(request: HttpRequest, pk: int, user_id: int, *, role: str) -> HttpResponse:
    """`role` is manager, member or none."""
    project = get_project(request.user, pk, edit=True)
    member = get_object_or_404(project.memberships.select_related("user"), user=user_id)
    if role == "none":
        remove_member(project=project, actor=request.user, user=member.user)
    else:
        set_member(project=project, actor=request.user, user=member.user, is_manager=role == "manager")
    return changed(request, _said(member, role), url=_url(pk), undo_url=_undo_url(member) if role == "none" else None)


def _said(member: ProjectMember, role: str) -> str:
    texts = {
        "none": _("%(name)s works on it no longer."),
        "manager": _("%(name)s manages it now."),
        "member": _("%(name)s no longer manages it."),
    }
    return texts[role] % {"name": member.user}


def _undo_url(member: ProjectMember) -> str:
    manager = "&is_manager=on" if member.is_manager else ""
    return f"{reverse('tracking:project-member-restore', args=[member.project_id])}?user={member.user_id}{manager}"


@action
def member_restore(request: HttpRequest, pk: int) -> HttpResponse:
    """What the Undo of a removal posts to: the person and the role are in the address."""
    project = get_project(request.user, pk, edit=True)
    form = MemberForm(request.GET, viewer=request.user)
    if not form.is_valid():
        raise Conflict(_("This person has left."), code="gone")
    set_member(project=project, actor=request.user, **form.cleaned_data)
    return changed(request, _("%(name)s works on it again.") % {"name": form.cleaned_data["user"]}, url=_url(pk))


@action
def rate_add(request: HttpRequest, pk: int) -> HttpResponse:
    project = get_project(request.user, pk, edit=True)
    form = RateForm(request.POST)
    if form.is_valid():
        try:
            set_rate(project=project, actor=request.user, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            return changed(request, _("Rate saved."), url=_url(pk))
    return _page(request, project, rate_form=form)


@action
def rate_remove(request: HttpRequest, pk: int, rate_id: int) -> HttpResponse:
    project = get_project(request.user, pk, edit=True)
    step = get_object_or_404(project.rates, pk=rate_id)
    set_rate(project=project, actor=request.user, hourly_rate=None, valid_from=step.valid_from)
    again = urlencode({"valid_from": step.valid_from, "hourly_rate": step.hourly_rate})
    undo_url = f"{reverse('tracking:project-rate-restore', args=[pk])}?{again}"
    return changed(request, _("Rate taken back."), url=_url(pk), undo_url=undo_url)


@action
def rate_restore(request: HttpRequest, pk: int) -> HttpResponse:
    """What the Undo of a rate taken back posts to: the day and the rate are in the address."""
    project = get_project(request.user, pk, edit=True)
    form = RateForm(request.GET)
    if not form.is_valid():
        raise Conflict(_("That rate cannot be brought back."), code="gone")
    set_rate(project=project, actor=request.user, **form.cleaned_data)
    return changed(request, _("Rate saved."), url=_url(pk))


def _url(pk: int) -> str:
    return reverse("tracking:project-people", args=[pk])
