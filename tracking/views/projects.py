from __future__ import annotations

from decimal import Decimal

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from timetracker.web.answers import action, memory_of, remembering, selected_ids
from timetracker.web.htmx import redirect_with_toast, render_page
from timetracker.web.pagination import page_of
from tracking.access import get_project, require_edit, require_manager
from tracking.budgets import budget_use, burn
from tracking.choices import ProjectStatus
from tracking.forms.projects import ProjectFilter, ProjectForm
from tracking.models import Project, Task, TimeEntry
from tracking.services.projects import (
    archive_project,
    create_project,
    delete_project,
    set_favourite,
    update_project,
)
from tracking.views.answers import apply_to_each, changed

SHORT_LIST = 10


@login_required
@require_safe
def project_list(request: HttpRequest) -> HttpResponse:
    listing = ProjectFilter(request)
    projects = Project.objects.visible_to(request.user).with_rights_for(request.user).select_related("client")
    page = page_of(listing.apply(projects.defer("client__hourly_rate", "description")), request)
    for project in page:
        project.use = budget_use(project)
    settable = [choice for choice in ProjectStatus.choices if choice[0] != ProjectStatus.ARCHIVED]
    return render_page(
        request,
        "tracking/projects/list.html",
        {"listing": listing, "page": page, "settable": settable},
        partial="table",
    )


@login_required
def project_new(request: HttpRequest) -> HttpResponse:
    require_manager(request.user)
    form = ProjectForm(request.POST or None, user=request.user, initial={"client": request.GET.get("client")})
    if request.method == "POST" and form.is_valid() and (project := form.write(create_project, actor=request.user)):
        url = reverse("tracking:project", args=[project.pk])
        undo_url = reverse("tracking:project-archive", args=[project.pk])
        said = _("Project “%(name)s” created.") % {"name": project}
        return redirect_with_toast(request, url, said, undo_url=undo_url)
    return _form(request, form, _("New project"))


@login_required
def project_edit(request: HttpRequest, pk: int) -> HttpResponse:
    project = get_project(request.user, pk, edit=True)
    form = ProjectForm(request.POST or None, instance=project, user=request.user)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        if saved := form.write(update_project, project=project, actor=request.user, version=version):
            url = reverse("tracking:project", args=[pk])
            return changed(request, _("Project “%(name)s” saved.") % {"name": saved}, url=url)
    return _form(request, form, _("Edit project"))


def _form(request: HttpRequest, form: ProjectForm, title: str) -> HttpResponse:
    status = 422 if form.errors else 200
    context = {"form": form, "title": title}
    return render_page(request, "tracking/projects/form.html", context, partial="form", status=status)


@login_required
@require_safe
def project_page(request: HttpRequest, pk: int) -> HttpResponse:
    project = get_project(request.user, pk)
    tasks = Task.objects.filter(project=project).open().select_related("assignee").defer("description")
    entries = TimeEntry.objects.alive().visible_to(request.user).filter(project=project).select_related("user", "task")
    found = list(tasks.order_by("position", "pk")[: SHORT_LIST + 1])
    context = {
        "project": project,
        "burn": burn(project, timezone.localdate()),
        "earned": None if project.earned_shown is None else Decimal(project.earned_shown) / 360_000,
        "tasks": found[:SHORT_LIST],
        "more_tasks": len(found) > SHORT_LIST,
        "entries": list(entries.order_by("-started_at", "-pk")[:SHORT_LIST]),
        "unused": not project.tracked_seconds and not found,  # the service looks closer
    }
    return render_page(request, "tracking/projects/page.html", context, partial="project")


@action
def project_archive(request: HttpRequest, pk: int, *, archived: bool) -> HttpResponse:
    project = get_project(request.user, pk, edit=True)
    was, back_to = project.status, memory_of(request, default={}).get("status", ProjectStatus.ACTIVE)
    archive_project(project=project, actor=request.user, archived=archived, back_to=back_to)
    text = _("Project “%(name)s” archived.") if archived else _("Project “%(name)s” is back.")
    undo_url = reverse("tracking:project-bring-back" if archived else "tracking:project-archive", args=[pk])
    undo_url += remembering({"status": was}) if archived else ""
    return changed(request, text % {"name": project}, url=reverse("tracking:project", args=[pk]), undo_url=undo_url)


@action
def project_delete(request: HttpRequest, pk: int) -> HttpResponse:
    project = get_project(request.user, pk, edit=True)
    delete_project(project=project, actor=request.user)
    text = _("Project “%(name)s” deleted.") % {"name": project}
    return redirect_with_toast(request, reverse("tracking:projects"), text)


@action
def project_favourite(request: HttpRequest, pk: int) -> HttpResponse:
    project = get_project(request.user, pk)
    project.is_favourite = not project.is_favourite
    set_favourite(project=project, user=request.user, favourite=project.is_favourite)
    if not request.htmx:
        return redirect_with_toast(request, reverse("tracking:project", args=[pk]), _("Saved."))
    return render_page(request, "tracking/projects/star.html", {"project": project})


@action
def projects_bulk(request: HttpRequest) -> HttpResponse:
    status, ids = request.POST.get("status") or request.GET.get("status"), selected_ids(request)
    before, was = memory_of(request, default={}), {}
    rows = Project.objects.visible_to(request.user).with_rights_for(request.user).filter(pk__in=ids)

    def write(project: Project) -> None:
        require_edit(project)
        old, to = project.status, before.get(str(project.pk), status)
        update_project(project=project, actor=request.user, status=to)
        was[str(project.pk)] = old

    outcome = apply_to_each(rows, ids, write)
    count = len(outcome.done)
    label = ProjectStatus(status).label if status in ProjectStatus.values else status
    text = ngettext("%(count)d project: %(status)s.", "%(count)d projects: %(status)s.", count)
    bring_back = f"{reverse('tracking:projects-bulk')}{remembering(was)}&status={ProjectStatus.ACTIVE}"
    return outcome.answer(
        request,
        text % {"count": count, "status": label},
        url=reverse("tracking:projects"),
        undo_url=bring_back if status == ProjectStatus.ARCHIVED else None,
    )
