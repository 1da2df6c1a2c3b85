from __future__ import annotations

import hashlib
import json
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from tracking.models.entry import TimeEntry
from tracking.models.project import Project
from tracking.models.tag import Tag
from tracking.models.task import Task


class FavouriteQuerySet(models.QuerySet["Favourite"]):
    def pinned(self) -> FavouriteQuerySet:
        return self.filter(unpinned_at=None)

    def of(self, user: User) -> FavouriteQuerySet:
        """What `user` has pinned, in their order, with all that a button shows. Adds `project_seen`."""
        seen = Project.objects.visible_to(user).filter(pk=OuterRef("project"))
        pins = self.filter(user=user, unpinned_at=None).annotate(project_seen=Exists(seen))
        return pins.select_related("project__client", "task").prefetch_related("tags")


class Favourite(models.Model):
    """What a person pinned because they log it often: a button that starts the timer with it."""

    project_seen: bool  # only on rows from `of`

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="pins")
    description = models.TextField(_("description"), blank=True)
    project = models.ForeignKey(
        Project, verbose_name=_("project"), null=True, blank=True, on_delete=models.CASCADE, related_name="pins"
    )
    task = models.ForeignKey(
        Task, verbose_name=_("task"), null=True, blank=True, on_delete=models.CASCADE, related_name="pins"
    )
    tags = models.ManyToManyField(Tag, verbose_name=_("tags"), blank=True, related_name="pins")
    billable = models.BooleanField(_("billable"), default=False)
    position = models.PositiveSmallIntegerField(default=0, editable=False, help_text="Order within the row.")
    subject = models.CharField(
        max_length=64, editable=False, help_text="What it was pinned as, tags and all, short enough for an index."
    )
    unpinned_at = models.DateTimeField(
        _("unpinned at"), null=True, blank=True, editable=False, help_text="Kept for a day, for Undo."
    )

    objects = FavouriteQuerySet.as_manager()

    class Meta:
        verbose_name = _("favourite")
        verbose_name_plural = _("favourites")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "subject"], condition=Q(unpinned_at=None), name="pin_once")
        ]

    def __str__(self) -> str:
        return self.description[:80] or str(self.task or self.project or self.pk)

    @property
    def shown_project(self) -> Project | None:
        """Whose name may be said."""
        return self.project if self.project_seen else None

    @property
    def shown_task(self) -> Task | None:
        return self.task if self.project_seen else None

    @property
    def obstacle(self) -> str:
        """Why the timer cannot start with it; nothing where it can. What is said here is checked at the start again."""
        if self.project is None:
            return ""
        if not self.project_seen:
            return gettext("You no longer see this project")
        if not self.project.bookable:
            return gettext("The project is closed")
        if self.task is None:
            return ""
        if self.task.archived:
            return gettext("The task is archived")
        return "" if self.task.project_id == self.project_id else gettext("The task is in another project now")


def subject_of(row: TimeEntry | Favourite) -> str:
    """What an entry or a favourite is about: the same text for the same work. Cheap where tags were prefetched."""
    tags = sorted(tag.pk for tag in row.tags.all())
    parts: list[Any] = [row.description, row.project_id, row.task_id, row.billable, tags]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
