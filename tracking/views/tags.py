from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from timetracker.web.answers import action, selected_ids
from timetracker.web.errors import Conflict
from timetracker.web.htmx import render_page
from timetracker.web.pagination import page_of
from tracking.access import get_tag_to_manage, require_manager
from tracking.forms.tags import TagFilter, TagForm
from tracking.models import Tag
from tracking.services.tags import archive_tag, create_tag, delete_tag, update_tag
from tracking.views.answers import apply_to_each, changed

PER_PAGE = 200


@login_required
@require_safe
def tag_list(request: HttpRequest) -> HttpResponse:
    listing = TagFilter(request)
    page = page_of(listing.apply(Tag.objects.with_use()), request, per_page=PER_PAGE)
    return render_page(
        request, "tracking/tags/list.html", {"listing": listing, "page": page, "groups": grouped(page)}, partial="table"
    )


def grouped(tags: Iterable[Tag]) -> list[tuple[str, list[Tag]]]:
    """By what stands before the colon, plain words first."""
    by_prefix = sorted(tags, key=lambda tag: tag.prefix.lower())
    return [(prefix, list(group)) for prefix, group in groupby(by_prefix, key=lambda tag: tag.prefix.lower())]


@login_required
def tag_new(request: HttpRequest) -> HttpResponse:
    form = TagForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and (tag := form.write(create_tag, actor=request.user)):
        # Only some may do what takes it back.
        undo_url = reverse("tracking:tag-delete", args=[tag.pk]) if request.user.may_create_projects else None
        said = _("Tag #%(name)s created.") % {"name": tag}
        return changed(request, said, url=reverse("tracking:tags"), undo_url=undo_url)
    return _form(request, form, _("New tag"))


@login_required
def tag_edit(request: HttpRequest, pk: int) -> HttpResponse:
    tag = get_tag_to_manage(request.user, pk)
    form = TagForm(request.POST or None, instance=tag)
    if request.method == "POST" and form.is_valid() and (saved := form.write(update_tag, tag=tag, actor=request.user)):
        return changed(request, _("Tag #%(name)s saved.") % {"name": saved}, url=reverse("tracking:tags"))
    return _form(request, form, _("Edit tag"))


def _form(request: HttpRequest, form: TagForm, title: str) -> HttpResponse:
    status = 422 if form.errors else 200
    return render_page(
        request, "tracking/tags/form.html", {"form": form, "title": title}, partial="form", status=status
    )


@action
def tag_archive(request: HttpRequest, pk: int, *, archived: bool) -> HttpResponse:
    tag = archive_tag(tag=get_tag_to_manage(request.user, pk), actor=request.user, archived=archived)
    text = _("Tag #%(name)s archived.") if archived else _("Tag #%(name)s is back.")
    undo_url = reverse("tracking:tag-bring-back" if archived else "tracking:tag-archive", args=[pk])
    return changed(request, text % {"name": tag}, url=reverse("tracking:tags"), undo_url=undo_url)


@action
def tag_delete(request: HttpRequest, pk: int) -> HttpResponse:
    tag = get_tag_to_manage(request.user, pk)
    delete_tag(tag=tag, actor=request.user)
    url = reverse("tracking:tags")
    undo_url = f"{reverse('tracking:tag-again')}?{urlencode({'name': tag.name})}"
    return changed(request, _("Tag #%(name)s deleted.") % {"name": tag}, url=url, undo_url=undo_url)


@action
def tag_again(request: HttpRequest) -> HttpResponse:
    """What the Undo of a deletion posts to: nothing carried the tag, so one of the same name is the same."""
    form = TagForm(request.GET)
    if form.is_valid() and (tag := form.write(create_tag, actor=request.user)):
        return changed(request, _("Tag #%(name)s is back.") % {"name": tag}, url=reverse("tracking:tags"))
    raise Conflict(" ".join(message for messages in form.errors.values() for message in messages), code="taken")


@action
def tags_bulk(request: HttpRequest, *, archived: bool) -> HttpResponse:
    require_manager(request.user)
    ids = selected_ids(request)
    rows = Tag.objects.filter(pk__in=ids)
    outcome = apply_to_each(rows, ids, lambda row: archive_tag(tag=row, actor=request.user, archived=archived))
    count = len(outcome.done)
    if archived:
        text = ngettext("%(count)d tag archived.", "%(count)d tags archived.", count) % {"count": count}
    else:
        text = ngettext("%(count)d tag is back.", "%(count)d tags are back.", count) % {"count": count}
    undo_url = reverse("tracking:tags-bring-back" if archived else "tracking:tags-archive")
    return outcome.answer(request, text, url=reverse("tracking:tags"), undo_url=undo_url)
