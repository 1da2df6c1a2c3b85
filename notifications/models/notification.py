from __future__ import annotations

import uuid

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from notifications.choices import Channel, Priority, Type
from notifications.subjects import may_be_seen_by

LONGEST_TITLE = 200
LONGEST_LABEL = 40
"""Of a button."""
LONGEST_MESSAGE = 5000
SHOWN_IN_A_LIST, LINES_IN_A_LIST = 280, 3
RECURRING = "recurring"
"""What the key of an occurrence begins with; the id of its pattern follows."""


UNREAD = Q(read_at=None, archived_at=None, snoozed_until=None)
"""What the bell counts, of what is in the centre."""


class NotificationQuerySet(models.QuerySet["Notification"]):
    def owned_by(self, user: User) -> NotificationQuerySet:
        """Theirs, not deleted, about what they may see (still): also what waits and what reached no channel."""
        return self.filter(user=user, deleted_at=None).filter(may_be_seen_by(user))

    def of(self, user: User) -> NotificationQuerySet:
        """What a person keeps, read or not."""
        return self.owned_by(user).filter(in_centre=True)

    def inbox(self, user: User) -> NotificationQuerySet:
        """What the panel shows: neither archived nor asleep."""
        return self.of(user).filter(archived_at=None, snoozed_until=None)

    def unread(self, user: User) -> NotificationQuerySet:
        return self.of(user).filter(UNREAD)

    def scheduled(self, user: User) -> NotificationQuerySet:
        """What the person has put on the clock, the next first."""
        return self.filter(user=user, deleted_at=None, deliver_at__isnull=False, delivered_at=None).order_by(
            "deliver_at", "pk"
        )


class Notification(models.Model):
    """What one person is told. A scheduled one waits in `deliver_at`; one with a recurrence is a pattern of others."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.CASCADE, related_name="notifications"
    )
    category = models.CharField(_("category"), max_length=40)
    type = models.CharField(_("type"), max_length=10, choices=Type, default=Type.INFO)
    priority = models.CharField(_("priority"), max_length=10, choices=Priority, default=Priority.NORMAL)
    title = models.CharField(_("title"), max_length=LONGEST_TITLE)
    message = models.TextField(_("message"), blank=True, validators=[MaxLengthValidator(LONGEST_MESSAGE)])
    url = models.CharField(_("address"), max_length=500, blank=True)
    actions = models.JSONField(_("actions"), default=list, blank=True)
    persistent = models.BooleanField(_("stays until dismissed"), default=False)
    key = models.CharField(
        _("key"), max_length=120, blank=True, help_text=_("Of several with one key a person gets the first only.")
    )
    event = models.ForeignKey(
        "events.Event", verbose_name=_("event"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # What it is about: numbers, not foreign keys, as in the log.
    subject_type = models.CharField(_("about"), max_length=20, blank=True)
    subject_id = models.BigIntegerField(_("number"), null=True, blank=True)
    condition = models.CharField(_("only if"), max_length=40, blank=True)

    created_at = models.DateTimeField(_("created"), default=timezone.now)
    deliver_at = models.DateTimeField(_("deliver at"), null=True, blank=True)
    handed_over_at = models.DateTimeField(
        _("handed over"),
        null=True,
        blank=True,
        help_text=_("To be told now: the clock is done with it."),
    )
    recurrence = models.JSONField(_("recurrence"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)
    # The person's own date, kept: by the clock of another zone the same instant would be another day's.
    interrupted_on = models.DateField(
        _("interrupted on"), null=True, blank=True, help_text=_("The day whose limit of interruptions it counts for.")
    )
    in_centre = models.BooleanField(_("in the centre"), default=False)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    snoozed_until = models.DateTimeField(_("snoozed until"), null=True, blank=True)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ["-delivered_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], condition=~Q(key=""), name="notification_once_per_key"),
        ]
        indexes = [
            models.Index(
                F("user"), F("delivered_at").desc(), F("id").desc(),
                condition=Q(deleted_at=None), name="notification_newest",
            ),
            models.Index(
                F("user"), F("category"),
                condition=Q(in_centre=True, deleted_at=None, archived_at=None, read_at=None, snoozed_until=None),
                name="notification_unread",
            ),
            models.Index(
                F("user"), F("interrupted_on"),
                condition=Q(interrupted_on__isnull=False), name="notification_interrupted",
            ),
            models.Index(F("deliver_at"), condition=Q(delivered_at=None, deleted_at=None), name="notification_due"),
            models.Index(F("snoozed_until"), condition=Q(snoozed_until__isnull=False), name="notification_asleep"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.category} {self.uid}"  # not the title: whoever administers need not read people's mail

    @property
    def links(self) -> list[dict[str, str]]:
        """Its actions by way of an address that marks it as read."""
        ways = {"get": "notifications:open", "post": "notifications:act"}
        return [
            {**action, "url": f"{reverse(ways[action['method']], args=[self.pk])}?action={place}"}
            for place, action in enumerate(self.actions)
        ]

    @property
    def pattern_id(self) -> int | None:
        """Of a reminder that comes again and again: what it is an occurrence of."""
        kind, _colon, rest = self.key.partition(":")
        return int(rest.partition(":")[0]) if kind == RECURRING else None

    @property
    def is_long(self) -> bool:
        """More than a list shows of it."""
        return len(self.message) > SHOWN_IN_A_LIST or self.message.count("\n") > LINES_IN_A_LIST

    @property
    def is_unread(self) -> bool:
        return self.read_at is None

    @property
    def is_scheduled(self) -> bool:
        return self.deliver_at is not None and self.delivered_at is None and self.deleted_at is None

    @property
    def is_dealt_with(self) -> bool:
        """Nobody needs to be interrupted for it any more."""
        return bool(self.read_at or self.archived_at or self.snoozed_until or self.deleted_at)

    @property
    def tag(self) -> str:
        """The same for what is about the same: a browser then shows the latest of them alone."""
        return f"{self.category}-{self.subject_type}-{self.subject_id}" if self.subject_type else f"n-{self.pk}"

    def state_in(self, channel: str, state: str) -> str:
        """What became of it there: in the centre its own marks say more than the outcome."""
        if channel != Channel.CENTRE:
            return state
        marks = [("archived", self.archived_at), ("snoozed", self.snoozed_until), ("read", self.read_at)]
        return next((name for name, moment in marks if moment), state)
