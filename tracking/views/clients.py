from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from timetracker.web.answers import action, selected_ids
from timetracker.web.htmx import redirect_with_toast, render_page
from timetracker.web.pagination import page_of
from tracking.access import get_client, require_manager
from tracking.forms.clients import ClientFilter, ClientForm
from tracking.forms.projects import ProjectFilter
from tracking.models import Client, Project
from tracking.services.clients import archive_client, create_client, default_currency, delete_client, update_client
from tracking.views.answers import apply_to_each, changed


@login_required
@require_safe
def client_list(request: HttpRequest) -> HttpResponse:
    listing = ClientFilter(request)
    clients = Client.objects.visible_to(request.user).with_money_for(request.user).with_figures(request.user)
    page = page_of(listing.apply(clients), request)
    return render_page(request, "tracking/clients/list.html", {"listing": listing, "page": page}, partial="table")


@login_required
def client_new(request: HttpRequest) -> HttpResponse:
    require_manager(request.user)
    form = ClientForm(request.POST or None, initial={"currency": default_currency()})
    if request.method == "POST" and form.is_valid() and (client := form.write(create_client, actor=request.user)):
        url = reverse("tracking:client", args=[client.pk])
        undo_url = reverse("tracking:client-archive", args=[client.pk])
        return changed(request, _("Client “%(name)s” created.") % {"name": client}, url=url, undo_url=undo_url)
    return _form(request, form, _("New client"))


@login_required
def client_edit(request: HttpRequest, pk: int) -> HttpResponse:
    client = get_client(request.user, pk, edit=True)
    form = ClientForm(request.POST or None, instance=client)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        if saved := form.write(update_client, client=client, actor=request.user, version=version):
            url = reverse("tracking:client", args=[pk])
            return changed(request, _("Client “%(name)s” saved.") % {"name": saved}, url=url)
    return _form(request, form, _("Edit client"))


def _form(request: HttpRequest, form: ClientForm, title: str) -> HttpResponse:
    status = 422 if form.errors else 200
    context = {"form": form, "title": title}
    return render_page(request, "tracking/clients/form.html", context, partial="form", status=status)


@login_required
@require_safe
def client_page(request: HttpRequest, pk: int) -> HttpResponse:
    client = get_client(request.user, pk)
    listing = ProjectFilter(request)
    projects = Project.objects.visible_to(request.user).with_rights_for(request.user).filter(client=client)
    page = page_of(listing.apply(projects), request)
    may_edit = request.user.may_create_projects
    context = {
        "client": client,
        "listing": listing,
        "page": page,
        "may_edit": may_edit,
        "new_url": f"{reverse('tracking:project-new')}?client={pk}" if may_edit else "",
        # The page may show none and there be some: archived, or not for this person to see.
        "unused": not page and may_edit and not client.projects.exists(),
    }
    return render_page(request, "tracking/clients/page.html", context, partial="client")


@action
def client_archive(request: HttpRequest, pk: int, *, archived: bool) -> HttpResponse:
    client = archive_client(client=get_client(request.user, pk, edit=True), actor=request.user, archived=archived)
    text = _("Client “%(name)s” archived.") if archived else _("Client “%(name)s” is back.")
    undo_url = reverse("tracking:client-bring-back" if archived else "tracking:client-archive", args=[pk])
    return changed(request, text % {"name": client}, url=reverse("tracking:client", args=[pk]), undo_url=undo_url)


@action
def client_delete(request: HttpRequest, pk: int) -> HttpResponse:
    client = get_client(request.user, pk, edit=True)
    delete_client(client=client, actor=request.user)
    return redirect_with_toast(request, reverse("tracking:clients"), _("Client “%(name)s” deleted.") % {"name": client})


@action
def clients_bulk(request: HttpRequest, *, archived: bool) -> HttpResponse:
    require_manager(request.user)
    ids = selected_ids(request)
    rows = Client.objects.visible_to(request.user).filter(pk__in=ids)
    outcome = apply_to_each(rows, ids, lambda row: archive_client(client=row, actor=request.user, archived=archived))
    count = len(outcome.done)
    if archived:
        text = ngettext("%(count)d client archived.", "%(count)d clients archived.", count) % {"count": count}
    else:
        text = ngettext("%(count)d client is back.", "%(count)d clients are back.", count) % {"count": count}
    undo_url = reverse("tracking:clients-bring-back" if archived else "tracking:clients-archive")
    return outcome.answer(request, text, url=reverse("tracking:clients"), undo_url=undo_url)
