from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from timetracker.events.recording import record
from timetracker.live.push import push_after_commit
from timetracker.web.errors import Conflict
from tracking.choices import BudgetType, ProjectStatus
from tracking.events import ProjectArchived, ProjectChanged, ProjectCreated, ProjectDeleted
from tracking.models import Client, FavouriteProject, Project, ProjectMember
from tracking.queries import next_colour
from tracking.services.clients import default_currency
from tracking.services.rates import set_rate
from tracking.services.saving import apply_changes, locked


class ProjectFields(TypedDict, total=False):
    client: Client | None
    name: str
    code: str
    description: str
    color: str
    status: str
    starts_on: dt.date | None
    due_on: dt.date | None
    billable: bool
    budget_type: str
    budget_amount: Decimal | None
    currency: str
    is_public: bool


@transaction.atomic
def create_project(*, actor: User, hourly_rate: Decimal | None = None, **fields: Unpack[ProjectFields]) -> Project:
    """The author becomes the project's manager. Raises ValidationError by field."""
    fields.setdefault("color", next_colour())
    client = fields.get("client")
    if not fields.get("currency"):
        fields["currency"] = client.currency if client else default_currency()
    project = Project(**_whole_budget(fields))
    project.full_clean()
    project.save(force_insert=True)
    ProjectMember.objects.create(project=project, user=actor, is_manager=True)
    record(ProjectCreated.of(project), actor=actor, subject=project, project_id=project.pk)
    if hourly_rate is not None:
        set_rate(project=project, actor=actor, hourly_rate=hourly_rate)
    return project


@transaction.atomic
def update_project(
    *, project: Project, actor: User, version: int | None = None, **changes: Unpack[ProjectFields]
) -> Project:
    project = locked(Project.objects.select_related("client"), project.pk, version)
    if changes.get("currency", project.currency) != project.currency and _has_money(project):
        raise ValidationError({"currency": _("There are rates or earnings in this currency already.")})
    merged: ProjectFields = {"budget_type": project.budget_type, "budget_amount": project.budget_amount, **changes}
    difference = apply_changes(project, _whole_budget(merged))
    if difference:
        archived = "status" in difference and project.archived
        event = ProjectArchived if archived else ProjectChanged
        record(event.of(project), actor=actor, subject=project, project_id=project.pk)
    return project


def _has_money(project: Project) -> bool:
    return project.rates.exists() or project.entries.filter(rate__isnull=False).exists()


def _whole_budget(fields: ProjectFields) -> ProjectFields:
    if fields.get("budget_type", BudgetType.NONE) == BudgetType.NONE:
        return {**fields, "budget_type": BudgetType.NONE, "budget_amount": None}
    if not fields.get("budget_amount"):
        raise ValidationError({"budget_amount": _("How much is the budget?")})
    return fields


def archive_project(
    *, project: Project, actor: User, archived: bool = True, back_to: str = ProjectStatus.ACTIVE
) -> Project:
    """Archived: nothing can be booked, the history stays. Brought back, it is active, or as it was before."""
    status = ProjectStatus.ARCHIVED if archived else back_to
    if project.archived == archived:
        return project
    return update_project(project=project, actor=actor, status=status)


@transaction.atomic
def delete_project(*, project: Project, actor: User) -> None:
    """Only one without tasks and time; else it is archived."""
    project = locked(Project.objects.select_related("client"), project.pk)
    if project.tasks.exists() or project.entries.exists():
        raise Conflict(_("This project has tasks or time. Archive it instead."), code="in_use")
    record(ProjectDeleted.of(project), actor=actor, subject=project, project_id=project.pk)
    project.delete()


@transaction.atomic
def set_members(*, project: Project, actor: User, members: Iterable[User], managers: Iterable[User]) -> None:
    """Exactly these people. A manager is a member too; one manager at least remains."""
    project = locked(Project.objects.select_related("client"), project.pk)
    wanted = {user.pk: False for user in members} | {user.pk: True for user in managers}
    if not any(wanted.values()):
        raise ValidationError({"managers": _("A project needs a manager.")})
    project.memberships.exclude(user__in=wanted).delete()
    for user_id, is_manager in sorted(wanted.items()):
        ProjectMember.objects.update_or_create(project=project, user_id=user_id, defaults={"is_manager": is_manager})
    record(ProjectChanged.of(project), actor=actor, subject=project, project_id=project.pk)


@transaction.atomic
def set_member(*, project: Project, actor: User, user: User, is_manager: bool) -> None:
    """Lets a person in, or changes what they are there."""
    project = locked(Project.objects.select_related("client"), project.pk)
    if not user.is_active:
        raise ValidationError({"user": _("This person has left.")})
    ProjectMember.objects.update_or_create(project=project, user=user, defaults={"is_manager": is_manager})
    _require_a_manager(project)
    record(ProjectChanged.of(project), actor=actor, subject=project, project_id=project.pk)


@transaction.atomic
def remove_member(*, project: Project, actor: User, user: User) -> None:
    """The person's time on the project stays. One who was no member is no fault."""
    project = locked(Project.objects.select_related("client"), project.pk)
    gone, _rows = project.memberships.filter(user=user).delete()
    if not gone:
        return
    _require_a_manager(project)
    record(ProjectChanged.of(project), actor=actor, subject=project, project_id=project.pk)
    push_after_commit([user.pk], "work")


def _require_a_manager(project: Project) -> None:
    if not project.memberships.filter(is_manager=True).exists():
        raise ValidationError({"managers": _("A project needs a manager.")})


def set_favourite(*, project: Project, user: User, favourite: bool) -> None:
    """A person's own mark; nobody else is told."""
    if favourite:
        FavouriteProject.objects.get_or_create(project=project, user=user)
    else:
        FavouriteProject.objects.filter(project=project, user=user).delete()
