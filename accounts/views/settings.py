from __future__ import annotations

from copy import copy

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.access import get_own_token, require_administrator
from accounts.forms import OrganisationForm, ProfileForm, TokenForm
from accounts.queries import get_organisation, tokens_of
from accounts.services.organisation import update_organisation
from accounts.services.profile import update_profile
from accounts.services.tokens import create_token, revoke_token
from accounts.views.answers import changed
from timetracker.web.answers import attempt, status_of
from timetracker.web.htmx import redirect_with_toast, render_page
from timetracker.web.middleware import activate_person
from timetracker.web.pagination import page_of


@login_required
def profile(request: HttpRequest) -> HttpResponse:
    # A copy: a wrong form must not change the person whom the rest of the page is about.
    form = ProfileForm(request.POST or None, instance=copy(request.user))
    if request.method == "POST" and form.is_valid():
        person = attempt(form, update_profile, person=request.user, **form.cleaned_data)
        if person is not None:
            activate_person(person)
            return redirect_with_toast(request, reverse("accounts:profile"), _("Your settings are saved."))
    return render(request, "accounts/profile.html", {"form": form}, status=status_of(form))


@login_required
@never_cache
def tokens(request: HttpRequest) -> HttpResponse:
    """Makes a token, which this answer shows and no other."""
    form = TokenForm(request.POST or None)
    made = None
    if request.method == "POST" and form.is_valid():
        made = attempt(form, create_token, actor=request.user, person=request.user, **form.cleaned_data)
    token, secret = made or (None, "")
    context = {
        "form": form if made is None else TokenForm(),
        "token": token,
        "secret": secret,
        "page": page_of(tokens_of(request.user), request),
    }
    return render_page(request, "accounts/tokens.html", context, partial="tokens", status=status_of(form))


@login_required
@require_POST
def revoke(request: HttpRequest, digest: str) -> HttpResponse:
    token = get_own_token(request.user, digest)
    revoke_token(actor=request.user, token=token)
    text = _("“%(name)s” does not work any more.") % {"name": token}
    return changed(request, "tokens", text, back=reverse("accounts:tokens"))


@login_required
def organisation(request: HttpRequest) -> HttpResponse:
    require_administrator(request.user)
    form = OrganisationForm(request.POST or None, instance=get_organisation())
    if request.method == "POST" and form.is_valid():
        saved = attempt(form, update_organisation, actor=request.user, **form.cleaned_data)
        if saved is not None:
            text = _("The organisation's settings are saved.")
            return redirect_with_toast(request, reverse("accounts:organisation"), text)
    return render(request, "accounts/organisation.html", {"form": form}, status=status_of(form))
