from __future__ import annotations

from collections.abc import Mapping

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_htmx.http import trigger_client_event

from timetracker.web.answers import action, number
from timetracker.web.errors import Conflict
from timetracker.web.htmx import redirect_with_toast, render_page, toast
from tracking.access import get_task
from tracking.board import board_columns
from tracking.choices import TaskStatus
from tracking.forms.tasks import TaskFilter
from tracking.models import Task
from tracking.services.tasks import move_task


@login_required
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    listing = TaskFilter(request)
    tasks = listing.narrow_board(Task.objects.visible_to(request.user))
    columns = board_columns(tasks, shown_cards(request.GET))
    for column in columns:
        column.more = listing.query(**{column.status: str(column.next_shown)})
    return render_page(request, "tracking/tasks/board.html", {"listing": listing, "columns": columns}, partial="board")


def shown_cards(query: QueryDict) -> Mapping[str, int]:
    """How many cards of a column the address asks for: `?done=150`."""
    asked = {status: query.get(status, "") for status in TaskStatus.values}
    return {status: int(text) for status, text in asked.items() if text.isascii() and text.isdigit() and len(text) < 5}


@action
def task_move(request: HttpRequest, pk: int) -> HttpResponse:
    """`status` is the column, `after` the card above, empty on top."""
    task = get_task(request.user, pk)
    above = request.POST.get("after", "")
    status = request.POST.get("status", "")
    if status not in TaskStatus.values:
        raise Conflict(_("There is no such column."), code="unknown_column")
    try:
        after = _card(request, above) if above else None
        move_task(task=task, actor=request.user, status=status, after=after)
    except Conflict as conflict:
        return _anew(request, status, conflict)
    if not request.htmx:
        return redirect_with_toast(request, reverse("tracking:board"), _("Saved."))
    return HttpResponse(status=204)


def _card(request: HttpRequest, pk: str) -> Task:
    found = Task.objects.visible_to(request.user).filter(pk=number(pk)).first()
    if found is None:
        raise Conflict(_("The board has changed in the meantime. Here it is anew."), code="stale")
    return found


def _anew(request: HttpRequest, status: str, conflict: Conflict) -> HttpResponse:
    """The column as it is, and why the card went back. An open board fetches itself again."""
    tasks = Task.objects.visible_to(request.user).filter(status=status)
    column = next(column for column in board_columns(tasks, {}) if column.status == status)
    response = render_page(request, "tracking/tasks/board.html", {"column": column}, partial="column", status=409)
    trigger_client_event(response, "workChanged", True)
    return toast(response, conflict.message, "warning")
