from __future__ import annotations

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.queries import get_organisation

log = structlog.get_logger("accounts.mail")


class AccountAdapter(DefaultAccountAdapter):
    """How allauth behaves here: nobody signs up by themselves, links lead to PUBLIC_URL."""

    # One sentence, whichever of the two was wrong and whether or not there is such a person.
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("User name or password is wrong."),
        "email_password_mismatch": _("User name or password is wrong."),
        "too_many_login_attempts": _("Too many tries. Wait five minutes."),
        "incorrect_password": _("This is not your password."),
        "enter_current_password": _("This is not your password."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("accounts:security")

    def get_reset_password_from_key_url(self, key: str) -> str:
        uid, _dash, token = key.partition("-")
        return settings.PUBLIC_URL + reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token})

    def format_email_subject(self, subject: str) -> str:
        return f"[{get_organisation().name}] {subject}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, object]) -> None:
        """A mail server that is away must not tell a known address from an unknown one by an error page."""
        context = {**context, "organisation": get_organisation(), "public_url": settings.PUBLIC_URL}
        try:
            super().send_mail(template_prefix, email, context)
        except OSError as error:  # also smtplib's
            log.error("mail_not_sent", template=template_prefix, error=str(error))
