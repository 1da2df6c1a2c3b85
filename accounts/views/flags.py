"""What is switched on for everybody: for administrators."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import require_administrator
from accounts.choices import FlagChoice
from accounts.services.flags import set_flag
from accounts.views.answers import changed
from timetracker.web.answers import action
from timetracker.web.flags import FLAGS, states
from timetracker.web.htmx import render_page


@login_required
@require_safe
def flags(request: HttpRequest) -> HttpResponse:
    require_administrator(request.user)
    return render_page(request, "accounts/flags.html", {"states": states()}, partial="flags")


@action
def change(request: HttpRequest, name: str, choice: str) -> HttpResponse:
    require_administrator(request.user)
    if name not in FLAGS or choice not in FlagChoice.values:
        raise Http404
    before = set_flag(actor=request.user, name=name, choice=choice)
    label = FLAGS[name].label
    if choice == FlagChoice.DEFAULT:
        said = _("“%(name)s” is as it comes.") % {"name": label}
    elif choice == FlagChoice.ON:
        said = _("“%(name)s” is on for everybody.") % {"name": label}
    else:
        said = _("“%(name)s” is off for everybody.") % {"name": label}
    undo_url = reverse("accounts:flag", args=[name, before.value])
    return changed(request, "flags", said, back=reverse("accounts:flags"), undo_url=undo_url)
