from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce, Lower
from django.utils.translation import gettext_lazy as _

from tracking.models.faults import FaultsAtFields


class TagQuerySet(models.QuerySet["Tag"]):
    def with_use(self) -> TagQuerySet:
        """Adds `entry_count` and `task_count`: how many carry the tag, those in the trash too."""
        return self.annotate(entry_count=_count("entries"), task_count=_count("tasks"))


MEETINGS = frozenset(
    "meeting meetings call calls standup stand-up daily 1:1 1on1 sync besprechung besprechungen termin termine "
    "telefonat jour-fixe".split()
)
"""Names, in lower case and with hyphens, of tags that count as meetings unless somebody says otherwise."""


def names_meetings(name: str) -> bool:
    return name.casefold().replace("_", "-") in MEETINGS


def _count(relation: str) -> Coalesce:
    through = Tag._meta.get_field(relation).through._default_manager.filter(tag=OuterRef("pk")).order_by()  # type: ignore[union-attr]  # a reverse many-to-many
    return Coalesce(Subquery(through.values("tag").annotate(found=Count("pk")).values("found")), 0)


class Tag(FaultsAtFields):
    """A word on entries and tasks. A colon makes a namespace: `category:development`."""

    name = models.CharField(
        _("name"),
        max_length=60,
        validators=[RegexValidator(r"^[^\s#@,]+$", _("One word without spaces, commas, # or @."))],
    )
    meeting = models.BooleanField(
        _("counts as a meeting"),
        default=False,
        help_text=_("Insights show which share of the time went into meetings."),
    )
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = TagQuerySet.as_manager()

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="tag_name_unique",
                violation_error_code="name",
                violation_error_message=_("There is a tag of this name already."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def archived(self) -> bool:
        return self.archived_at is not None

    @property
    def prefix(self) -> str:
        """What stands before the colon; nothing for a plain word."""
        return self.name.rpartition(":")[0]

    @property
    def word(self) -> str:
        """What stands behind it."""
        return self.name.rpartition(":")[2]
