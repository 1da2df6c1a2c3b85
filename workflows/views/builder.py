"""A rule is built: every press of a button sends the whole form, and comes back as steps, sentence and JSON."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from timetracker.web.answers import number
from timetracker.web.errors import Conflict, NotAllowed
from timetracker.web.htmx import redirect_with_toast, render_page
from workflows import definition
from workflows.access import get_rule
from workflows.builder import Builder
from workflows.choices import Overlap, Scope
from workflows.document import Document, as_text, document_of, empty, fields_of, from_text
from workflows.drafts import edited, read
from workflows.faults import Fault
from workflows.gallery import get_ready
from workflows.models import Rule
from workflows.queries import may_watch_others
from workflows.services.rules import create_rule, update_rule
from workflows.trying import back_test, events_for, latest_for, tried
from workflows.views.rules import secret_once

PAGE = "workflows/builder.html"
WHAT_IT_SAYS = ("trigger_type", "trigger_conditions", "actions", "trigger_options")
LIMITS = ("cooldown_seconds", "most_per_hour")


@login_required
def rule_new(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _save(request, None)
    return render_page(request, PAGE, _context(request, _begun(request)))


def _begun(request: HttpRequest) -> Document:
    """Empty, a ready one (`from`, by the clock `at` another time), or what a script gathered (`rule`)."""
    if slug := request.GET.get("from"):
        return get_ready(slug).filled(at=request.GET.get("at", ""))
    try:
        return from_text(request.GET["rule"]) if "rule" in request.GET else empty()
    except ValidationError:
        return empty()


@login_required
def rule_edit(request: HttpRequest, pk: int) -> HttpResponse:
    rule = get_rule(request.user, pk)
    if request.method == "POST":
        return _save(request, rule)
    return render_page(request, PAGE, _context(request, document_of(rule), rule=rule))


@login_required
def rule_import(request: HttpRequest) -> HttpResponse:
    """A file or text becomes a draft: nothing is saved before it was looked at."""
    context: dict[str, Any] = {"title": _("Import a rule"), "text": request.POST.get("text", "")}
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            document = from_text(file.read(200_000).decode("utf-8-sig", "replace") if file else context["text"])
        except ValidationError as error:
            context["errors"] = error.messages
        else:
            return render(request, PAGE, _context(request, document, faults=_faults(document)) | {"enabled": True})
    return render_page(request, "workflows/import.html", context)


@login_required
@require_POST
def draft(request: HttpRequest) -> HttpResponse:
    """The steps again after a button or a choice that changes what fits; while one types, what it reads like."""
    pk = number(request.POST.get("rule"))
    rule = get_rule(request.user, pk) if pk is not None else None
    deed = request.POST.get("edit", "")
    if deed in ("json", "document"):
        return _whole(request, rule, checked=deed == "json")
    document = edited(read(request.POST, request.user), deed, request.POST)  # type: ignore[arg-type]  # login_required
    faults = _faults(document) if "checked" in request.POST else None
    only_read = request.htmx.target == "rule-reads"  # type: ignore[attr-defined]  # set by HtmxMiddleware
    template = "workflows/builder_reads.html" if only_read else "workflows/draft.html"
    return render(request, template, _context(request, document, rule=rule, faults=faults))


def _whole(request: HttpRequest, rule: Rule | None, *, checked: bool) -> HttpResponse:
    """From the JSON view, or from a script."""
    try:
        document = from_text(request.POST.get("json", ""))
    except ValidationError as error:
        context = _context(request, read(request.POST, request.user), rule=rule) | _json_errors(request, error)  # type: ignore[arg-type]  # login_required
    else:
        faults = _faults(document) if checked or "checked" in request.POST else None
        context = _context(request, document, rule=rule, faults=faults) | {"json_open": checked}
    return render(request, "workflows/draft.html", context | {"whole": True})


def _json_errors(request: HttpRequest, error: ValidationError) -> dict[str, Any]:
    return {"json_text": request.POST.get("json", ""), "json_errors": error.messages}


@login_required
@require_POST
def draft_try(request: HttpRequest) -> HttpResponse:
    """What is being built, tried on something that happened. Nothing is written."""
    rule = _as_rule(request, read(request.POST, request.user), unnamed=True)  # type: ignore[arg-type]  # login_required
    if isinstance(rule, Rule):
        return render(request, "workflows/trial.html", trial_context(request, rule))
    return render(request, "workflows/try_faults.html", {"faults": rule})


def trial_context(request: HttpRequest, rule: Rule) -> dict[str, Any]:
    """Of the event that was chosen, else of the latest."""
    events = list(events_for(rule)[:50])
    asked = request.POST.get("event") or request.GET.get("event")
    chosen = next((one for one in events if str(one.uid) == asked), events[0] if events else None)
    event = chosen or latest_for(rule)
    return {
        "events": events,
        "trial": tried(rule, event) if event else None,
        "back_test": back_test(rule, timezone.now()),
        "rule": rule,
    }


def _faults(document: Document) -> list[Fault]:
    fields = fields_of(document)
    return definition.faults_of(*(fields[name] for name in WHAT_IT_SAYS))


def _as_rule(request: HttpRequest, document: Document, *, unnamed: bool = False) -> Rule | list[Fault]:
    """Not saved; or all that is wrong with it. `unnamed`: a name it need not have yet."""
    faults = _faults(document)
    rule = Rule(user=request.user, **fields_of(document))
    try:
        rule.clean_fields(exclude=[*WHAT_IT_SAYS, *(["name"] if unnamed else [])])
    except ValidationError as error:
        faults += _as_faults(error)
    return faults or rule


def _context(
    request: HttpRequest, document: Document, *, rule: Rule | None = None, faults: list[Fault] | None = None
) -> dict[str, Any]:
    """`enabled` and the way to what else there is are the page's, not the document's."""
    return {
        "builder": Builder(document, request.user, faults or []),  # type: ignore[arg-type]  # login_required
        "document": {name: Rule._meta.get_field(name).default for name in LIMITS} | document,
        "json": as_text(document),
        "rule": rule,
        "enabled": "enabled" in request.POST if request.method == "POST" else rule is None or rule.enabled,
        "version": request.POST.get("version") or (rule.version if rule else ""),
        "scopes": Scope.choices,
        "overlaps": Overlap.choices,
        "may_watch_others": may_watch_others(request.user),  # type: ignore[arg-type]  # login_required
        "checked": faults is not None,
    }


# ── Saving ───────────────────────────────────────────────────────────────────
def _save(request: HttpRequest, rule: Rule | None) -> HttpResponse:
    document = read(request.POST, request.user)  # type: ignore[arg-type]  # login_required
    enabled = "enabled" in request.POST
    if request.POST.get("json_dirty"):  # written in the JSON view, and not taken over by hand
        try:
            document = from_text(request.POST.get("json", ""))
        except ValidationError as error:
            return _again(request, document, rule, [], **_json_errors(request, error))
    drafted = _as_rule(request, document)
    if not isinstance(drafted, Rule):
        return _again(request, document, rule, drafted)
    if enabled and "sure" not in request.POST:
        found = back_test(drafted, timezone.now())
        if found.is_much:
            return _again(request, document, rule, [], back_test=found)
    try:
        saved = _write(request, rule, fields_of(document) | {"enabled": enabled})
    except ValidationError as error:
        return _again(request, document, rule, _as_faults(error))
    except NotAllowed as refused:
        return _again(request, document, rule, [Fault("", refused.message)])
    except Conflict as refused:
        return _again(request, document, rule, [Fault("", _once_more(refused))], version=_version_of(rule))
    if saved.new_secret:
        return _in_place_of_page(secret_once(request, saved), saved)
    text = _("“%(name)s” saved.") % {"name": saved.name}
    return redirect_with_toast(request, reverse("workflows:rule", args=[saved.pk]), text)


def _in_place_of_page(answer: HttpResponse, rule: Rule) -> HttpResponse:
    """The form's address would make another one."""
    answer["HX-Retarget"] = "#main"
    answer["HX-Reswap"] = "innerHTML"
    answer["HX-Push-Url"] = reverse("workflows:rule", args=[rule.pk])
    return answer


def _write(request: HttpRequest, rule: Rule | None, fields: dict[str, Any]) -> Rule:
    if rule is None:
        return create_rule(actor=request.user, **fields)
    return update_rule(rule=rule, actor=request.user, version=number(request.POST.get("version")), **fields)


def _once_more(refused: Conflict) -> str:
    if refused.code != "stale":
        return refused.message
    more = _("What it says now is under Versions; saving once more replaces that.")
    return f"{refused.message} {more}"


def _version_of(rule: Rule | None) -> int | str:
    """Of what is there by now."""
    if rule is None:
        return ""
    rule.refresh_from_db()
    return rule.version


def _again(
    request: HttpRequest, document: Document, rule: Rule | None, faults: list[Fault], **more: Any
) -> HttpResponse:
    context = _context(request, document, rule=rule, faults=faults) | more
    return render_page(request, PAGE, context, partial="form", status=422)


def _as_faults(error: ValidationError) -> list[Fault]:
    if hasattr(error, "error_dict"):
        return [Fault(path, text) for path, texts in error.message_dict.items() for text in texts]
    return [Fault("", text) for text in error.messages]
