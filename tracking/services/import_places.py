"""Clients, projects, tasks and tags of an imported file by name: which there are, and which have to be made."""

from __future__ import annotations

from collections.abc import Iterable, Sized
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from timetracker.events.recording import bulk_work
from tracking.imports.rows import Place, Row
from tracking.models import Client, Project, Tag, Task
from tracking.services.clients import create_client
from tracking.services.projects import create_project
from tracking.services.tags import create_tag
from tracking.services.tasks import create_task


@dataclass(frozen=True, slots=True)
class Missing:
    """Names in the writing of the file. Of a project its client's too, of a task also its project's."""

    clients: list[str] = field(default_factory=list)
    projects: list[tuple[str, str]] = field(default_factory=list)
    tasks: list[Place] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        found: dict[str, Sized] = {
            "clients": self.clients, "projects": self.projects, "tasks": self.tasks, "tags": self.tags
        }  # fmt: skip
        return {what: len(names) for what, names in found.items() if names}


class Places:
    def __init__(self, actor: User) -> None:
        self.actor = actor
        self.clients = {client.name.lower(): client for client in Client.objects.all()}
        self.tags = {tag.name.lower(): tag for tag in Tag.objects.all()}
        self.projects: dict[tuple[str, str], Project] = {}
        self.by_name: dict[str, list[Project]] = {}
        for project in Project.objects.select_related("client"):
            self._know(project)
        # Of two tasks of one name the older one, and one that is archived last.
        tasks = sorted(
            Task.objects.only("pk", "name", "project", "archived_at"), key=lambda one: (one.archived, one.pk)
        )
        self.tasks = {(task.project_id, task.name.lower()): task for task in reversed(tasks)}
        self._visible: dict[int, set[int]] = {}
        self._wanted: dict[Place, Place] = {}
        self._wanted_tags: dict[str, str] = {}
        self._fine: set[tuple[Place, int]] = set()
        self._fine_tags: set[str] = set()

    def _know(self, project: Project) -> None:
        self.projects[project.client.name.lower() if project.client else "", project.name.lower()] = project
        self.by_name.setdefault(project.name.lower(), []).append(project)

    # ── What there is ────────────────────────────────────────────────────────
    def project(self, client: str, name: str) -> Project | None:
        """Of this client; of any, where the file names none and just one has this name."""
        found = self.projects.get((client.lower(), name.lower()))
        of_any = self.by_name.get(name.lower(), [])
        return of_any[0] if found is None and not client and len(of_any) == 1 else found

    def task(self, project: Project | None, name: str) -> Task | None:
        return self.tasks.get((project.pk, name.lower())) if project and name else None

    # ── What a row may name ──────────────────────────────────────────────────
    def check(self, row: Row, user: User) -> None:
        """Raises ValidationError where an entry of `user` cannot have this row's project, task and tags."""
        key = (row.place, user.pk)
        if key not in self._fine:
            self._check_place(row, user)
            self._fine.add(key)
        for name in row.tags:
            if name not in self._fine_tags:
                _check_name(Tag(name=tag_name(name)))
                self._fine_tags.add(name)

    def _check_place(self, row: Row, user: User) -> None:
        if not row.project:
            if row.task:
                raise ValidationError(_("It names a task, but no project."))
            return
        project = self.project(row.client, row.project)
        if project is None:
            self._check_new(row, user)
        elif not self._sees(user, project):
            raise _no_project(row, user)
        elif not project.bookable:
            raise ValidationError(_("The project %(project)s is closed.") % {"project": project})
        task = self.task(project, row.task)
        if task is not None and task.archived:
            raise ValidationError(_("The task %(task)s is archived.") % {"task": task.name})
        if row.task:
            _check_name(Task(name=row.task))

    def _check_new(self, row: Row, user: User) -> None:
        if not self.actor.may_create_projects:
            raise _no_project(row, user)
        _check_name(Project(name=row.project))
        if row.client:
            _check_name(Client(name=row.client))

    def _sees(self, user: User, project: Project) -> bool:
        if user.pk not in self._visible:
            self._visible[user.pk] = set(Project.objects.visible_to(user).values_list("pk", flat=True))
        return project.pk in self._visible[user.pk]

    # ── What has to be made ──────────────────────────────────────────────────
    def want(self, row: Row) -> None:
        for name in row.tags:
            self._wanted_tags.setdefault(tag_name(name).lower(), tag_name(name))
        if row.project:
            client, project, task = row.place
            self._wanted.setdefault((client.lower(), project.lower(), task.lower()), row.place)

    def missing(self) -> Missing:
        clients: dict[str, str] = {}
        projects: dict[tuple[str, str], tuple[str, str]] = {}
        tasks = []
        for client, name, task in self._wanted.values():
            project = self.project(client, name)
            if project is None:
                projects.setdefault((client.lower(), name.lower()), (client, name))
                if client and client.lower() not in self.clients:
                    clients.setdefault(client.lower(), client)
            if task and self.task(project, task) is None:
                tasks.append((client, name, task))
        tags = [name for key, name in self._wanted_tags.items() if key not in self.tags]
        return Missing(list(clients.values()), list(projects.values()), tasks, tags)

    @transaction.atomic
    @bulk_work()
    def make(self, missing: Missing) -> None:
        """As far as nobody has made it meanwhile."""
        for name in missing.clients:
            if name.lower() not in self.clients:
                self.clients[name.lower()] = create_client(actor=self.actor, name=name)
        for client, name in missing.projects:
            if self.project(client, name) is None:
                self._know(create_project(actor=self.actor, name=name, client=self.clients.get(client.lower())))
        for client, name, task in missing.tasks:
            project = self.project(client, name)
            assert project is not None  # just made, or it was there
            if self.task(project, task) is None:
                self.tasks[project.pk, task.lower()] = create_task(actor=self.actor, project=project, name=task)
        for name in missing.tags:
            if name.lower() not in self.tags:
                self.tags[name.lower()] = create_tag(actor=self.actor, name=name)

    def tags_of(self, rows: Iterable[Row]) -> list[Tag]:
        keys = {tag_name(name).lower() for row in rows for name in row.tags}
        return [self.tags[key] for key in keys]


def tag_name(name: str) -> str:
    return name.removeprefix("#").strip()


def _no_project(row: Row, user: User) -> ValidationError:
    text = _("There is no project %(project)s for %(person)s.")
    return ValidationError(text % {"project": row.project, "person": user})


def _check_name(model: Client | Project | Task | Tag) -> None:
    model.clean_fields(exclude=[field.name for field in model._meta.fields if field.name != "name"])
