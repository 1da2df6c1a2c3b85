from __future__ import annotations

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce, Lower
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from tracking.models.faults import FaultsAtFields

currency_code = RegexValidator(r"^[A-Z]{3}$", _("Three capital letters, as in EUR."))


class ClientQuerySet(models.QuerySet["Client"]):
    def visible_to(self, user: User) -> ClientQuerySet:
        """All of them for administrators and managers; else those with a project one sees."""
        from tracking.models.project import Project  # noqa: PLC0415 - the two models name each other

        if user.may_create_projects:
            return self
        return self.filter(Exists(Project.objects.visible_to(user).filter(client=OuterRef("pk"))))

    def with_money_for(self, user: User) -> ClientQuerySet:
        """Leaves the rate in the database for those who may not know it."""
        return self if user.may_create_projects else self.defer("hourly_rate")

    def with_figures(self, user: User) -> ClientQuerySet:
        """Adds `open_projects` and `tracked_seconds`, over the projects that `user` sees."""
        from tracking.models.project import Project  # noqa: PLC0415 - the two models name each other

        seen = Project.objects.visible_to(user).filter(client=OuterRef("pk")).order_by()
        found = seen.open().values("client").annotate(found=Count("pk")).values("found")
        total = seen.values("client").annotate(total=Sum("tracked_seconds")).values("total")
        return self.annotate(open_projects=Coalesce(Subquery(found), 0), tracked_seconds=Coalesce(Subquery(total), 0))


class Client(FaultsAtFields):
    """Somebody we work for."""

    name = models.CharField(_("name"), max_length=150)
    email = models.EmailField(_("e-mail"), blank=True)
    currency = models.CharField(_("currency"), max_length=3, validators=[currency_code])
    hourly_rate = models.DecimalField(
        _("hourly rate"), max_digits=10, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    note = models.TextField(_("note"), max_length=2000, blank=True)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ClientQuerySet.as_manager()

    class Meta:
        verbose_name = _("client")
        verbose_name_plural = _("clients")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="client_name_unique",
                violation_error_code="name",
                violation_error_message=_("There is a client of this name already."),
            ),
            models.CheckConstraint(
                condition=Q(hourly_rate__isnull=True) | Q(hourly_rate__gte=0), name="client_rate_positive"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def archived(self) -> bool:
        return self.archived_at is not None
