"""What a rule said before, what changed from one to the next, and the way back."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from timetracker.web.answers import action
from timetracker.web.errors import Conflict
from timetracker.web.htmx import redirect_with_toast, render_page
from workflows.access import get_rule, get_version
from workflows.document import as_text
from workflows.models import Version
from workflows.services.rules import roll_back
from workflows.words import read_back, sentences

SHOWN = 100


@dataclass(frozen=True, slots=True)
class Difference:
    version: Version
    lines: list[tuple[str, str]]
    """A sign (+, -, or nothing) and what stands there."""
    is_present: bool
    reads: str


@login_required
@require_safe
def versions(request: HttpRequest, pk: int) -> HttpResponse:
    rule = get_rule(request.user, pk)
    rows = list(rule.versions.select_related("by")[: SHOWN + 1])
    said = sentences([row.document for row in rows], rule.user)
    found = [
        Difference(row, _lines(rows[place + 1] if place + 1 < len(rows) else None, row), place == 0, said[place])
        for place, row in enumerate(rows[:SHOWN])
    ]
    context = {"rule": rule, "sentence": read_back(rule), "differences": found}
    return render_page(request, "workflows/versions.html", context)


def _lines(before: Version | None, after: Version) -> list[tuple[str, str]]:
    """Nothing for the first: it is new as a whole."""
    if before is None:
        return []
    old, new = (as_text(one.document).splitlines() for one in (before, after))
    changes = list(difflib.unified_diff(old, new, n=1, lineterm=""))[2:]
    return [(line[:1].strip(), line[1:]) for line in changes if not line.startswith("@@")]


@action
def roll_back_to(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    version = get_version(request.user, pk, number)
    try:
        roll_back(rule=version.rule, actor=request.user, version=version)
    except ValidationError as error:
        reason = " ".join(error.messages)
        raise Conflict(_("It fits no longer: %(reason)s") % {"reason": reason}, code="invalid") from error
    text = _("The rule says again what it said in version %(number)d.") % {"number": number}
    return redirect_with_toast(request, reverse("workflows:versions", args=[pk]), text)
