from __future__ import annotations

import datetime as dt
import zoneinfo
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.choices import Density, HoursFormat, Language, Look, Role, TextSize, Theme, Weekday
from timetracker.web import times


def validate_time_zone(name: str) -> None:
    try:
        times.zone(name)
    except ValueError as error:
        raise ValidationError(str(error), code="time_zone") from error


def validate_working_days(days: object) -> None:
    if not isinstance(days, list) or len(set(map(str, days))) != len(days) or any(day not in range(7) for day in days):
        raise ValidationError(_("Working days are numbers from 0 (Monday) to 6 (Sunday), each once."))


def working_week() -> list[int]:
    return [0, 1, 2, 3, 4]


def display_name(user: User) -> str:
    return user.display_name or user.username


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, user: User) -> UserQuerySet:
        """People whose name and profile `user` may see: everybody who works here sees everybody's name.

        Their time is another matter: see `with_time_visible_to`.
        """
        if user.is_administrator:
            return self
        return self.filter(Q(is_active=True) | Q(pk=user.pk)) if user.is_active else self.none()

    def administrators(self) -> UserQuerySet:
        return self.filter(role=Role.ADMINISTRATOR, is_active=True)

    def with_time_visible_to(self, user: User) -> UserQuerySet:
        """People whose entries `user` may see: own, those they lead, everybody for an administrator."""
        if user.is_administrator:
            return self
        return self.filter(Q(pk=user.pk) | Q(pk__in=led_by(user))) if user.is_active else self.none()


def led_by(user: User) -> models.QuerySet[Any, Any]:
    """Ids (as a subquery) of the people in teams that `user` leads."""
    from accounts.models.team import TeamMember  # noqa: PLC0415 - the two models name each other

    teams = TeamMember.objects.filter(user=user, is_lead=True).values("team")
    return TeamMember.objects.filter(team__in=teams).values("user")


class UserManager(BaseUserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]  # a class made on the spot
    def create_user(self, username: str, email: str = "", password: str | None = None, **fields: Any) -> User:
        # Addresses are kept in lower case: that is how they are looked up at sign-in.
        user = self.model(username=username, email=(email or "").strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, email: str = "", password: str | None = None, **fields: Any) -> User:
        """What `createsuperuser` calls. The instance then counts as set up, with the defaults of `Organisation`."""
        from accounts.models.organisation import Organisation  # noqa: PLC0415 - the two models name each other

        Organisation.objects.get_or_create(pk=Organisation.PK)
        return self.create_user(username, email, password, **{**fields, "role": Role.ADMINISTRATOR})

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username__iexact=username)


class User(AbstractBaseUser):  # type: ignore[django-manager-missing]  # Knox, whose model points here, ships no types
    """A person who works here. The role decides what they may do; there are no per-user permissions."""

    username = models.CharField(_("user name"), max_length=150, unique=True, validators=[UnicodeUsernameValidator()])
    email = models.EmailField(_("e-mail"), blank=True)  # lower case, see UserManager.create_user
    display_name = models.CharField(_("name"), max_length=150, blank=True)
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.MEMBER)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("joined"), auto_now_add=True)
    left_at = models.DateTimeField(_("left"), null=True, blank=True)

    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[validate_time_zone])
    language = models.CharField(_("language"), max_length=10, choices=Language, default=Language.ENGLISH)
    week_start = models.PositiveSmallIntegerField(_("week starts on"), choices=Weekday, default=Weekday.MONDAY)
    hours_format = models.CharField(_("hours as"), max_length=10, choices=HoursFormat, default=HoursFormat.CLOCK)
    weekly_goal_hours = models.DecimalField(
        _("weekly goal"),
        max_digits=5,
        decimal_places=2,
        default=Decimal(40),
        validators=[MinValueValidator(0), MaxValueValidator(168)],
        help_text=_("Hours you mean to work in a week."),
    )
    daily_limit_hours = models.DecimalField(
        _("longest entry"),
        max_digits=4,
        decimal_places=2,
        default=Decimal(12),
        validators=[MinValueValidator(1), MaxValueValidator(24)],
        help_text=_("A longer entry is kept and marked for review."),
    )
    work_starts = models.TimeField(_("work starts"), default=dt.time(9))
    work_ends = models.TimeField(_("work ends"), default=dt.time(17, 30))
    working_days = models.JSONField(_("working days"), default=working_week, validators=[validate_working_days])
    theme = models.CharField(_("theme"), max_length=10, choices=Theme, default=Theme.SYSTEM)
    look = models.CharField(_("colours"), max_length=10, choices=Look, default=Look.CALM)
    accent = models.CharField(
        _("accent colour"),
        max_length=7,
        blank=True,
        validators=[RegexValidator(r"^#[0-9a-f]{6}\Z", _("A colour is written as # and six digits of 0–9 and a–f."))],
    )
    text_size = models.CharField(_("text size"), max_length=10, choices=TextSize, default=TextSize.NORMAL)
    density = models.CharField(_("density"), max_length=12, choices=Density, default=Density.COMFORTABLE)
    sidebar_collapsed = models.BooleanField(_("narrow sidebar"), default=False)
    shortcuts = models.JSONField(_("own shortcuts"), default=dict, blank=True)  # id of a command → keys, "" for none
    quick_actions = models.JSONField(_("order of quick actions"), default=list, blank=True)  # their ids
    # Widgets in order, each {"name", "size", "settings"}; null follows the organisation's.
    dashboard = models.JSONField(_("dashboard"), null=True, blank=True)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["email"]

    objects = UserManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["username"]
        constraints = [
            models.UniqueConstraint(
                Lower("username"), name="user_username_unique", violation_error_message=_("This user name is taken.")
            ),
            models.UniqueConstraint(
                Lower("email"),
                condition=~Q(email=""),
                name="user_email_unique",
                violation_error_message=_("Somebody here has this e-mail address already."),
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="user_role_known"),
        ]

    def __str__(self) -> str:
        return display_name(self)

    @property
    def is_administrator(self) -> bool:
        return self.is_active and self.role == Role.ADMINISTRATOR

    @property
    def is_staff(self) -> bool:
        return self.is_administrator

    is_superuser = is_staff

    @property
    def may_create_projects(self) -> bool:
        return self.is_active and self.role in {Role.ADMINISTRATOR, Role.MANAGER}

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.is_administrator

    def has_perms(self, perms: object, obj: object = None) -> bool:
        return self.is_administrator

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_administrator

    def get_full_name(self) -> str:
        return display_name(self)

    def get_short_name(self) -> str:
        return display_name(self).split()[0]

    @property
    def initials(self) -> str:
        words = display_name(self).split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        try:
            return times.zone(self.time_zone)
        except ValueError:
            # A zone that this machine's tables no longer know must not lock its person out.
            return zoneinfo.ZoneInfo("UTC")

    @property
    def weekly_goal_seconds(self) -> int:
        return int(self.weekly_goal_hours * 3600)

    @property
    def daily_limit_seconds(self) -> int:
        return int(self.daily_limit_hours * 3600)
