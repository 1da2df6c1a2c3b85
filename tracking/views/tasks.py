from __future__ import annotations

import datetime as dt

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_htmx.http import trigger_client_event

from timetracker.web.answers import action, memory_of, remembering
from timetracker.web.htmx import redirect_with_toast, render_page, toast
from timetracker.web.pagination import page_of
from tracking.access import get_task
from tracking.choices import Priority, TaskStatus
from tracking.forms.tasks import QuickTaskForm, TaskFilter, TaskForm
from tracking.models import Task, TimeEntry
from tracking.services.tasks import archive_task, create_task, delete_task, update_task
from tracking.services.timer import start_timer
from tracking.views.answers import changed

RECENT = 20
ROW = (
    "name", "status", "priority", "due_at", "archived_at", "estimated_hours", "tracked_seconds",
    "project__name", "project__color", "assignee__display_name", "assignee__username",
)  # fmt: skip
"""What a row of the list shows."""


@login_required
@require_safe
def task_list(request: HttpRequest) -> HttpResponse:
    listing = TaskFilter(request)
    tasks = Task.objects.visible_to(request.user).with_rights_for(request.user)
    tasks = tasks.select_related("project", "assignee").prefetch_related("tags")
    page = page_of(listing.apply(tasks.only(*ROW)), request)
    context = {
        "listing": listing,
        "page": page,
        "statuses": TaskStatus.choices,
        "priorities": Priority.choices,
        "project_id": listing.value("project"),
    }
    return render_page(request, "tracking/tasks/list.html", context, partial="table")


@login_required
def task_new(request: HttpRequest) -> HttpResponse:
    asked = {name: request.GET[name] for name in ("project", "status", "name") if name in request.GET}
    form = TaskForm(request.POST or None, user=request.user, initial=asked)
    if request.method == "POST" and form.is_valid() and (task := form.write(create_task, actor=request.user)):
        url = reverse("tracking:task", args=[task.pk])
        undo_url = reverse("tracking:task-archive", args=[task.pk])
        return changed(request, _("Task “%(name)s” created.") % {"name": task}, url=url, undo_url=undo_url)
    return _form(request, form, _("New task"))


@action
def task_quick(request: HttpRequest) -> HttpResponse:
    """The line at the top of the list: Enter adds, and it is ready for the next one."""
    form = QuickTaskForm(request.POST, user=request.user)
    listing = TaskFilter(request)
    context = {"listing": listing, "form": form, "project_id": form.data.get("project"), "ready": True}
    if not form.is_valid():
        return render_page(request, "tracking/tasks/list.html", context, partial="quick", status=422)
    task = create_task(actor=request.user, **form.cleaned_data)
    said, undo_url = _("Task “%(name)s” created.") % {"name": task}, reverse("tracking:task-archive", args=[task.pk])
    if not request.htmx:
        return redirect_with_toast(request, reverse("tracking:tasks"), said, undo_url=undo_url)
    response = render_page(request, "tracking/tasks/list.html", {**context, "form": None}, partial="quick")
    trigger_client_event(response, "workChanged", True)
    return toast(response, said, undo_url=undo_url)


@login_required
def task_edit(request: HttpRequest, pk: int) -> HttpResponse:
    task = get_task(request.user, pk)
    form = TaskForm(request.POST or None, instance=task, user=request.user)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        if saved := form.write(update_task, task=task, actor=request.user, version=version):
            url = reverse("tracking:task", args=[pk])
            return changed(request, _("Task “%(name)s” saved.") % {"name": saved}, url=url)
    return _form(request, form, _("Edit task"))


def _form(request: HttpRequest, form: TaskForm, title: str) -> HttpResponse:
    status = 422 if form.errors else 200
    context = {"form": form, "title": title}
    return render_page(request, "tracking/tasks/form.html", context, partial="form", status=status)


@login_required
@require_safe
def task_page(request: HttpRequest, pk: int) -> HttpResponse:
    task = get_task(request.user, pk)
    entries = TimeEntry.objects.alive().visible_to(request.user).filter(task=task).select_related("user", "task")
    found = list(entries.order_by("-started_at", "-pk")[: RECENT + 1])
    context = {
        "task": task,
        "tags": task.tags.all(),
        "entries": found[:RECENT],
        "more_entries": len(found) > RECENT,
        "recent": RECENT,
        "statuses": TaskStatus.choices,
    }
    return render_page(request, "tracking/tasks/page.html", context, partial="task")


@action
def task_status(request: HttpRequest, pk: int, *, status: str = "") -> HttpResponse:
    """One click to another status; the Undo puts the old one back."""
    task = get_task(request.user, pk)
    old, status = task.status, status or request.POST.get("status") or request.GET.get("status", "")
    was = memory_of(request, default={}).get(str(pk))
    memory = {str(pk): task.completed_at.isoformat()} if task.completed_at else {}
    finished = dt.datetime.fromisoformat(was) if was else None
    task = update_task(task=task, actor=request.user, status=status, finished_before=finished)
    text = _("“%(name)s”: %(status)s.") % {"name": task, "status": task.get_status_display()}
    undo = f"{reverse('tracking:task-status', args=[pk])}{remembering(memory)}&status={old}"
    undo_url = undo if old != task.status else None
    return changed(request, text, url=reverse("tracking:task", args=[pk]), undo_url=undo_url)


@action
def task_timer(request: HttpRequest, pk: int) -> HttpResponse:
    """From anywhere, such as a notification: the timer bar hears of it as every page does."""
    task = get_task(request.user, pk)
    start_timer(user=request.user, project=task.project, task=task)
    return changed(request, _("The timer is running."), url=reverse("tracking:task", args=[pk]))


@action
def task_archive(request: HttpRequest, pk: int, *, archived: bool) -> HttpResponse:
    task = archive_task(task=get_task(request.user, pk, delete=True), actor=request.user, archived=archived)
    text = _("Task “%(name)s” archived.") if archived else _("Task “%(name)s” is back.")
    undo_url = reverse("tracking:task-bring-back" if archived else "tracking:task-archive", args=[pk])
    return changed(request, text % {"name": task}, url=reverse("tracking:task", args=[pk]), undo_url=undo_url)


@action
def task_delete(request: HttpRequest, pk: int) -> HttpResponse:
    task = get_task(request.user, pk, delete=True)
    delete_task(task=task, actor=request.user)
    return redirect_with_toast(request, reverse("tracking:tasks"), _("Task “%(name)s” deleted.") % {"name": task})
