"""Signing in by user name or e-mail, in a time that tells nobody who exists."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import Q
from django.http import HttpRequest

from accounts.models import User


class SignInBackend(AuthenticationBackend):
    """One look-up and one password hash, whether or not somebody is found: allauth's own tries user name and e-mail."""

    def _authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        login = credentials.get("username") or credentials.get("email") or ""
        found = User.objects.filter(Q(username__iexact=login) | Q(email__iexact=login))
        # A user name may look like somebody else's address: the address wins.
        person = min(
            found if login else (), key=lambda each: each.username.casefold() == login.casefold(), default=None
        )
        return self._check_password(person, credentials.get("password") or "")
