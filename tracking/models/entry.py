from __future__ import annotations

import datetime as dt
import uuid

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from tracking.choices import Review, Source
from tracking.models.project import Project, ProjectMember
from tracking.models.tag import Tag
from tracking.models.task import Task

DESCRIPTION_MAX = 2000
WEEK = dt.timedelta(days=7)


class TimeEntryQuerySet(models.QuerySet["TimeEntry"]):
    def alive(self) -> TimeEntryQuerySet:
        """Without what lies in the trash."""
        return self.filter(deleted_at=None)

    def running(self) -> TimeEntryQuerySet:
        return self.filter(deleted_at=None, ended_at=None)

    def to_review(self) -> TimeEntryQuerySet:
        """What looks odd. What is billed no longer asks: it is on somebody's invoice and can no longer change."""
        return self.filter(deleted_at=None, billed_at=None).exclude(review="")

    def visible_to(self, user: User) -> TimeEntryQuerySet:
        """One's own, those of the people one leads, everybody's for an administrator."""
        if user.is_administrator:
            return self
        # One IN: asked with an OR, SQLite takes ten times as long for the newest of 100,000.
        return self.filter(user__in=User.objects.with_time_visible_to(user).values("pk"))

    def editable_by(self, user: User) -> TimeEntryQuerySet:
        return self if user.is_administrator else self.filter(user=user)

    def with_money_for(self, user: User) -> TimeEntryQuerySet:
        """Adds `rate_shown`: the rate for administrators and for the managers of the entry's project, else nothing."""
        queryset = self.defer("rate")
        if user.is_administrator:
            return queryset.annotate(rate_shown=F("rate"))
        managed = ProjectMember.objects.filter(project=models.OuterRef("project"), user=user, is_manager=True)
        return queryset.annotate(
            rate_shown=models.Case(
                models.When(models.Exists(managed), then=F("rate")),
                default=models.Value(None, output_field=models.DecimalField(max_digits=10, decimal_places=2)),
            )
        )

    def overlapping(self, start: dt.datetime, end: dt.datetime) -> TimeEntryQuerySet:
        """Finished entries that share time with [start, end). One longer than a week that began before is not found:

        it is flagged for its length, and the bound lets an index serve this.
        """
        return self.filter(started_at__gte=start - WEEK, started_at__lt=end, ended_at__gt=start)

    def within(self, start: dt.datetime, end: dt.datetime) -> TimeEntryQuerySet:
        """Entries that begin in [start, end): a half-open range of instants, which the index serves."""
        return self.filter(started_at__gte=start, started_at__lt=end)


class TimeEntry(models.Model):
    """Worked time, half-open: [started_at, ended_at) less its breaks. Without an end it is the running timer."""

    uid = models.UUIDField(default=uuid.uuid4, help_text=_("Made by the client: the same create twice is one row."))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.PROTECT, related_name="entries"
    )
    project = models.ForeignKey(
        Project, verbose_name=_("project"), null=True, blank=True, on_delete=models.PROTECT, related_name="entries"
    )
    task = models.ForeignKey(
        Task, verbose_name=_("task"), null=True, blank=True, on_delete=models.PROTECT, related_name="entries"
    )
    description = models.TextField(_("description"), blank=True, validators=[MaxLengthValidator(DESCRIPTION_MAX)])
    tags = models.ManyToManyField(Tag, verbose_name=_("tags"), blank=True, related_name="entries")
    billable = models.BooleanField(_("billable"), default=False)
    started_at = models.DateTimeField(_("start"))
    ended_at = models.DateTimeField(_("end"), null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="Set while the timer is paused.")
    break_seconds = models.PositiveIntegerField(
        _("breaks"), default=0, editable=False, help_text=_("Sum of closed breaks.")
    )
    seconds = models.PositiveIntegerField(
        _("duration"),
        null=True,
        editable=False,
        help_text=_("Worked: end less start less breaks. Empty while running."),
    )
    rate = models.DecimalField(_("rate"), max_digits=10, decimal_places=2, null=True, blank=True, editable=False)
    currency = models.CharField(_("currency"), max_length=3, blank=True, editable=False)
    source = models.CharField(_("source"), max_length=10, choices=Source, default=Source.MANUAL, editable=False)
    review = models.CharField(
        _("to review"), max_length=10, choices=Review, blank=True, default=Review.NONE, editable=False
    )
    accepted = models.CharField(
        _("accepted"), max_length=10, choices=Review, blank=True, default=Review.NONE, editable=False,
        help_text=_("What was found odd and is right as it is."),
    )  # fmt: skip
    billed_at = models.DateTimeField(
        _("billed"), null=True, blank=True, editable=False, help_text=_("A billed entry can no longer change.")
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    repeated = False
    """Set on what a service gives back when the same `uid` was sent before."""

    batch_id: int | None = None
    """Set by a service that changed the entry: the batch that takes it back."""

    pin_id: int | None = None
    """Set by a page that shows which favourite is about the same."""

    why = ""
    """Set by a page that says what its reason for a review rests on."""

    objects = TimeEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("time entry")
        verbose_name_plural = _("time entries")
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(ended_at=None, deleted_at=None), name="entry_one_running"
            ),
            models.UniqueConstraint(fields=["user", "uid"], name="entry_uid_unique"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")), name="entry_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, seconds=None)
                | Q(ended_at__isnull=False, seconds__isnull=False, paused_at=None),
                name="entry_seconds_when_ended",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-started_at"], condition=Q(deleted_at=None), name="entry_of_user"),
            models.Index(fields=["project", "-started_at"], condition=Q(deleted_at=None), name="entry_of_project"),
            models.Index(fields=["task", "-started_at"], condition=Q(deleted_at=None), name="entry_of_task"),
            models.Index(
                fields=["user", "-started_at"], condition=Q(deleted_at=None) & ~Q(review=""), name="entry_to_review"
            ),
            models.Index(fields=["user", "-deleted_at"], condition=Q(deleted_at__isnull=False), name="entry_in_trash"),
            models.Index(F("started_at").desc(), F("id").desc(), condition=Q(deleted_at=None), name="entry_newest"),
        ]

    def __str__(self) -> str:
        return self.description[:80] or str(self.task or self.project or self.pk)

    @property
    def running(self) -> bool:
        return self.ended_at is None

    @property
    def billed(self) -> bool:
        return self.billed_at is not None

    @property
    def paused(self) -> bool:
        return self.paused_at is not None

    def elapsed_at(self, now: dt.datetime | None = None) -> int:
        """Worked seconds up to `now`; the stored figure once the entry has ended."""
        if self.seconds is not None:
            return self.seconds
        until = self.paused_at or now or timezone.now()
        return max(0, int((until - self.started_at).total_seconds()) - self.break_seconds)


class Break(models.Model):
    """A pause that is over, half-open. It lies inside its entry and is never worked time."""

    entry = models.ForeignKey(TimeEntry, on_delete=models.CASCADE, related_name="breaks")
    started_at = models.DateTimeField(_("start"))
    ended_at = models.DateTimeField(_("end"))

    class Meta:
        verbose_name = _("break")
        verbose_name_plural = _("breaks")
        ordering = ["started_at"]
        constraints = [
            models.CheckConstraint(condition=Q(ended_at__gte=F("started_at")), name="break_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.started_at:%H:%M}–{self.ended_at:%H:%M}"
