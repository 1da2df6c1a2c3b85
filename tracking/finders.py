"""What the command palette finds in work and time, each as its list shows it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from timetracker.web.finders import LOOKED_AT, Finder, Found, register
from timetracker.web.templatetags.web import day_name
from tracking.models import Client, Project, Task, TimeEntry
from tracking.queries import (
    clients_named,
    entries_described,
    entries_of,
    open_tasks_of,
    pickable_projects,
    pickable_tasks,
    recent_projects,
)
from tracking.queries.search import TRIGRAM
from tracking.typed import offers, verb_of


def _project(project: Project) -> Found:
    client = project.client.name if project.client else ""
    url = reverse("tracking:project", args=[project.pk])
    return Found(key=f"project:{project.pk}", label=project.name, second=client, color=project.color, url=url)


def _task(task: Task) -> Found:
    url = reverse("tracking:task", args=[task.pk])
    return Found(key=f"task:{task.pk}", label=task.name, second=task.project.name, icon="check-circle", url=url)


def _client(client: Client) -> Found:
    url = reverse("tracking:client", args=[client.pk])
    return Found(key=f"client:{client.pk}", label=client.name, icon="building-office", url=url)


def _entry(viewer: User, entry: TimeEntry) -> Found:
    parts = [
        day_name(timezone.localtime(entry.started_at).date()),
        "" if entry.user_id == viewer.pk else str(entry.user),
        entry.project.name if entry.project else "",
    ]
    label = entry.description or (entry.task.name if entry.task else _("No description"))
    url = reverse("tracking:entry", args=[entry.pk])
    return Found(key=f"entry:{entry.pk}", label=label, second=" · ".join(filter(None, parts)), icon="clock", url=url)


def projects(user: User, text: str) -> Iterable[Found]:
    return map(_project, pickable_projects(user, text, LOOKED_AT))


def projects_again(user: User, numbers: Sequence[int]) -> Iterable[Found]:
    return map(_project, Project.objects.visible_to(user).select_related("client").filter(pk__in=numbers))


def projects_of_late(user: User) -> Iterable[Found]:
    return map(_project, recent_projects(user))


def tasks_to_do(user: User) -> Iterable[Found]:
    return map(_task, open_tasks_of(user))


def tasks(user: User, text: str) -> Iterable[Found]:
    return map(_task, pickable_tasks(user, text=text, limit=LOOKED_AT))


def tasks_again(user: User, numbers: Sequence[int]) -> Iterable[Found]:
    return map(_task, Task.objects.visible_to(user).select_related("project").filter(pk__in=numbers))


def clients(user: User, text: str) -> Iterable[Found]:
    return map(_client, clients_named(user, text, LOOKED_AT))


def clients_again(user: User, numbers: Sequence[int]) -> Iterable[Found]:
    return map(_client, Client.objects.visible_to(user).with_money_for(user).filter(pk__in=numbers))


def entries(user: User, text: str) -> Iterable[Found]:
    """Not for two letters, which no index helps to find, nor for a line that is to be done."""
    if len(text) < TRIGRAM or verb_of(text):
        return []
    return (_entry(user, entry) for entry in entries_described(user, text, LOOKED_AT // 2))


def entries_again(user: User, numbers: Sequence[int]) -> Iterable[Found]:
    known = entries_of(viewer=user, person=None).prefetch_related(None).filter(pk__in=numbers)
    return (_entry(user, entry) for entry in known)


register(
    Finder(kind="typed", label=gettext_lazy("As typed"), find=offers, acts=True),
    Finder(
        kind="project", label=gettext_lazy("Projects"), find=projects, recall=projects_again, latest=projects_of_late
    ),
    Finder(kind="task", label=gettext_lazy("Tasks"), find=tasks, recall=tasks_again, latest=tasks_to_do),
    Finder(kind="client", label=gettext_lazy("Clients"), find=clients, recall=clients_again),
    Finder(kind="entry", label=gettext_lazy("Entries"), find=entries, recall=entries_again),
)
