"""Ready rules to begin with. Each opens in the builder; nothing is saved before a person does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workflows.document import Document
from workflows.recurrence import is_clock

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Ready:
    slug: str
    name: StrOrPromise
    text: StrOrPromise
    """What it is good for, in a line."""
    icon: str
    trigger: str
    actions: tuple[dict[str, Any], ...]
    conditions: tuple[dict[str, Any], ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)

    def filled(self, at: str = "") -> Document:
        """In the language of whoever looks. `at` is another time of day for one that goes by the clock."""
        other = {"at": at} if "at" in self.options and is_clock(at) else {}
        other = {"at": at} if "at" in self.options and is_clock(at) else {}
        return {
            "name": str(self.name),
            "trigger": {"type": self.trigger, **self.options, **other},
            "conditions": [_in_words(one) for one in self.conditions],
            "actions": [_in_words(one) for one in self.actions],
        }


def _in_words(node: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, Promise) else value for name, value in node.items()}


def condition(name: str, operator: str, value: Any = None) -> dict[str, Any]:
    node = {"field": name, "operator": operator}
    return node if value is None else node | {"value": value}


_READY = (
    Ready(
        "log-completed",
        _("Log what was estimated"),
        _("A task of yours that is completed becomes a time entry, as long as was estimated."),
        "clock",
        "task_completed",
        (
            {
                "type": "log_time",
                "project_id": "{{ task.project_id }}",
                "task_id": "{{ task.id }}",
                "duration": "{{ task.estimated_hours }}",
                "notes": _("Logged by a rule on completion"),
            },
        ),
        (
            condition("estimated_hours", ">", 0),
            {"any": [condition("assignee_id", "=", "{{ me.id }}"), condition("assignee_id", "is_empty")]},
        ),
    ),
    Ready(
        "deadline-reminder",
        _("Deadline reminder"),
        _("Tells you a day before a task is due."),
        "bell-alert",
        "deadline_approaching",
        (
            {
                "type": "send_notification",
                "title": _("Deadline ahead"),
                "message": _("{{ task.name }} is due in {{ hours_until_deadline }} hours"),
                "priority": "high",
            },
        ),
        (condition("hours_until_deadline", "<=", 24),),
    ),
    Ready(
        "start-with-task",
        _("Start the timer with the task"),
        _("Whenever you move a task to “In progress”, you are already tracking it."),
        "play",
        "task_status_change",
        ({"type": "start_timer", "task_id": "{{ task.id }}", "description": "{{ task.name }}"},),
        (condition("status", "=", "in_progress"), condition("actor.id", "=", "{{ me.id }}")),
    ),
    Ready(
        "stop-with-task",
        _("Stop the timer with the task"),
        _("Your timer stops when the task that it runs on is completed."),
        "stop",
        "task_completed",
        ({"type": "stop_timer", "task_id": "{{ task.id }}"},),
    ),
    Ready(
        "long-entries",
        _("Mark long entries"),
        _("An entry of more than eight hours gets a tag, so that somebody looks at it."),
        "tag",
        "time_logged",
        ({"type": "add_tag", "tag": _("check")},),
        (condition("hours", ">", 8),),
    ),
    Ready(
        "no-project",
        _("Ask what it was for"),
        _("A timer that stops without a project reminds you to choose one."),
        "question-mark-circle",
        "timer_stopped",
        (
            {
                "type": "send_notification",
                "title": _("What were these {{ hours }} hours for?"),
                "message": _("“{{ description }}” has no project yet."),
                "url": "/entries/",
            },
        ),
        (condition("project_id", "is_empty"), condition("hours", ">", 0.1)),
    ),
    Ready(
        "over-estimate",
        _("Longer than estimated"),
        _("Tells you when a task took more than its estimate, so that the next one is better."),
        "scale",
        "task_completed",
        (
            {
                "type": "send_notification",
                "title": _("{{ task.name }} took {{ tracked_hours }} hours"),
                "message": _("Estimated were {{ estimated_hours }}."),
            },
        ),
        (condition("estimated_hours", "is_not_empty"), condition("tracked_hours", ">", "{{ estimated_hours }}")),
    ),
    Ready(
        "urgent-by-mail",
        _("Urgent tasks by e-mail"),
        _("What is urgent reaches you where you are."),
        "envelope",
        "task_created",
        (
            {
                "type": "send_email",
                "subject": _("Urgent: {{ task.name }}"),
                "message": _("{{ actor.name }} made this task in {{ project.name }}."),
            },
        ),
        (condition("priority", "=", "urgent"),),
    ),
    Ready(
        "kick-off",
        _("Begin projects with a task"),
        _("Every new project gets its kick-off."),
        "rocket-launch",
        "project_created",
        ({"type": "create_task", "name": _("Kick-off for {{ project.name }}"), "project_id": "{{ project.id }}"},),
    ),
    Ready(
        "review-task",
        _("Ask for a review"),
        _("A task that goes to review brings a task for whoever reviews."),
        "eye",
        "task_status_change",
        (
            {
                "type": "create_task",
                "name": _("Review: {{ task.name }}"),
                "project_id": "{{ project.id }}",
                "priority": "high",
            },
        ),
        (condition("status", "=", "review"),),
    ),
    Ready(
        "no-estimate",
        _("Ask for an estimate"),
        _("A task that is assigned without an estimate asks for one."),
        "calculator",
        "task_assigned",
        (
            {
                "type": "send_notification",
                "title": _("How long will {{ task.name }} take?"),
                "message": _("It has no estimate yet."),
                "url": "/tasks/{{ task.id }}/",
            },
        ),
        (condition("estimated_hours", "is_empty"),),
    ),
    Ready(
        "reopened",
        _("Reopened tasks"),
        _("Tells you when what was done is open again."),
        "arrow-uturn-left",
        "task_status_change",
        (
            {
                "type": "send_notification",
                "title": _("{{ task.name }} is open again"),
                "message": _("{{ actor.name }} changed it."),
                "kind": "warning",
            },
        ),
        (condition("old_status", "=", "done"),),
    ),
    Ready(
        "budget-nearly-used",
        _("Budget nearly used"),
        _("Tells whoever manages a project when nine tenths of its budget are gone."),
        "banknotes",
        "budget_threshold",
        (
            {
                "type": "send_notification",
                "title": _("{{ percent }} percent of the budget of {{ project.name }} are used"),
                "url": "/projects/{{ project.id }}/",
                "priority": "high",
            },
        ),
        (condition("threshold", ">=", 90),),
    ),
    Ready(
        "tell-another",
        _("Tell another program"),
        _("Sends every completed task to an address of yours, signed."),
        "paper-airplane",
        "task_completed",
        ({"type": "send_webhook", "url": "https://example.com/webhook", "message": _("{{ task.name }} is done")},),
    ),
    Ready(
        "plan-the-week",
        _("Plan the week"),
        _("Monday morning, before everything else."),
        "calendar-days",
        "schedule",
        (
            {
                "type": "send_notification",
                "title": _("What is this week about?"),
                "message": _("Look at your tasks and set their dates."),
                "url": "/tasks/",
            },
        ),
        options={"every": "week", "days": ["mon"], "at": "09:00"},
    ),
    Ready(
        "focus-time",
        _("Time for one thing"),
        _("On working days, when your best hours begin."),
        "light-bulb",
        "schedule",
        (
            {
                "type": "send_notification",
                "title": _("Time for one thing at a time"),
                "message": _("What deserves the next hours?"),
                "url": "/tasks/",
            },
        ),
        options={"every": "week", "days": ["mon", "tue", "wed", "thu", "fri"], "at": "09:00"},
    ),
    Ready(
        "small-things",
        _("Small things together"),
        _("On working days in the afternoon, instead of in between."),
        "queue-list",
        "schedule",
        (
            {
                "type": "send_notification",
                "title": _("Time for the small things"),
                "message": _("Mail, reviews, questions: one after the other, and then no more."),
                "url": "/tasks/",
            },
        ),
        options={"every": "week", "days": ["mon", "tue", "wed", "thu", "fri"], "at": "15:30"},
    ),
    Ready(
        "fewer-meetings",
        _("Which meetings?"),
        _("Asks you once a week which meetings you could leave out."),
        "user-group",
        "schedule",
        (
            {
                "type": "send_notification",
                "title": _("Which meetings of this week can you leave out?"),
                "message": _("They have taken more of your time than before."),
                "url": "/entries/",
            },
        ),
        options={"every": "week", "days": ["mon"], "at": "08:30"},
    ),
    Ready(
        "evening-stop",
        _("Stop a forgotten timer"),
        _("Your timer does not run through the night."),
        "moon",
        "schedule",
        ({"type": "stop_timer"},),
        options={"every": "day", "at": "20:00"},
    ),
)


def ready_rules() -> Iterable[Ready]:
    return _READY


def get_ready(slug: str) -> Ready:
    found = next((one for one in _READY if one.slug == slug), None)
    if found is None:
        raise Http404
    return found
