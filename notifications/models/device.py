from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications.choices import Sending
from notifications.models.outcome import Outcome

LONGEST_ENDPOINT = 1000


class PushDevice(models.Model):
    """A browser that a person is told in with no page open: its subscription at the push service of its maker."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.CASCADE, related_name="push_devices"
    )
    endpoint = models.CharField(_("address"), max_length=LONGEST_ENDPOINT, unique=True)
    p256dh = models.CharField(max_length=100)
    auth = models.CharField(max_length=30)
    session = models.CharField(
        max_length=64, blank=True, db_index=True, editable=False,
        help_text=_("Of the sign-in it lasts as long as; empty for one that a script added."),
    )  # fmt: skip
    name = models.CharField(_("name"), max_length=80)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    reached_at = models.DateTimeField(_("last reached"), null=True, blank=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True)

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")
        ordering = ["user_id", Coalesce(F("reached_at"), F("created_at")).desc(), "-pk"]

    def __str__(self) -> str:
        return self.name  # not the address: whoever has it and the keys can tell the device things

    @property
    def used_at(self) -> dt.datetime:
        return self.reached_at or self.created_at


class PushSending(models.Model):
    """How far one notification got on one device. A try after a failure leaves those alone that have it."""

    outcome = models.ForeignKey(
        Outcome, verbose_name=_("outcome"), on_delete=models.CASCADE, related_name="push_sendings"
    )
    device = models.ForeignKey(PushDevice, verbose_name=_("device"), on_delete=models.CASCADE, related_name="sendings")
    state = models.CharField(_("state"), max_length=10, choices=Sending, default=Sending.WAITING)
    detail = models.CharField(_("detail"), max_length=60, blank=True)
    not_before = models.DateTimeField(
        _("not before"), null=True, blank=True, help_text=_("The push service asked to be left alone until then.")
    )
    changed_at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("sending to a device")
        verbose_name_plural = _("sendings to devices")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["outcome", "device"], name="push_sending_once_per_device"),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.detail}".rstrip()
