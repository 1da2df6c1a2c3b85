from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workflows.models.rule import Rule


class Secret(models.Model):
    """What the webhooks of a rule are signed with. Shown once, when it is made."""

    rule = models.OneToOneField(Rule, verbose_name=_("rule"), on_delete=models.CASCADE, related_name="secret")
    key = models.CharField(max_length=100, editable=False)
    """`whsec_` and 32 bytes in base64. As it is: whoever signs needs it, so a hash would not do."""
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    class Meta:
        db_table = "workflow_secrets"
        verbose_name = _("webhook secret")
        verbose_name_plural = _("webhook secrets")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.rule_id}"
