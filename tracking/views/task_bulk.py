"""One change to many tasks. Each goes through the service for one."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from timetracker.web.answers import action, number, selected_ids
from timetracker.web.errors import Conflict
from tracking.access import require_delete
from tracking.choices import Priority, TaskStatus
from tracking.models import Tag, Task
from tracking.services.tasks import archive_task, tag_task, update_task
from tracking.views.answers import apply_to_each, changed

Write = Callable[[Task], object]


@action
def tasks_bulk(request: HttpRequest) -> HttpResponse:
    """`action` names what to change, `value` to what; an Undo carries both in its address."""
    asked = request.POST if "action" in request.POST else request.GET
    action, value = asked.get("action", ""), asked.get("value", "")
    if action not in ACTIONS:
        raise Conflict(_("There is no such change."), code="unknown_action")
    if not value and action not in {"assignee"}:
        return changed(request, _("Choose what to change them to."), url=reverse("tracking:tasks"), level="warning")
    ids = selected_ids(request)
    rows = Task.objects.visible_to(request.user).with_rights_for(request.user).filter(pk__in=ids)
    write, said = ACTIONS[action](request.user, value)
    outcome = apply_to_each(rows, ids, write)
    count = len(outcome.done)
    text = ngettext("%(count)d task: %(change)s.", "%(count)d tasks: %(change)s.", count)
    bring_back = f"{reverse('tracking:tasks-bulk')}?action=archive&value=0"
    undo_url = bring_back if (action, value) == ("archive", "1") else None
    return outcome.answer(
        request, text % {"count": count, "change": said}, url=reverse("tracking:tasks"), undo_url=undo_url
    )


def _status(actor: User, value: str) -> tuple[Write, str]:
    if value not in TaskStatus.values:
        raise Conflict(_("There is no such status."), code="unknown_value")
    return lambda task: update_task(task=task, actor=actor, status=value, in_bulk=True), TaskStatus(value).label


def _priority(actor: User, value: str) -> tuple[Write, str]:
    if value not in Priority.values:
        raise Conflict(_("There is no such priority."), code="unknown_value")
    return lambda task: update_task(task=task, actor=actor, priority=value), Priority(value).label


def _assignee(actor: User, value: str) -> tuple[Write, str]:
    nobody = value in {"", "none"}
    person = None if nobody else User.objects.visible_to(actor).filter(pk=number(value)).first()
    if person is None and not nobody:
        raise Conflict(_("There is no such person."), code="unknown_value")
    said = _("assigned to %(name)s") % {"name": person} if person else _("assigned to nobody")
    return lambda task: update_task(task=task, actor=actor, assignee=person), said


def _tag(actor: User, value: str) -> tuple[Write, str]:
    tag = Tag.objects.filter(pk=number(value)).first()
    if tag is None:
        raise Conflict(_("There is no such tag."), code="unknown_value")
    return lambda task: tag_task(task=task, actor=actor, tag=tag), f"#{tag}"


def _archive(actor: User, value: str) -> tuple[Write, str]:
    archived = value == "1"

    def write(task: Task) -> None:
        require_delete(task)
        archive_task(task=task, actor=actor, archived=archived)

    return write, _("archived") if archived else _("brought back")


ACTIONS: dict[str, Callable[[User, str], tuple[Write, str]]] = {
    "status": _status,
    "priority": _priority,
    "assignee": _assignee,
    "tag": _tag,
    "archive": _archive,
}
