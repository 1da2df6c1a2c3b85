from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from knox.models import AbstractAuthToken, get_digest_token
from knox.settings import CONSTANTS

from accounts.choices import Scope
from accounts.models.user import User


class ApiTokenManager(models.Manager["ApiToken"]):
    def issue(self, *, user: User, name: str, scope: Scope, expiry: dt.datetime | None) -> tuple[ApiToken, str]:
        """The row and the token itself, which is nowhere else."""
        digest, secret = get_digest_token()
        key = secret[: CONSTANTS.TOKEN_KEY_LENGTH]
        token = self.create(user=user, name=name, scope=scope, expiry=expiry, digest=digest, token_key=key)
        return token, secret


class ApiToken(AbstractAuthToken):
    """A named, scoped token for scripts. Knox's hash of it is kept; the token is shown once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, related_name="auth_token_set", on_delete=models.CASCADE)
    name = models.CharField(_("name"), max_length=100)
    scope = models.CharField(
        pgettext_lazy("right of a token", "may"), max_length=10, choices=Scope, default=Scope.WRITE
    )
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)

    objects: ClassVar[ApiTokenManager] = ApiTokenManager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-created"]

    def __str__(self) -> str:
        return self.name

    @property
    def has_expired(self) -> bool:
        return self.expiry is not None and self.expiry <= timezone.now()
