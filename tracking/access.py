"""Fetch and authorise in one step. What one may not see is not there (404); what one may only see is refused (403)."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accounts.models import User
from timetracker.web.errors import NotAllowed
from tracking.models import Batch, Client, Favourite, Project, Tag, Task, TimeEntry, TimeImport


def get_client(user: User, pk: int, *, edit: bool = False) -> Client:
    client = get_object_or_404(Client.objects.visible_to(user).with_money_for(user), pk=pk)
    if edit and not user.may_create_projects:
        raise NotAllowed(_("Only managers and administrators change clients."))
    return client


def get_project(user: User, pk: int, *, edit: bool = False) -> Project:
    project = get_object_or_404(Project.objects.visible_to(user).with_rights_for(user).select_related("client"), pk=pk)
    if edit:
        require_edit(project)
    return project


def require_edit(project: Project) -> None:
    """Of a project from `with_rights_for`."""
    if not project.may_edit:
        raise NotAllowed(_("Only the project's managers and administrators change it."))


def get_task(user: User, pk: int, *, delete: bool = False) -> Task:
    task = get_object_or_404(
        Task.objects.visible_to(user).with_rights_for(user).select_related("project__client", "assignee"), pk=pk
    )
    if delete:
        require_delete(task)
    return task


def require_delete(task: Task) -> None:
    """Of a task from `with_rights_for`. Archiving asks for the same right."""
    if not task.may_delete:
        raise NotAllowed(_("Only the project's managers and administrators delete or archive this task."))


def require_move(task: Task, project: Project) -> None:
    """Elsewhere, a task is gone for those who see it here: that asks for the right to delete it."""
    if project != task.project:
        require_delete(task)


def get_tag(user: User, pk: int) -> Tag:
    """Tags are everybody's."""
    return get_object_or_404(Tag, pk=pk)


def get_tag_to_manage(user: User, pk: int) -> Tag:
    require_manager(user)
    return get_object_or_404(Tag, pk=pk)


def get_entry(user: User, pk: int, *, edit: bool = False, deleted: bool = False) -> TimeEntry:
    """With `deleted`, one that may lie in the trash."""
    entries = TimeEntry.objects.all() if deleted else TimeEntry.objects.alive()
    entry = get_object_or_404(entries.visible_to(user).select_related("user", "project__client", "task"), pk=pk)
    if edit and entry.user_id != user.pk and not user.is_administrator:
        raise NotAllowed(_("Only its owner and administrators change an entry."))
    return entry


def get_entry_to_pin(user: User, pk: int) -> TimeEntry:
    """One's own: what others do often is no favourite of mine."""
    entries = TimeEntry.objects.alive().filter(user=user).select_related("project__client", "task")
    return get_object_or_404(entries, pk=pk)


def get_pin(user: User, pk: int) -> Favourite:
    """One's own, also for administrators."""
    return get_object_or_404(Favourite.objects.of(user), pk=pk)


def get_pin_to_restore(user: User, pk: int) -> Favourite:
    """One's own, unpinned or pinned again already."""
    return get_object_or_404(Favourite.objects.filter(user=user), pk=pk)


def get_person_to_log_for(user: User, pk: int) -> User:
    """Oneself, those one leads, everybody for an administrator."""
    return get_object_or_404(User.objects.with_time_visible_to(user), pk=pk)


def may_bill(user: User, entry: TimeEntry) -> bool:
    """Administrators, and the managers of the entry's project."""
    managers = entry.project.memberships.filter(is_manager=True) if entry.project else None
    return user.is_administrator or (managers is not None and managers.filter(user=user).exists())


def require_billing(user: User, entry: TimeEntry) -> None:
    if not may_bill(user, entry):
        raise NotAllowed(_("Only the project's managers and administrators mark time as billed."))


def get_batch(user: User, pk: int) -> Batch:
    return get_object_or_404(Batch.objects.undoable_by(user), pk=pk)


def get_import(user: User, pk: int) -> TimeImport:
    """One's own: the file may hold the time of people whom others do not see."""
    return get_object_or_404(TimeImport.objects.select_related("actor", "batch"), pk=pk, actor=user)


def require_manager(user: User) -> None:
    """Whoever may create clients and projects."""
    if not user.may_create_projects:
        raise NotAllowed(_("Only managers and administrators do this."))
