from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from timetracker.web.htmx import render_page
from workflows.gallery import ready_rules
from workflows.words import sentence


@login_required
@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    cards = [(ready, sentence(ready.filled(), {})) for ready in ready_rules()]
    return render_page(request, "workflows/gallery.html", {"cards": cards})
