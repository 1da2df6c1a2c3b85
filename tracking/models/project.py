from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from timetracker.web.palette import COLOURS, DEFAULT_COLOUR
from tracking.choices import BudgetType, ProjectStatus
from tracking.models.client import Client, currency_code
from tracking.models.faults import FaultsAtFields

MONEY_FIELDS = ("budget_amount",)


class ProjectQuerySet(models.QuerySet["Project"]):
    def visible_to(self, user: User) -> ProjectQuerySet:
        if user.is_administrator:
            return self
        return self.filter(Q(is_public=True) | Exists(ProjectMember.objects.filter(project=OuterRef("pk"), user=user)))

    def editable_by(self, user: User) -> ProjectQuerySet:
        """Projects whose settings, members, rates and money `user` may see and change."""
        if user.is_administrator:
            return self
        return self.filter(Exists(ProjectMember.objects.filter(project=OuterRef("pk"), user=user, is_manager=True)))

    def open(self) -> ProjectQuerySet:
        """Projects that time can be booked on."""
        return self.exclude(status__in=[ProjectStatus.ARCHIVED, ProjectStatus.COMPLETED])

    def with_rights_for(self, user: User) -> ProjectQuerySet:
        """Adds `may_edit`, `is_favourite` and the money `user` may know: `hourly_rate`, `budget_shown`, `earned_shown`.

        Hours are no secret, so a budget in hours is shown to everybody who sees the project.
        """
        managed = (
            models.Value(True)
            if user.is_administrator
            else Exists(ProjectMember.objects.filter(project=OuterRef("pk"), user=user, is_manager=True))
        )
        rate = ProjectRate.objects.filter(project=OuterRef("pk"), valid_from__lte=timezone.localdate())
        none = models.Value(None, output_field=models.DecimalField(max_digits=12, decimal_places=2))
        return self.defer(*MONEY_FIELDS, "earned_cent_seconds").annotate(
            may_edit=managed,
            is_favourite=Exists(FavouriteProject.objects.filter(project=OuterRef("pk"), user=user)),
            hourly_rate=models.Case(
                models.When(may_edit=True, then=Subquery(rate.order_by("-valid_from").values("hourly_rate")[:1])),
                default=none,
            ),
            budget_shown=models.Case(
                models.When(Q(may_edit=True) | Q(budget_type=BudgetType.HOURS), then=F("budget_amount")), default=none
            ),
            earned_shown=models.Case(
                models.When(may_edit=True, then=F("earned_cent_seconds")),
                default=models.Value(None, output_field=models.BigIntegerField()),
            ),
        )


class Project(FaultsAtFields):
    # Only on rows from `with_rights_for`.
    may_edit: bool
    budget_shown: Decimal | None
    earned_shown: int | None

    client = models.ForeignKey(
        Client, verbose_name=_("client"), null=True, blank=True, on_delete=models.PROTECT, related_name="projects"
    )
    name = models.CharField(_("name"), max_length=150)
    code = models.CharField(
        _("code"),
        max_length=20,
        blank=True,
        validators=[RegexValidator(r"^[\w.-]+$", _("Letters, digits, dots, hyphens and underscores only."))],
        help_text=_("Short, for typing: @code."),
    )
    description = models.TextField(_("description"), max_length=5000, blank=True)
    color = models.CharField(_("colour"), max_length=12, choices=COLOURS, default=DEFAULT_COLOUR)
    status = models.CharField(_("status"), max_length=12, choices=ProjectStatus, default=ProjectStatus.ACTIVE)
    starts_on = models.DateField(_("starts on"), null=True, blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    billable = models.BooleanField(_("billable"), default=True, help_text=_("What new entries start as."))
    budget_type = models.CharField(_("budget"), max_length=6, choices=BudgetType, default=BudgetType.NONE)
    budget_amount = models.DecimalField(
        _("amount"),
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.01"))],
    )
    currency = models.CharField(_("currency"), max_length=3, validators=[currency_code])
    is_public = models.BooleanField(
        _("open to everybody"), default=True, help_text=_("Off: only its members and managers see it.")
    )
    people = models.ManyToManyField(settings.AUTH_USER_MODEL, through="ProjectMember", related_name="projects")
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    # Kept by services.totals in the transaction that changes an entry, so that lists need no sums.
    tracked_seconds = models.BigIntegerField(_("tracked seconds"), default=0, editable=False)
    earned_cent_seconds = models.BigIntegerField(
        default=0,
        editable=False,
        help_text="Sum of seconds × rate in cents over billable entries: exact, divide by 360,000.",
    )

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                "client",
                name="project_name_unique",
                violation_error_code="name",
                violation_error_message=_("This client has a project of this name already."),
            ),
            models.UniqueConstraint(
                Lower("name"),
                condition=Q(client=None),
                name="project_name_unique_no_client",
                violation_error_code="name",
                violation_error_message=_("There is a project of this name already."),
            ),
            models.UniqueConstraint(
                Lower("code"),
                condition=~Q(code=""),
                name="project_code_unique",
                violation_error_code="code",
                violation_error_message=_("Another project has this code."),
            ),
            models.CheckConstraint(
                condition=Q(budget_type=BudgetType.NONE, budget_amount=None)
                | (~Q(budget_type=BudgetType.NONE) & Q(budget_amount__gt=0)),
                name="project_budget_whole",
                violation_error_code="budget_amount",
                violation_error_message=_("How much is the budget?"),
            ),
            models.CheckConstraint(
                condition=Q(due_on=None) | Q(starts_on=None) | Q(due_on__gte=F("starts_on")),
                name="project_dates_in_order",
                violation_error_code="due_on",
                violation_error_message=_("This is before the start."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def archived(self) -> bool:
        return self.status == ProjectStatus.ARCHIVED

    @property
    def bookable(self) -> bool:
        return self.status not in {ProjectStatus.ARCHIVED, ProjectStatus.COMPLETED}


class ProjectMember(models.Model):
    project = models.ForeignKey(
        Project, verbose_name=_("project"), on_delete=models.CASCADE, related_name="memberships"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="project_memberships")
    is_manager = models.BooleanField(_("manages the project"), default=False)

    class Meta:
        verbose_name = _("project member")
        verbose_name_plural = _("project members")
        constraints = [models.UniqueConstraint(fields=["project", "user"], name="project_member_once")]

    def __str__(self) -> str:
        return f"{self.user} · {self.project}"


class ProjectRate(models.Model):
    """What an hour costs from a day on. The first one holds from `ALWAYS`."""

    ALWAYS = dt.date.min

    project = models.ForeignKey(Project, verbose_name=_("project"), on_delete=models.CASCADE, related_name="rates")
    valid_from = models.DateField(_("from"))
    hourly_rate = models.DecimalField(
        _("hourly rate"), max_digits=10, decimal_places=2, validators=[MinValueValidator(0)]
    )

    class Meta:
        verbose_name = _("rate")
        verbose_name_plural = _("rates")
        ordering = ["-valid_from"]
        constraints = [models.UniqueConstraint(fields=["project", "valid_from"], name="project_rate_one_a_day")]

    def __str__(self) -> str:
        return f"{self.hourly_rate} · {self.valid_from}"


class FavouriteProject(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="favourite_projects")
    project = models.ForeignKey(Project, verbose_name=_("project"), on_delete=models.CASCADE, related_name="favourites")

    class Meta:
        verbose_name = _("favourite")
        verbose_name_plural = _("favourites")
        constraints = [models.UniqueConstraint(fields=["user", "project"], name="favourite_once")]

    def __str__(self) -> str:
        return f"{self.user} · {self.project}"
