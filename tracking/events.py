"""What happens in tracking. Field names are public: rules, webhooks and scripts read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from django.utils.translation import gettext_lazy as _

from timetracker.events.registry import event_type
from tracking.models import Client, Project, Tag, Task, TimeEntry


def _moment(value: object) -> str | None:
    return None if value is None else value.isoformat()  # type: ignore[attr-defined]


# ── Time entries ─────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPayload:
    id: int
    user_id: int
    user_name: str
    description: str
    project_id: int | None
    project_name: str
    task_id: int | None
    task_name: str
    billable: bool
    started_at: str
    ended_at: str | None
    seconds: int | None
    hours: float | None
    source: str

    @classmethod
    def of(cls, entry: TimeEntry, **more: object) -> Self:
        return cls(
            id=entry.pk,
            user_id=entry.user_id,
            user_name=str(entry.user),
            description=entry.description,
            project_id=entry.project_id,
            project_name=entry.project.name if entry.project else "",
            task_id=entry.task_id,
            task_name=entry.task.name if entry.task else "",
            billable=entry.billable,
            started_at=entry.started_at.isoformat(),
            ended_at=_moment(entry.ended_at),
            seconds=entry.seconds,
            hours=None if entry.seconds is None else round(entry.seconds / 3600, 4),
            source=entry.source,
            **more,
        )


@event_type("timer_started", label=_("Timer started"), sentence=_("started the timer: {what}"), subject="entry")
@dataclass(frozen=True, slots=True, kw_only=True)
class TimerStarted(EntryPayload):
    pass


@event_type("timer_stopped", label=_("Timer stopped"), sentence=_("stopped the timer: {what}"), subject="entry")
@dataclass(frozen=True, slots=True, kw_only=True)
class TimerStopped(EntryPayload):
    pass


@event_type("timer_paused", label=_("Timer paused"), sentence=_("paused the timer: {what}"), subject="entry")
@dataclass(frozen=True, slots=True, kw_only=True)
class TimerPaused(EntryPayload):
    pass


@event_type("timer_resumed", label=_("Timer resumed"), sentence=_("resumed the timer: {what}"), subject="entry")
@dataclass(frozen=True, slots=True, kw_only=True)
class TimerResumed(EntryPayload):
    pass


@event_type("timer_discarded", label=_("Timer discarded"), sentence=_("discarded the timer: {what}"), subject="entry")
@dataclass(frozen=True, slots=True, kw_only=True)
class TimerDiscarded(EntryPayload):
    pass


@event_type("time_logged", label=_("Time logged"), sentence=_("logged time: {what}"), subject="entry")
@dataclass(frozen=True, slots=True, kw_only=True)
class TimeLogged(EntryPayload):
    pass


@event_type("entry_changed", label=_("Entry changed"), sentence=_("changed an entry: {what}"), subject="entry")
@dataclass(frozen=True, slots=True, kw_only=True)
class EntryChanged(EntryPayload):
    changes: dict[str, list[object]]
    """Field to [old, new], as JSON."""


@event_type("entry_deleted", label=_("Entry deleted"), sentence=_("deleted an entry: {what}"), subject="entry")
@dataclass(frozen=True, slots=True, kw_only=True)
class EntryDeleted(EntryPayload):
    pass


@event_type("entry_restored", label=_("Entry restored"), sentence=_("restored an entry: {what}"), subject="entry")
@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRestored(EntryPayload):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPayload:
    id: int
    """Of the batch, which can be undone."""
    entries: int
    hours: float
    people: int


@event_type("time_imported", label=_("Time imported"), sentence=_("imported time: {entries} entries"), subject="import")
@dataclass(frozen=True, slots=True, kw_only=True)
class TimeImported(ImportPayload):
    pass


@event_type(
    "import_undone", label=_("Import undone"), sentence=_("undid an import: {entries} entries"), subject="import"
)
@dataclass(frozen=True, slots=True, kw_only=True)
class ImportUndone(ImportPayload):
    pass


@event_type(
    "import_brought_back",
    label=_("Import brought back"),
    sentence=_("brought an import back: {entries} entries"),
    subject="import",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class ImportBroughtBack(ImportPayload):
    pass


# ── Tasks ────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True, kw_only=True)
class TaskPayload:
    id: int
    name: str
    project_id: int
    project_name: str
    client_id: int | None
    status: str
    priority: str
    assignee_id: int | None
    assignee_name: str
    due_at: str | None
    estimated_hours: float | None
    complexity: int | None
    tracked_seconds: int
    tracked_hours: float

    @classmethod
    def of(cls, task: Task, **more: object) -> Self:
        return cls(
            id=task.pk,
            name=task.name,
            project_id=task.project_id,
            project_name=task.project.name,
            client_id=task.project.client_id,
            status=task.status,
            priority=task.priority,
            assignee_id=task.assignee_id,
            assignee_name=str(task.assignee) if task.assignee else "",
            due_at=_moment(task.due_at),
            estimated_hours=None if task.estimated_hours is None else float(task.estimated_hours),
            complexity=task.complexity,
            tracked_seconds=task.tracked_seconds,
            tracked_hours=round(task.tracked_seconds / 3600, 4),
            **more,
        )


@event_type("task_created", label=_("Task created"), sentence=_("created the task {name}"), subject="task")
@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCreated(TaskPayload):
    pass


@event_type("task_changed", label=_("Task changed"), sentence=_("changed the task {name}"), subject="task")
@dataclass(frozen=True, slots=True, kw_only=True)
class TaskChanged(TaskPayload):
    changes: dict[str, list[object]]
    """Field to [old, new], as JSON."""


@event_type(
    "task_status_change", label=_("Task status changed"), sentence=_("moved {name} to {status_label}"), subject="task"
)
@dataclass(frozen=True, slots=True, kw_only=True)
class TaskStatusChange(TaskPayload):
    old_status: str


@event_type("task_completed", label=_("Task completed"), sentence=_("finished {name}"), subject="task")
@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCompleted(TaskPayload):
    in_bulk: bool
    """One of many whose status was set at once."""


@event_type("task_assigned", label=_("Task assigned"), sentence=_("assigned {name} to {assignee_name}"), subject="task")
@dataclass(frozen=True, slots=True, kw_only=True)
class TaskAssigned(TaskPayload):
    old_assignee_id: int | None


@event_type(
    "deadline_approaching",
    label=_("Deadline is approaching"),
    sentence=_("reminds: {name} is due in {hours_until_deadline} hours"),
    subject="task",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineApproaching(TaskPayload):
    hours_until_deadline: float
    threshold_hours: int
    """Which threshold was passed: 72, 24 or 1."""


@event_type("task_archived", label=_("Task archived"), sentence=_("archived the task {name}"), subject="task")
@dataclass(frozen=True, slots=True, kw_only=True)
class TaskArchived(TaskPayload):
    pass


@event_type("task_unarchived", label=_("Task brought back"), sentence=_("brought back the task {name}"), subject="task")
@dataclass(frozen=True, slots=True, kw_only=True)
class TaskUnarchived(TaskPayload):
    pass


@event_type("task_deleted", label=_("Task deleted"), sentence=_("deleted the task {name}"), subject="task")
@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDeleted(TaskPayload):
    pass


# ── Projects, clients, tags ──────────────────────────────────────────────────
@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectPayload:
    id: int
    name: str
    code: str
    client_id: int | None
    client_name: str
    status: str
    is_public: bool
    due_on: str | None

    @classmethod
    def of(cls, project: Project, **more: object) -> Self:
        return cls(
            id=project.pk,
            name=project.name,
            code=project.code,
            client_id=project.client_id,
            client_name=project.client.name if project.client else "",
            status=project.status,
            is_public=project.is_public,
            due_on=_moment(project.due_on),
            **more,
        )


@event_type("project_created", label=_("Project created"), sentence=_("created the project {name}"), subject="project")
@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectCreated(ProjectPayload):
    pass


@event_type("project_changed", label=_("Project changed"), sentence=_("changed the project {name}"), subject="project")
@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectChanged(ProjectPayload):
    pass


@event_type(
    "project_archived", label=_("Project archived"), sentence=_("archived the project {name}"), subject="project"
)
@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectArchived(ProjectPayload):
    pass


@event_type("project_deleted", label=_("Project deleted"), sentence=_("deleted the project {name}"), subject="project")
@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectDeleted(ProjectPayload):
    pass


@event_type(
    "budget_threshold",
    label=_("Budget is nearly used"),
    sentence=_("tells: {percent} percent of the budget of {name} are used"),
    subject="project",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetThreshold(ProjectPayload):
    """No amounts. Of a budget in money it is only for those who may know it: see `tells_of_money`."""

    percent: int
    """Rounded down; over 100 where more is used than there is."""
    threshold: int
    """Which was passed: 75, 90 or 100."""
    budget_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientPayload:
    id: int
    name: str
    archived: bool

    @classmethod
    def of(cls, client: Client) -> Self:
        return cls(id=client.pk, name=client.name, archived=client.archived)


@event_type("client_created", label=_("Client created"), sentence=_("created the client {name}"), subject="client")
@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCreated(ClientPayload):
    pass


@event_type("client_changed", label=_("Client changed"), sentence=_("changed the client {name}"), subject="client")
@dataclass(frozen=True, slots=True, kw_only=True)
class ClientChanged(ClientPayload):
    pass


@event_type("client_deleted", label=_("Client deleted"), sentence=_("deleted the client {name}"), subject="client")
@dataclass(frozen=True, slots=True, kw_only=True)
class ClientDeleted(ClientPayload):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class TagPayload:
    id: int
    name: str
    meeting: bool
    """It counts as a meeting."""

    @classmethod
    def of(cls, tag: Tag) -> Self:
        return cls(id=tag.pk, name=tag.name, meeting=tag.meeting)


@event_type("tag_created", label=_("Tag created"), sentence=_("created the tag #{name}"), subject="tag")
@dataclass(frozen=True, slots=True, kw_only=True)
class TagCreated(TagPayload):
    pass


@event_type("tag_changed", label=_("Tag changed"), sentence=_("changed the tag #{name}"), subject="tag")
@dataclass(frozen=True, slots=True, kw_only=True)
class TagChanged(TagPayload):
    pass


@event_type("tag_deleted", label=_("Tag deleted"), sentence=_("deleted the tag #{name}"), subject="tag")
@dataclass(frozen=True, slots=True, kw_only=True)
class TagDeleted(TagPayload):
    pass


@event_type(
    "demo_data_loaded", label=_("Demo data loaded"), sentence=_("loaded demo data: {entries} entries"), subject="demo"
)
@dataclass(frozen=True, slots=True, kw_only=True)
class DemoDataLoaded:
    people: int
    projects: int
    tasks: int
    entries: int
