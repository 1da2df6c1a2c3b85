"""allauth's forms with our words: the label says it, so no placeholder repeats it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account import forms as account
from allauth.mfa.base import forms as second_factor
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as passkeys
from django import forms
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    Base = forms.Form
else:
    Base = object


class Calm(Base):
    words: dict[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.words.get(name, field.label)
            if name.startswith(("password", "oldpassword")):
                field.help_text = _("At least 10 characters.") if name == "password1" else ""
            if name == "code":
                field.widget.attrs |= {"inputmode": "numeric", "autocapitalize": "none", "spellcheck": "false"}


class SignInForm(Calm, account.LoginForm):
    words = {"login": _("User name or e-mail")}


class ReauthenticateForm(Calm, account.ReauthenticateForm):
    pass


class ChangePasswordForm(Calm, account.ChangePasswordForm):
    words = {
        "oldpassword": _("Current password"),
        "password1": _("New password"),
        "password2": _("New password once more"),
    }


class SetPasswordForm(Calm, account.SetPasswordForm):
    words = {"password1": _("New password"), "password2": _("New password once more")}


class ResetPasswordForm(Calm, account.ResetPasswordForm):
    words = {"email": _("E-mail")}


class ResetPasswordKeyForm(Calm, account.ResetPasswordKeyForm):
    words = SetPasswordForm.words


class CodeForm(Calm, second_factor.AuthenticateForm):
    words = {"code": _("Code")}


class CodeAgainForm(Calm, second_factor.ReauthenticateForm):
    words = CodeForm.words


class ActivateTotpForm(Calm, totp.ActivateTOTPForm):
    words = {"code": _("Code from the app")}


class AddPasskeyForm(Calm, passkeys.AddWebAuthnForm):
    words = {"name": _("Name"), "passwordless": _("Sign in with it alone")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].help_text = _("Without a password. The device asks for a finger, a face or a PIN.")


class EditPasskeyForm(Calm, passkeys.EditWebAuthnForm):
    words = {"name": _("Name")}
