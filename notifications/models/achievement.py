from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications.choices import AchievementKind
from timetracker.events.models import Event
from tracking.models import Task, TimeEntry


class Achievement(models.Model):
    """What one person has earned. It is theirs alone, and stays when what it rests on is deleted later."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.CASCADE, related_name="achievements"
    )
    kind = models.CharField(_("kind"), max_length=20, choices=AchievementKind)
    mark = models.CharField(_("which"), max_length=10, blank=True)
    """The month (2026-03), the first day of the week, the last day of the streak, or how many tasks."""
    earned_at = models.DateTimeField(_("earned"), default=timezone.now)
    event = models.ForeignKey(
        Event, verbose_name=_("event"), null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("achievement")
        verbose_name_plural = _("achievements")
        ordering = ["-earned_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["person", "kind", "mark"], name="achievement_once")]
        indexes = [models.Index(fields=["person", "-earned_at", "-id"], name="achievement_of_person")]

    def __str__(self) -> str:
        """Not what it is for: the administration shows this, and it is nobody else's."""
        return f"{self._meta.verbose_name} {self.pk}"


class CountedTime(models.Model):
    """How much of one entry counts for achievements on one day: what the person did themselves, at the time.

    Events say who did what and when; an entry does not. So it is written down when it happens. A later change of the
    entry takes `seconds` down to what is left on that day, and never above `witnessed`.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.CASCADE)
    entry = models.ForeignKey(TimeEntry, verbose_name=_("time entry"), on_delete=models.CASCADE)
    day = models.DateField(_("day"))
    zone = models.CharField(_("time zone"), max_length=64)
    """The person's then: its midnight made the day."""
    witnessed = models.PositiveIntegerField(_("seconds then"))
    seconds = models.PositiveIntegerField(_("seconds"))

    class Meta:
        verbose_name = _("time for achievements")
        verbose_name_plural = _("times for achievements")
        ordering = ["-day", "-pk"]
        default_related_name = "counted_time"
        constraints = [models.UniqueConstraint(fields=["entry", "day"], name="counted_time_once_a_day")]
        indexes = [
            models.Index(fields=["person", "day"], name="counted_time_of_person"),
            models.Index(fields=["day"], name="counted_time_of_day"),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.day}: {self.seconds}"


class CountedTask(models.Model):
    """A task that its person finished themselves, alone and within the estimate."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.CASCADE)
    task = models.OneToOneField(Task, verbose_name=_("task"), on_delete=models.CASCADE)
    finished_at = models.DateTimeField(_("finished"))

    class Meta:
        verbose_name = _("task for achievements")
        verbose_name_plural = _("tasks for achievements")
        ordering = ["-finished_at", "-pk"]
        default_related_name = "counted_task"

    def __str__(self) -> str:
        return f"{self.task_id} {self.finished_at:%Y-%m-%d}"
