from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from timetracker.events.recording import record
from timetracker.web.errors import Conflict
from tracking.events import TagChanged, TagCreated, TagDeleted
from tracking.models import Tag
from tracking.models.tag import names_meetings


@transaction.atomic
def create_tag(*, name: str, actor: User, meeting: bool | None = None) -> Tag:
    """Raises ValidationError where the name is taken, whatever its case. Left out, its name says if it is a meeting."""
    tag = Tag(name=name.strip().removeprefix("#"))
    tag.meeting = names_meetings(tag.name) if meeting is None else meeting
    tag.full_clean()
    tag.save(force_insert=True)
    record(TagCreated.of(tag), actor=actor, subject=tag)
    return tag


@transaction.atomic
def tags_named(*, names: Iterable[str], actor: User) -> list[Tag]:
    """The tags of these names in their order, whatever their case; unknown ones are made.

    An archived one is used as it is, and brought back where the actor may do that.
    """
    wanted: dict[str, str] = {}
    for name in filter(None, (name.strip().removeprefix("#") for name in names)):
        wanted.setdefault(name.lower(), name)
    known: dict[str, Tag] = {
        tag.name.lower(): tag for tag in Tag.objects.annotate(lower=Lower("name")).filter(lower__in=wanted)
    }
    for key, name in wanted.items():
        tag = known.get(key) or _made_once(name, actor)
        if tag.archived and actor.may_create_projects:
            tag = archive_tag(tag=tag, actor=actor, archived=False)
        known[key] = tag
    return [known[key] for key in wanted]


def _made_once(name: str, actor: User) -> Tag:
    """Somebody else may be making the same tag at this moment."""
    try:
        return create_tag(name=name, actor=actor)
    except (IntegrityError, ValidationError):
        tag = Tag.objects.filter(name__iexact=name).first()
        if tag is None:
            raise
        return tag


@transaction.atomic
def update_tag(*, tag: Tag, actor: User, name: str | None = None, meeting: bool | None = None) -> Tag:
    """What is left out stays."""
    tag = Tag.objects.select_for_update(no_key=True).get(pk=tag.pk)
    tag.name = tag.name if name is None else name.strip().removeprefix("#")
    tag.meeting = tag.meeting if meeting is None else meeting
    tag.full_clean()
    tag.save(update_fields=["name", "meeting"])
    record(TagChanged.of(tag), actor=actor, subject=tag)
    return tag


@transaction.atomic
def archive_tag(*, tag: Tag, actor: User, archived: bool = True) -> Tag:
    tag = Tag.objects.select_for_update(no_key=True).get(pk=tag.pk)
    if tag.archived != archived:
        tag.archived_at = timezone.now() if archived else None
        tag.save(update_fields=["archived_at"])
        record(TagChanged.of(tag), actor=actor, subject=tag)
    return tag


@transaction.atomic
def delete_tag(*, tag: Tag, actor: User) -> None:
    """Only one that nothing carries; else it is archived."""
    tag = Tag.objects.select_for_update().get(pk=tag.pk)
    if tag.entries.exists() or tag.tasks.exists():
        raise Conflict(_("Entries or tasks carry this tag. Archive it instead."), code="in_use")
    record(TagDeleted.of(tag), actor=actor, subject=tag)
    tag.delete()


def require_tag_names(names: Iterable[str]) -> list[str]:
    """Names cleaned of # and spaces. Raises ValidationError at `tags` for one that could not be a tag."""
    cleaned = [name.strip().removeprefix("#") for name in names]
    for name in filter(None, cleaned):
        try:
            Tag(name=name).clean_fields()
        except ValidationError as error:
            raise ValidationError({"tags": [f"{name}: {message}" for message in error.messages]}) from error
    return list(filter(None, cleaned))
