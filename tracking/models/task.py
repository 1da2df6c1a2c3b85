from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.choices import Role
from accounts.models import User
from tracking.choices import FINISHED, Priority, TaskStatus
from tracking.models.project import Project, ProjectMember
from tracking.models.tag import Tag


class TaskQuerySet(models.QuerySet["Task"]):
    def visible_to(self, user: User) -> TaskQuerySet:
        """A task is seen by whoever sees its project."""
        if user.is_administrator:
            return self
        member = ProjectMember.objects.filter(project=OuterRef("project"), user=user)
        return self.filter(Q(project__is_public=True) | Exists(member))

    def visible_to_assignee(self) -> TaskQuerySet:
        """The same rule for many people at once: each task that its own assignee sees."""
        member = ProjectMember.objects.filter(project=OuterRef("project"), user=OuterRef("assignee"))
        assigned = self.filter(assignee__is_active=True)
        return assigned.filter(Q(project__is_public=True) | Q(assignee__role=Role.ADMINISTRATOR) | Exists(member))

    def open(self) -> TaskQuerySet:
        return self.exclude(status__in=FINISHED).filter(archived_at=None)

    def with_rights_for(self, user: User) -> TaskQuerySet:
        """Adds `may_delete`: the project's managers, administrators, and the author of a task without time."""
        if user.is_administrator:
            return self.annotate(may_delete=models.Value(True))
        managed = ProjectMember.objects.filter(project=OuterRef("project"), user=user, is_manager=True)
        return self.annotate(
            may_delete=models.Case(
                models.When(Exists(managed), then=True),
                models.When(created_by=user, tracked_seconds=0, then=True),
                default=False,
                output_field=models.BooleanField(),
            )
        )


class Task(models.Model):
    may_delete: bool  # only on rows from `with_rights_for`

    project = models.ForeignKey(Project, verbose_name=_("project"), on_delete=models.PROTECT, related_name="tasks")
    name = models.CharField(_("name"), max_length=250)
    description = models.TextField(_("description"), max_length=5000, blank=True)
    status = models.CharField(_("status"), max_length=12, choices=TaskStatus, default=TaskStatus.TODO)
    priority = models.CharField(_("priority"), max_length=6, choices=Priority, default=Priority.NORMAL)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("assigned to"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="tasks",
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("created by"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    tags = models.ManyToManyField(Tag, verbose_name=_("tags"), blank=True, related_name="tasks")
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    estimated_hours = models.DecimalField(
        _("estimate in hours"),
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.01"))],
    )
    estimated_at = models.DateTimeField(_("estimated"), null=True, blank=True, editable=False)
    complexity = models.PositiveSmallIntegerField(
        _("complexity"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(5)],
        help_text=_("1 to 5."),
    )
    position = models.FloatField(default=0, editable=False, help_text="Order within a column of the board.")
    started_at = models.DateTimeField(_("started"), null=True, blank=True, editable=False)
    completed_at = models.DateTimeField(_("completed"), null=True, blank=True, editable=False)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    # Kept by services.totals in the transaction that changes an entry.
    tracked_seconds = models.BigIntegerField(_("tracked seconds"), default=0, editable=False)

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status=TaskStatus.DONE, completed_at__isnull=False)
                | (~Q(status=TaskStatus.DONE) & Q(completed_at=None)),
                name="task_done_has_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(estimated_hours=None) | Q(estimated_hours__gt=0), name="task_estimate_positive"
            ),
        ]
        indexes = [
            models.Index(fields=["status", "position"], condition=Q(archived_at=None), name="task_board"),
            models.Index(fields=["project", "-created_at"], name="task_of_project"),
            models.Index(fields=["assignee", "status"], name="task_of_assignee"),
            models.Index(F("due_at"), condition=Q(completed_at=None, due_at__isnull=False), name="task_due"),
            models.Index(F("created_at").desc(), F("id").desc(), name="task_newest"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def archived(self) -> bool:
        return self.archived_at is not None

    @property
    def finished(self) -> bool:
        return self.status in FINISHED

    @property
    def estimated_seconds(self) -> int | None:
        return None if self.estimated_hours is None else int(self.estimated_hours * 3600)
