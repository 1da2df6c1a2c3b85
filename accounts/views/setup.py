from __future__ import annotations

from allauth.account.utils import perform_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.forms import SetUpForm
from accounts.models import User
from accounts.queries import is_set_up
from accounts.services.setup import finish_set_up, is_setup_token
from timetracker.web.answers import attempt, status_of


@require_GET
@never_cache
def setup_needed(request: HttpRequest) -> HttpResponse:
    """Where every page of an empty instance leads."""
    return redirect("tracking:start") if is_set_up() else render(request, "accounts/setup_needed.html")


@never_cache
def setup(request: HttpRequest, secret: str) -> HttpResponse:
    if not is_setup_token(secret):
        return _closed(request)
    form = SetUpForm(request.POST or None, initial={"time_zone": "UTC"})
    if request.method == "POST" and form.is_valid():
        person = attempt(form, finish_set_up, secret=secret, **_arguments(form))
        if person is not None:
            return _sign_in(request, person)
        if is_set_up():  # the other of two submits was first
            return _closed(request)
    return render(request, "accounts/setup.html", {"form": form}, status=status_of(form))


def _arguments(form: SetUpForm) -> dict[str, object]:
    wanted = dict(form.cleaned_data)
    return {"load_demo": wanted.pop("start") == "demo", "language": translation.get_language(), **wanted}


def _closed(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "accounts/setup_closed.html",
        {"is_set_up": is_set_up(), "is_administered": User.objects.administrators().exists()},
        status=404,
    )


def _sign_in(request: HttpRequest, person: User) -> HttpResponse:
    return perform_login(request, person, email_verification="none", redirect_url=reverse("tracking:start"))
