from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models.user import User


class TeamQuerySet(models.QuerySet["Team"]):
    def visible_to(self, user: User) -> TeamQuerySet:
        """Teams one is in; all of them for an administrator."""
        if user.is_administrator:
            return self
        return (
            self.filter(pk__in=TeamMember.objects.filter(user=user).values("team")) if user.is_active else self.none()
        )

    def with_time_visible_to(self, user: User) -> TeamQuerySet:
        """Teams whose people's entries `user` may see: those that one leads; all of them for an administrator."""
        if user.is_administrator:
            return self
        led = TeamMember.objects.filter(user=user, is_lead=True)
        return self.filter(pk__in=led.values("team")) if user.is_active else self.none()


class Team(models.Model):
    name = models.CharField(_("name"), max_length=100)
    people = models.ManyToManyField(settings.AUTH_USER_MODEL, through="TeamMember", related_name="teams")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="team_name_unique",
                violation_error_message=_("There is a team of this name already."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class TeamMember(models.Model):
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    is_lead = models.BooleanField(_("leads the team"), default=False)

    class Meta:
        verbose_name = _("team member")
        verbose_name_plural = _("team members")
        constraints = [models.UniqueConstraint(fields=["team", "user"], name="team_member_once")]

    def __str__(self) -> str:
        return f"{self.user} · {self.team}"
