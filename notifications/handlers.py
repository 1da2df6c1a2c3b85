"""What notifications does when something has happened: who is told, and in which words. The work is in the services."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import User
from notifications import categories
from notifications.choices import Priority, Type
from notifications.services.achievements import count_task, count_time, take_back_task, take_back_time
from notifications.services.asking import tell_budget
from notifications.services.mailing import mail
from notifications.services.pushing import push as push_out
from notifications.services.reminding import tell, tell_deadline
from notifications.services.scheduling import follow_time_zone, tell_due
from notifications.services.sending import notify
from notifications.services.triggers import BY_HAND, PLANNED_BY, follow_timer, plan, withdraw_of
from notifications.week_in_words import projects_in_words, week_in_words
from timetracker.events.models import Event
from timetracker.events.registry import Kind, on
from timetracker.live.push import push
from tracking.choices import Source, TaskStatus
from tracking.models import Project, ProjectMember, Task, TimeEntry, TimeImport


# ── Sending on ───────────────────────────────────────────────────────────────
@on("notification_sent", name="notifications.push", kind=Kind.OUTER)
def push_notification(event: Event) -> None:
    push([event.payload["user_id"]], "notifications")


@on(
    "notification_sent",
    name="notifications.mail",
    kind=Kind.OUTER,
    when=lambda data: "email" in data["channels"],
)
def mail_notification(event: Event) -> None:
    mail(notification_id=event.payload["id"])


@on(
    "notification_sent",
    name="notifications.devices",
    kind=Kind.OUTER,
    when=lambda data: "push" in data["channels"],
)
def push_to_devices(event: Event) -> None:
    push_out(notification_id=event.payload["id"])


@on("notification_due", name="notifications.due")
def tell_what_is_due(event: Event) -> None:
    tell_due(notification_id=event.payload["id"], at=dt.datetime.fromisoformat(event.payload["at"]))


@on(
    "preferences_changed",
    name="notifications.time_zone",
    when=lambda data: "time_zone" in data["changed"],
)
def follow_person(event: Event) -> None:
    if person := _person(event.person_id):
        follow_time_zone(person=person)


# ── Triggers ─────────────────────────────────────────────────────────────────
@on("trigger_due", name="notifications.trigger")
def tell_what_was_found(event: Event) -> None:
    tell(event=event)


@on("person_joined", "person_returned", name="notifications.plan_triggers")
def plan_for_newcomer(event: Event) -> None:
    if person := _person(event.payload["id"]):
        plan([person])


@on(
    "preferences_changed",
    name="notifications.replan_triggers",
    when=lambda data: not PLANNED_BY.isdisjoint(data["changed"]),
)
def follow_working_time(event: Event) -> None:
    if person := _person(event.person_id):
        plan([person])


@on(*BY_HAND, name="notifications.follow_timer", in_bulk=False)
def follow_what_was_done(event: Event) -> None:
    if person := _person(event.person_id):
        follow_timer(person=person)


@on("deadline_approaching", name="notifications.deadline", when=lambda data: data["assignee_id"])
def tell_of_deadline(event: Event) -> None:
    tell_deadline(event=event)


@on(
    "task_completed", "task_archived", "task_deleted", "task_assigned", "task_changed",
    name="notifications.deadline_over",
    when=lambda data: not {"due_at", "assignee"}.isdisjoint(data.get("changes", ["due_at"])),
)  # fmt: skip
def forget_deadline(event: Event) -> None:
    """It is done, due at another time, or somebody else's: what was told before is no longer so."""
    withdraw_of(
        subject_type="task",
        subject_id=event.payload["id"],
        kinds=[categories.DEADLINE.name],
        told_before=event.occurred_at,
    )


@on("budget_threshold", name="notifications.budget")
def tell_of_budget(event: Event) -> None:
    """Whoever manages the project: they may know money, where it is about money."""
    project = Project.objects.open().filter(pk=event.payload["id"]).first()
    if project is None:
        return
    managers = ProjectMember.objects.filter(project=project, is_manager=True, user__is_active=True)
    for member in managers.select_related("user").order_by("user"):  # in one order: each is locked
        with translation.override(member.user.language):
            tell_budget(person=member.user, project=project, percent=event.payload["percent"], event=event)


# ── Who is told ──────────────────────────────────────────────────────────────
@on("task_assigned", name="notifications.task_assigned", when=lambda data: data["assignee_id"])
def tell_assignee(event: Event) -> None:
    person, task = _person(event.payload["assignee_id"]), Task.objects.filter(pk=event.payload["id"]).first()
    # Given on in the meantime: then its event tells the next one.
    if person is None or task is None or _did_it(person, event) or task.assignee_id != person.pk:
        return
    with translation.override(person.language):
        notify(
            person=person,
            category=categories.TASK_ASSIGNED,
            title=_("%(actor)s gave you a task: %(task)s") % {"actor": _actor(event), "task": task.name},
            message=event.payload["project_name"],
            priority=event.payload["priority"],
            url=reverse("tracking:task", args=[task.pk]),
            actions=[_start_timer(task), _open(reverse("tracking:task", args=[task.pk]))],
            subject=task,
            event=event,
        )


@on("task_completed", name="notifications.task_done")
def tell_giver(event: Event) -> None:
    task = Task.objects.select_related("created_by").filter(pk=event.payload["id"]).first()
    giver = _giver(task) if task else None
    if task is None or giver is None or _did_it(giver, event):
        return
    with translation.override(giver.language):
        notify(
            person=giver,
            category=categories.TASK_DONE,
            title=_("%(actor)s finished %(task)s") % {"actor": _actor(event), "task": task.name},
            message=event.payload["project_name"],
            type=Type.SUCCESS,
            url=reverse("tracking:task", args=[task.pk]),
            subject=task,
            event=event,
        )


@on("project_archived", name="notifications.project_archived")
def tell_managers(event: Event) -> None:
    project = Project.objects.filter(pk=event.payload["id"]).first()
    if project is None:
        return
    managers = ProjectMember.objects.filter(project=project, is_manager=True)
    for member in managers.select_related("user").order_by("user"):  # in one order: each is locked
        if _did_it(member.user, event):
            continue
        with translation.override(member.user.language):
            notify(
                person=member.user,
                category=categories.PROJECT_ARCHIVED,
                title=_("%(actor)s archived %(project)s") % {"actor": _actor(event), "project": project.name},
                url=reverse("tracking:project", args=[project.pk]),
                subject=project,
                event=event,
            )


@on("timer_stopped", name="notifications.timer_stopped")
def tell_owner_of_timer(event: Event) -> None:
    entry = TimeEntry.objects.select_related("user").filter(pk=event.payload["id"]).first()
    if entry is None or _did_it(entry.user, event):
        return
    with translation.override(entry.user.language):
        what = entry.description or event.payload["task_name"] or event.payload["project_name"]
        title = _("%(actor)s stopped your timer: %(what)s") if what else _("%(actor)s stopped your timer")
        notify(
            person=entry.user,
            category=categories.TIMER_STOPPED,
            title=title % {"actor": _actor(event), "what": what},
            type=Type.WARNING,
            priority=Priority.HIGH,
            url=reverse("tracking:entry", args=[entry.pk]),
            subject=entry,
            event=event,
        )


@on("time_imported", name="notifications.import_finished")
def tell_importer(event: Event) -> None:
    brought = TimeImport.objects.select_related("actor").filter(batch=event.payload["id"]).first()
    if brought is None:
        return  # by command: whoever ran it has seen it end
    entries = event.payload["entries"]
    with translation.override(brought.actor.language):
        words = ngettext("%(count)d entry imported from %(file)s", "%(count)d entries imported from %(file)s", entries)
        notify(
            person=brought.actor,
            category=categories.IMPORT_FINISHED,
            title=words % {"count": entries, "file": brought.name},
            type=Type.SUCCESS,
            url=reverse("tracking:import", args=[brought.pk]),
            subject=brought,
            event=event,
        )


@on("token_created", name="notifications.token_created")
def tell_owner_of_token(event: Event) -> None:
    person = _person(event.payload["user_id"])
    if person is None:
        return
    with translation.override(person.language):
        notify(
            person=person,
            category=categories.SECURITY,
            title=_("A new API token can act for you: %(name)s") % {"name": event.payload["name"]},
            message=_("If you did not make it, revoke it and change your password."),
            type=Type.WARNING,
            priority=Priority.HIGH,
            url=reverse("accounts:tokens"),
            event=event,
        )


@on("digest_ready", name="notifications.weekly_digest")
def tell_of_week(event: Event) -> None:
    person = _person(event.payload["user_id"])
    if person is None:
        return
    # By now a project may be closed, or another's to manage.
    listed = [one["id"] for one in event.payload["projects"]]
    still = dict(Project.objects.editable_by(person).open().filter(pk__in=listed).values_list("pk", "name"))
    names = [still[pk] for pk in listed if pk in still]
    more = event.payload["projects_at_risk"] - len(listed)
    if not names and not more and not event.payload["worked_seconds"]:
        return
    with translation.override(person.language):
        notify(
            person=person,
            category=categories.WEEKLY_DIGEST,
            title=week_in_words(event.payload, person.hours_format),
            message=projects_in_words(names, more),
            url=reverse("analytics:patterns"),
            event=event,
        )


# ── Achievements ─────────────────────────────────────────────────────────────
_TIMES = {"started_at", "ended_at", "breaks"}


def _by_own_hand(event: Event) -> bool:
    """Not by somebody else, and not by a rule: what a rule does was caused by an event."""
    return event.actor_id is not None and event.actor_id == event.person_id and event.cause_id is None


@on(
    "timer_stopped", "time_logged",
    name="notifications.count_time",
    when=lambda data: data["source"] in {Source.TIMER, Source.MANUAL},
    in_bulk=False,
)  # fmt: skip
def count_for_achievements(event: Event) -> None:
    if _by_own_hand(event):
        count_time(person_id=event.payload["user_id"], entry_id=event.payload["id"], event=event)


@on(
    "entry_changed", "entry_deleted",
    name="notifications.take_back_time",
    when=lambda data: "changes" not in data or not _TIMES.isdisjoint(data["changes"]),
)  # fmt: skip
def take_back_entry(event: Event) -> None:
    take_back_time(entry_id=event.payload["id"], event=event)


@on(
    "task_completed",
    name="notifications.count_task",
    when=lambda data: data["assignee_id"] and data["estimated_hours"] and not data["in_bulk"],
    in_bulk=False,
)
def count_finished_task(event: Event) -> None:
    if _by_own_hand(event):
        count_task(person_id=event.payload["assignee_id"], task_id=event.payload["id"], event=event)


@on(
    "task_status_change",
    name="notifications.take_back_task",
    when=lambda data: data["old_status"] == TaskStatus.DONE,
)
def take_back_finished_task(event: Event) -> None:
    take_back_task(task_id=event.payload["id"], event=event)


def _person(pk: int | None) -> User | None:
    return User.objects.filter(pk=pk).first()


def _did_it(person: User, event: Event) -> bool:
    return event.actor_id == person.pk


def _actor(event: Event) -> str:
    return str(event.actor) if event.actor else _("The tracker")


def _giver(task: Task) -> User | None:
    """Whoever gave it to the one who has it now, else who made it."""
    given = Event.objects.filter(type="task_assigned", subject_type="task", subject_id=str(task.pk)).order_by("-pk")
    last = given.select_related("actor").first()
    return last.actor if last and last.actor else task.created_by


def _start_timer(task: Task) -> dict[str, str]:
    return {"label": _("Start timer"), "url": reverse("tracking:task-timer", args=[task.pk]), "method": "post"}


def _open(url: str) -> dict[str, str]:
    return {"label": pgettext("button", "Open"), "url": url}
