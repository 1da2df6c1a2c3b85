from __future__ import annotations

from allauth.account.utils import perform_login
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.access import get_invitation, get_open_invitation, require_administrator
from accounts.forms import AcceptInvitationForm, InvitationForm
from accounts.queries import get_organisation, open_invitations
from accounts.services.invitations import accept_invitation, invite_person, withdraw_invitation
from accounts.views.answers import changed
from timetracker.web.answers import attempt, status_of
from timetracker.web.htmx import render_page
from timetracker.web.pagination import page_of


@login_required
@never_cache
def invite(request: HttpRequest) -> HttpResponse:
    """Makes a link, which this answer shows and no other."""
    require_administrator(request.user)
    form = InvitationForm(request.POST or None)
    made = None
    if request.method == "POST" and form.is_valid():
        made = attempt(form, invite_person, actor=request.user, **form.cleaned_data)
    invitation, link = made or (None, "")
    context = {
        "form": form if made is None else InvitationForm(),
        "invitation": invitation,
        "link": link,
        "page": page_of(open_invitations(), request),
    }
    return render_page(request, "accounts/invite.html", context, partial="invite", status=status_of(form))


@login_required
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    withdraw_invitation(actor=request.user, invitation=get_invitation(request.user, pk))
    return changed(request, "invitations", _("The link does not work any more."), back=reverse("accounts:invite"))


@never_cache
def accept(request: HttpRequest, secret: str) -> HttpResponse:
    """The invited person's page. The link is the permission."""
    invitation = get_open_invitation(secret)
    if invitation is None:
        return render(request, "accounts/invitation_closed.html", status=404)
    if request.user.is_authenticated:
        return render(request, "accounts/invitation_signed_in.html", {"invitation": invitation})
    initial = {"email": invitation.email, "time_zone": get_organisation().time_zone}
    form = AcceptInvitationForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        language = translation.get_language()
        person = attempt(form, accept_invitation, secret=secret, language=language, **form.cleaned_data)
        if person is not None:
            return perform_login(request, person, email_verification="none", redirect_url=reverse("tracking:start"))
    context = {"form": form, "invitation": invitation}
    return render(request, "accounts/accept_invitation.html", context, status=status_of(form))
