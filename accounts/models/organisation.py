from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.choices import Weekday
from accounts.holidays import validate_place
from accounts.models.user import validate_time_zone


class Organisation(models.Model):
    """The one row of settings that hold for everybody."""

    PK = 1

    name = models.CharField(_("name"), max_length=120, default="Timetracker")
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[validate_time_zone])
    currency = models.CharField(
        _("currency"),
        max_length=3,
        default="EUR",
        validators=[RegexValidator(r"^[A-Z]{3}\Z", _("Three capital letters, as in EUR."))],
        help_text=_("Three letters, as in EUR."),
    )
    week_start = models.PositiveSmallIntegerField(_("week starts on"), choices=Weekday, default=Weekday.MONDAY)
    holidays = models.CharField(_("public holidays"), max_length=40, blank=True, validators=[validate_place])
    telemetry = models.BooleanField(_("send anonymous usage figures"), default=False)
    refuse_second_timer = models.BooleanField(
        _("refuse a second timer"),
        default=False,
        help_text=_("Off: starting a timer stops the one that runs. On: it has to be stopped first."),
    )
    dashboard = models.JSONField(_("standard dashboard"), null=True, blank=True)  # as User.dashboard
    set_up_at = models.DateTimeField(_("set up"), null=True, editable=False)
    setup_token_hash = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisation")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="organisation_is_one_row")]

    def __str__(self) -> str:
        return self.name
