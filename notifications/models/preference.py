from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.choices import Weekday
from notifications.choices import Channel, DigestRhythm, Priority
from tracking.models.deadline import DEADLINE_HOURS

MOST_A_DAY = 1000


class Preference(models.Model):
    """One cell of the grid where it differs from what stands below: a person's, or with no person everybody's."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("person"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        help_text=_("Nobody: the default for everybody."),
    )
    category = models.CharField(_("category"), max_length=40)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    wanted = models.BooleanField(_("wanted"))

    class Meta:
        verbose_name = _("preference")
        verbose_name_plural = _("preferences")
        ordering = ["user_id", "category", "channel"]
        constraints = [
            models.UniqueConstraint(fields=["user", "category", "channel"], name="preference_once"),
            models.UniqueConstraint(
                fields=["category", "channel"], condition=Q(user=None), name="preference_default_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category} · {self.channel}: {self.wanted}"


def one_day() -> list[int]:
    return [24]


def validate_deadline_hours(hours: object) -> None:
    if (
        not isinstance(hours, list)
        or len(set(map(str, hours))) != len(hours)
        or any(each not in DEADLINE_HOURS for each in hours)
    ):
        raise ValidationError(_("Deadlines are told 72, 24 or 1 hours ahead."))


class Settings(models.Model):
    """When a person may be interrupted, and by what. With no person: what everybody begins with.

    A person's values count where they are `chosen`; the others are everybody's, also when those change later.
    """

    UNITS = (
        ("least_priority",),
        ("quiet", "quiet_from", "quiet_until"),
        ("quiet_days_off",),
        ("most_a_day",),
        ("digest", "digest_at", "digest_weekday"),
        ("vibrate",),
        ("idle_minutes",),
        ("no_timer_minutes",),
        ("summary_at",),
        ("deadline_hours",),
        ("achievements",),
    )
    """What is chosen together: who sets quiet hours has chosen when they begin and end."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("person"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="notification_settings",
        help_text=_("Nobody: the default for everybody."),
    )
    least_priority = models.CharField(
        _("least priority"),
        max_length=10,
        choices=Priority,
        default=Priority.LOW,
        help_text=_("What is less important waits in the centre and does not interrupt."),
    )
    quiet = models.BooleanField(_("quiet hours"), default=False)
    quiet_from = models.TimeField(_("quiet from"), default=dt.time(20))
    quiet_until = models.TimeField(_("quiet until"), default=dt.time(7))
    quiet_days_off = models.BooleanField(_("quiet on days off"), default=False)
    most_a_day = models.PositiveSmallIntegerField(
        _("interruptions a day at most"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(MOST_A_DAY)],
        help_text=_("How many notifications may interrupt in one day; the others wait for a digest. Empty: no limit."),
    )
    digest = models.CharField(
        _("when what was held back comes"), max_length=10, choices=DigestRhythm, default=DigestRhythm.AT_ONCE
    )
    digest_at = models.TimeField(_("digest at"), default=dt.time(8))
    digest_weekday = models.PositiveSmallIntegerField(_("digest on"), choices=Weekday, default=Weekday.MONDAY)
    vibrate = models.BooleanField(_("vibrate"), default=False)
    idle_minutes = models.PositiveSmallIntegerField(
        _("away after"),
        default=30,
        validators=[MinValueValidator(5), MaxValueValidator(240)],
        help_text=_("Minutes without a key or the mouse, while a timer runs."),
    )
    no_timer_minutes = models.PositiveSmallIntegerField(
        _("no timer after"),
        default=90,
        validators=[MinValueValidator(15), MaxValueValidator(480)],
        help_text=_("Minutes without a timer within your working hours."),
    )
    summary_at = models.TimeField(_("summary at"), default=dt.time(18))
    deadline_hours = models.JSONField(_("deadlines"), default=one_day, blank=True, validators=[validate_deadline_hours])
    achievements = models.BooleanField(
        _("achievements"),
        default=True,
        help_text=_("Off: nothing is earned, and what was earned before is kept and not shown."),
    )
    chosen = models.JSONField(_("chosen"), default=list, editable=False)

    class Meta:
        verbose_name = _("notification settings")
        verbose_name_plural = _("notification settings")
        constraints = [
            models.UniqueConstraint(models.Value(1), condition=Q(user=None), name="settings_default_once"),
        ]

    def __str__(self) -> str:
        return str(self.user or _("Everybody"))

    def choose(self, below: Settings) -> None:
        """Notes as chosen whatever differs from what everybody has."""
        differ = [unit for unit in self.UNITS if any(getattr(self, name) != getattr(below, name) for name in unit)]
        self.chosen = [name for unit in differ for name in unit]

    def follow(self, below: Settings) -> None:
        for name in (name for unit in self.UNITS for name in unit if name not in self.chosen):
            setattr(self, name, getattr(below, name))
