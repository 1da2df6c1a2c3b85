"""What the timer bar and the forms suggest while somebody types, and what they create in place."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from tracking.access import require_manager
from tracking.forms.booking import Work
from tracking.models import Tag, TimeEntry
from tracking.queries import pickable_projects, pickable_tags, pickable_tasks, suggestions
from tracking.services.projects import create_project
from tracking.services.tags import create_tag

OPTIONS = "tracking/timer/options.html"


@login_required
@require_GET
def suggest(request: HttpRequest, kind: str = "") -> HttpResponse:
    """`<li role="option">`s: earlier descriptions, or with a kind projects and tasks (`work`) or one of the others."""
    text = request.GET.get("q", "").strip()[:100]
    match kind or request.GET.get("kind", ""):
        case "":
            context = {"entries": [(entry, _open_work(entry)) for entry in suggestions(request.user, text)]}
        case "work":
            context = _work(request.user, text)
        case "project":
            context = {"projects": pickable_projects(request.user, text, 12), "field": "project"}
        case "task":
            context = {"works": _tasks(request.user, text), "field": "task"}
        case "tags":
            context = {"tags": pickable_tags(text, 12), "new_tag": _new_tag(text), "field": "tags"}
        case "tag":
            context = {"tags": pickable_tags(text, 12), "field": "tag"}
        case _:
            raise Http404
    return render(request, OPTIONS, context)


def _open_work(entry: TimeEntry) -> Work:
    """What the entry was booked on, as far as that can still be booked on."""
    task = entry.task if entry.task and not entry.task.archived else None
    return Work(entry.project, task) if entry.project and entry.project.bookable else Work()


def _work(user: User, text: str) -> dict[str, object]:
    projects = list(pickable_projects(user, text, 6))
    tasks = _tasks(user, text)
    taken = any(project.name.casefold() == text.casefold() for project in projects)
    new = text if text and not taken and user.may_create_projects else ""
    return {"works": [*(Work(project) for project in projects), *tasks], "new_project": new}


def _tasks(user: User, text: str) -> list[Work]:
    return [Work(task.project, task) for task in pickable_tasks(user, text=text, limit=8)]


def _new_tag(text: str) -> str:
    """The name of the tag that could be made of `text`, if it is one and there is none yet."""
    name = text.removeprefix("#")
    try:
        Tag(name=name).clean_fields()
    except ValidationError:
        return ""
    return "" if Tag.objects.filter(name__iexact=name).exists() else name


@login_required
@require_POST
def new_project(request: HttpRequest) -> HttpResponse:
    require_manager(request.user)
    try:
        project = create_project(actor=request.user, name=request.POST.get("name", "").strip())
    except ValidationError as error:
        return HttpResponse(" ".join(error.messages), status=422, content_type="text/plain")
    return render(request, OPTIONS, {"picked": Work(project)})


@login_required
@require_POST
def new_tag(request: HttpRequest) -> HttpResponse:
    try:
        tag = create_tag(name=request.POST.get("name", ""), actor=request.user)
    except ValidationError as error:
        return HttpResponse(" ".join(error.messages), status=422, content_type="text/plain")
    return render(request, OPTIONS, {"picked_tag": tag})
