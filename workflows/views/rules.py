"""One's rules: the list, and the buttons on each."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from timetracker.web.answers import action
from timetracker.web.htmx import redirect_with_toast, render_page
from timetracker.web.pagination import page_of
from tracking.views.answers import changed
from workflows.access import get_deleted_rule, get_rule, rules_of
from workflows.document import as_text, document_of
from workflows.forms import RuleFilter
from workflows.models import Rule
from workflows.services.rules import delete_rule, restore_rule, update_rule
from workflows.services.signing import new_webhook_secret
from workflows.words import sentences


@login_required
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    listing = RuleFilter(request)
    page = page_of(listing.apply(rules_of(request.user)), request)
    rows = zip(page.items, sentences([document_of(rule) for rule in page.items], request.user), strict=True)
    context = {"listing": listing, "page": page, "rows": rows}
    return render_page(request, "workflows/rules.html", context, partial="table")


@action
def rule_switch(request: HttpRequest, pk: int, *, enabled: bool) -> HttpResponse:
    rule = update_rule(rule=get_rule(request.user, pk), actor=request.user, enabled=enabled)
    text = _("“%(name)s” is on.") if enabled else _("“%(name)s” is off.")
    undo = reverse("workflows:off" if enabled else "workflows:on", args=[pk])
    return changed(request, text % {"name": rule.name}, url=reverse("workflows:rules"), undo_url=undo)


@action
def rule_delete(request: HttpRequest, pk: int) -> HttpResponse:
    rule = get_rule(request.user, pk)
    delete_rule(rule=rule, actor=request.user)
    undo = reverse("workflows:restore", args=[pk])
    text = _("“%(name)s” deleted.") % {"name": rule.name}
    if "page" in request.GET:  # its own page is no longer there
        return redirect_with_toast(request, reverse("workflows:rules"), text, undo_url=undo)
    return changed(request, text, url=reverse("workflows:rules"), undo_url=undo)


@action
def rule_restore(request: HttpRequest, pk: int) -> HttpResponse:
    rule = restore_rule(rule=get_deleted_rule(request.user, pk), actor=request.user)
    return changed(request, _("“%(name)s” is back.") % {"name": rule.name}, url=reverse("workflows:rules"))


@login_required
@require_safe
def rule_secret(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks first: whoever checks with the present one would refuse what comes next."""
    rule = get_rule(request.user, pk)
    return render_page(request, "workflows/secret_new.html", {"rule": rule}, partial="ask")


@action
def rule_secret_new(request: HttpRequest, pk: int) -> HttpResponse:
    rule = get_rule(request.user, pk)
    rule.new_secret = new_webhook_secret(rule=rule, actor=request.user)
    return secret_once(request, rule)


def secret_once(request: HttpRequest, rule: Rule) -> HttpResponse:
    """Here and never again."""
    return render_page(request, "workflows/secret.html", {"rule": rule}, partial="secret")


@login_required
@require_safe
def rule_export(request: HttpRequest, pk: int) -> HttpResponse:
    rule = get_rule(request.user, pk)
    answer = HttpResponse(as_text(document_of(rule)), content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{slugify(rule.name) or "rule"}.json"'
    return answer
