"""Projects, tasks and tags to book on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db.models import Case, Count, Exists, F, IntegerField, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils import timezone

from accounts.models import User
from timetracker.web.palette import COLOURS
from tracking.models import Client, FavouriteProject, Project, Tag, Task, TimeEntry


def pickable_projects(user: User, text: str = "", limit: int = 20) -> QuerySet[Project]:
    """Projects to book on: favourites first, then where one worked last, then by name."""
    favourite = FavouriteProject.objects.filter(project=OuterRef("pk"), user=user)
    projects = Project.objects.visible_to(user).open().select_related("client")
    if text:
        matches = Q(name__icontains=text) | Q(code__istartswith=text) | Q(client__name__icontains=text)
        projects = projects.filter(matches)
    recent = list(
        TimeEntry.objects.alive()
        .filter(user=user, project__isnull=False)
        .order_by("-started_at")
        .values_list("project_id", flat=True)[:50]
    )
    order = [When(pk=pk, then=Value(place)) for place, pk in enumerate(dict.fromkeys(recent))]
    rank = Case(*order, default=Value(99), output_field=IntegerField()) if order else Value(99)
    return projects.annotate(is_favourite=Exists(favourite), rank=rank).order_by("-is_favourite", "rank", "name", "pk")[
        :limit
    ]


def pickable_tasks(user: User, project: Project | None = None, text: str = "", limit: int = 20) -> QuerySet[Task]:
    """Open tasks to book on, one's own first."""
    tasks = Task.objects.visible_to(user).open().select_related("project__client")
    if project is not None:
        tasks = tasks.filter(project=project)
    if text and project is None:
        of_project = Q(project__name__icontains=text) | Q(project__code__istartswith=text)
        tasks = tasks.filter(Q(name__icontains=text) | of_project)
    elif text:
        tasks = tasks.filter(name__icontains=text)
    mine = Case(When(assignee=user, then=Value(0)), default=Value(1), output_field=IntegerField())
    return tasks.annotate(not_mine=mine).order_by("not_mine", "-pk")[:limit]


def projects_beginning(user: User, text: str, limit: int = 50) -> QuerySet[Project]:
    """Projects to book on whose name, or their client's, begins with `text`, or that have it as their code."""
    begins = Q(name__istartswith=text) | Q(code__iexact=text) | Q(client__name__istartswith=text)
    projects = Project.objects.visible_to(user).open().select_related("client")
    return projects.filter(begins).order_by("name", "pk")[:limit]


def tasks_beginning(user: User, text: str, limit: int = 50) -> QuerySet[Task]:
    tasks = Task.objects.visible_to(user).open().select_related("project__client")
    return tasks.filter(name__istartswith=text).order_by("name", "pk")[:limit]


def clients_named(user: User, text: str, limit: int = 20) -> QuerySet[Client]:
    clients = Client.objects.visible_to(user).filter(archived_at=None, name__icontains=text)
    return clients.with_money_for(user).order_by("name", "pk")[:limit]


def open_tasks_of(user: User, limit: int = 6) -> QuerySet[Task]:
    """What is assigned to `user` and open, the first due first, then the newest."""
    tasks = Task.objects.visible_to(user).open().filter(assignee=user).select_related("project__client")
    return tasks.order_by(F("due_at").asc(nulls_last=True), "-pk")[:limit]


def tasks_due(user: User, *, whose: Collection[int] = (), project: Project | None = None) -> QuerySet[Task]:
    """Open tasks with a due date that `user` may see, the first due on top: of all people, or of `whose`."""
    tasks = Task.objects.visible_to(user).open().filter(due_at__isnull=False)
    if whose:
        tasks = tasks.filter(assignee__in=whose)
    if project is not None:
        tasks = tasks.filter(project=project)
    return tasks.select_related("project__client", "assignee").order_by("due_at", "pk")


def pickable_tags(text: str = "", limit: int = 20) -> QuerySet[Tag]:
    tags = Tag.objects.filter(archived_at=None)
    if text:
        tags = tags.filter(name__icontains=text)
    return tags.order_by("name")[:limit]


def next_colour() -> str:
    """What the fewest open projects have, so that a new one is told apart."""
    used = dict(Project.objects.open().order_by().values_list("color").annotate(Count("pk")))
    return min((name for name, _label in COLOURS), key=lambda name: used.get(name, 0))


def recent_projects(user: User, limit: int = 5) -> list[Project]:
    """Where `user` worked last, of what they still see. One statement."""
    since = timezone.now() - dt.timedelta(days=90)
    mine = TimeEntry.objects.alive().filter(user=user, project__isnull=False, started_at__gte=since)
    latest = mine.values("project").annotate(last=Max("started_at")).order_by("-last").values("project")[: limit * 2]
    # Of those few, the newest entry is near the end of the person's own, where it is looked for.
    newest = mine.filter(project=OuterRef("pk")).order_by("-started_at").values("started_at")[:1]
    projects = Project.objects.visible_to(user).open().select_related("client").filter(pk__in=latest)
    return list(projects.annotate(last=Subquery(newest)).order_by("-last", "pk")[:limit])
