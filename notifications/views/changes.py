"""What a person does with what they were told. Each can be taken back from its toast."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from notifications.access import get_category, get_deleted, get_notification, get_told
from notifications.categories import Category, categories
from notifications.choices import Channel, TriggerKind
from notifications.forms import SnoozeForm
from notifications.models import Notification
from notifications.services.preferences import mute, set_preferences
from notifications.services.reading import SEEN_AS, Seen, archive, delete, mark_read, mark_shown, snooze, wake
from notifications.services.reminding import today_after_all
from notifications.services.triggers import note_heeded
from notifications.snoozes import moments, tomorrow
from timetracker.web.answers import action, memory_of, number, remembering, selected_ids
from timetracker.web.errors import Conflict
from timetracker.web.htmx import hx_response, redirect_with_toast, render_page, toast
from timetracker.web.usage import used

Rows = QuerySet[Notification]
Deed = Callable[..., list[int]]

DEEDS: dict[str, tuple[Deed, bool, str]] = {
    # what it is called: the service, which way, and what takes it back
    "read": (mark_read, True, "unread"),
    "unread": (mark_read, False, "read"),
    "archive": (archive, True, "unarchive"),
    "unarchive": (archive, False, "archive"),
    "delete": (delete, True, "restore"),
    "restore": (delete, False, "delete"),
}
SWITCH = {mark_read: "read", archive: "archived", delete: "deleted"}


@login_required
@require_GET
def open_one(request: HttpRequest, pk: int) -> HttpResponse:
    """Reads it and leads to what it is about, or to where one of its actions leads."""
    row = get_told(request.user, pk)
    url = _action_of(row, request, "get") if "action" in request.GET else row.url
    mark_read(person=request.user, rows=_only(row))
    note_heeded(person=request.user, kinds=[row.category])
    used("notification_opened")
    return HttpResponseRedirect(url or reverse("notifications:list"))


@action
def act_on_one(request: HttpRequest, pk: int) -> HttpResponse:
    """Reads it and sends the browser on with the same POST."""
    row = get_told(request.user, pk)
    url = _action_of(row, request, "post")
    mark_read(person=request.user, rows=_only(row))
    used("notification_opened")
    return HttpResponse(status=307, headers={"Location": url})


def _action_of(row: Notification, request: HttpRequest, method: str) -> str:
    place = number(request.GET.get("action"))
    found = row.actions[place] if place is not None and place < len(row.actions) else None
    if found is None or found["method"] != method:
        raise Http404
    return str(found["url"])


@action
def change_one(request: HttpRequest, pk: int, deed: str) -> HttpResponse:
    if deed == "wake":
        wake(person=request.user, rows=_only(get_notification(request.user, pk)))
        return changed(request, _("It is back."))
    if deed not in DEEDS or deed == "restore":
        raise Http404
    _do(request, deed, _only(get_notification(request.user, pk)))
    undo = reverse("notifications:change", args=[pk, DEEDS[deed][2]])
    return changed(
        request, _said(deed, 1), undo=reverse("notifications:restore", args=[pk]) if deed == "delete" else undo
    )


@action
def restore_one(request: HttpRequest, pk: int) -> HttpResponse:
    delete(person=request.user, rows=_only(get_deleted(request.user, pk)), deleted=False)
    return changed(request, _("It is back."))


@action
def read_all(request: HttpRequest) -> HttpResponse:
    """Everything, or one category of it."""
    rows = Notification.objects.unread(request.user)
    if name := request.POST.get("category"):
        rows = rows.filter(category=get_category(name).name)
    ids = _do(request, "read", rows)
    # Told apart by their moment: ten thousand numbers are no address.
    moment = Notification.objects.filter(pk__in=ids[:1]).values_list("read_at", flat=True).first()
    return _told(request, "read", ids, {"read_at": moment.isoformat() if moment else ""})


@action
def several(request: HttpRequest) -> HttpResponse:
    """The rows ticked on the page."""
    deed = request.POST.get("do", "")
    if deed not in {"read", "unread", "archive", "unarchive", "delete"}:
        raise Conflict(_("There is no such change."), code="unknown_action")
    ids = _do(request, deed, Notification.objects.of(request.user).filter(pk__in=selected_ids(request)))
    return _told(request, deed, ids, {"pk__in": ids})


def _told(request: HttpRequest, deed: str, ids: list[int], which: dict[str, Any]) -> HttpResponse:
    """`which` finds the rows again, for the Undo."""
    if not ids:
        return changed(request, _("There was nothing to change."))
    memory = remembering({"do": DEEDS[deed][2], "which": which})
    return changed(request, _said(deed, len(ids)), undo=reverse("notifications:undo") + memory)


@action
def undo(request: HttpRequest) -> HttpResponse:
    """Of a change of several, a reminder put off, or a mute: what it was is in the address, signed."""
    was = memory_of(request, {})
    if was.get("do") in DEEDS:
        _do(request, was["do"], Notification.objects.filter(user=request.user, **was["which"]))
    elif was.get("put_off") in TriggerKind.values:
        today_after_all(person=request.user, kind=TriggerKind(was["put_off"]), rows=was["rows"])
    elif was.get("category") in categories():
        channels = [Channel(name) for name in was["channels"]]
        set_preferences(person=request.user, grid={was["category"]: channels})
    else:
        raise Conflict(_("This can no longer be undone."), code="expired")
    return changed(request, _("Undone."))


@login_required
def snooze_one(request: HttpRequest, pk: int) -> HttpResponse:
    """For one of the usual whiles at once; for any other a form asks."""
    row = get_notification(request.user, pk)
    until = moments(request.user, timezone.now()).get(request.POST.get("for", ""))
    sent = request.POST if request.method == "POST" and not until else None
    form = SnoozeForm(sent, person=request.user, initial=tomorrow(request.user))
    if until is None and form.is_valid():
        until = form.cleaned_data["until"]
    if until is None:
        return render_page(request, "notifications/snooze.html", {"row": row, "form": form}, partial="form")
    snooze(person=request.user, rows=_only(row), until=until)
    return changed(request, _("It comes back later."), undo=reverse("notifications:change", args=[pk, "wake"]))


@action
def mute_one(request: HttpRequest, pk: int) -> HttpResponse:
    """Nothing more of exactly this kind."""
    return muted(request, get_category(get_notification(request.user, pk).category))


def muted(request: HttpRequest, category: Category, *, back: str | None = None) -> HttpResponse:
    if category.critical:
        raise Conflict(_("What concerns your account's security cannot be switched off."), code="critical")
    before = mute(person=request.user, category=category)
    memory = remembering({"category": category.name, "channels": sorted(before)})
    said = _("Switched off: %(what)s.") % {"what": category.label}
    return changed(request, said, undo=reverse("notifications:undo") + memory, back=back)


@login_required
@require_POST
def shown(request: HttpRequest) -> HttpResponse:
    """A page reports what became of its news: `shown=<id>:<channel>:<result>`, any number of them."""
    reports: dict[tuple[Channel, Seen], list[int]] = {}
    for text in request.POST.getlist("shown")[:100]:
        pk, _colon, rest = text.partition(":")
        channel, _colon, result = rest.partition(":")
        if channel in Channel.values and result in SEEN_AS and pk.isascii() and pk.isdigit() and len(pk) < 19:
            reports.setdefault((Channel(channel), Seen(result)), []).append(int(pk))
    for (channel, seen), ids in reports.items():
        mark_shown(person=request.user, ids=ids, channel=channel, seen=seen)
    return HttpResponse(status=204)


def _only(row: Notification) -> Rows:
    return Notification.objects.filter(pk=row.pk)


def _do(request: HttpRequest, deed: str, rows: Rows) -> list[int]:
    service, way, _back = DEEDS[deed]
    return service(person=request.user, rows=rows, **{SWITCH[service]: way})


def _said(deed: str, count: int) -> str:
    words = {
        "read": ngettext("Marked as read.", "%(count)d marked as read.", count),
        "unread": ngettext("Marked as unread.", "%(count)d marked as unread.", count),
        "archive": ngettext("Archived.", "%(count)d archived.", count),
        "unarchive": ngettext("Brought back.", "%(count)d brought back.", count),
        "delete": ngettext("Deleted.", "%(count)d deleted.", count),
    }
    return words[deed] % {"count": count}


def changed(request: HttpRequest, said: str, *, undo: str | None = None, back: str | None = None) -> HttpResponse:
    """Bell, panel and page fetch themselves again; without htmx back to the page."""
    if not request.htmx:  # type: ignore[attr-defined]  # set by HtmxMiddleware
        return redirect_with_toast(request, back or reverse("notifications:list"), said)
    answer = hx_response(request, trigger={"closeDialog": True, "noticesChanged": {}})
    return toast(answer, said, undo_url=undo)
