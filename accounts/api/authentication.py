from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from knox.auth import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts.choices import Scope
from accounts.models import ApiToken, User
from accounts.services.tokens import find_token, note_use
from timetracker.web.middleware import activate_person

if TYPE_CHECKING:
    from rest_framework.views import APIView  # it asks for this module while it is being imported


class ApiTokenAuthentication(TokenAuthentication):
    """`Authorization: Token …`. One read; a write at most once a minute, for "last used"."""

    def authenticate_credentials(self, token: bytes) -> tuple[User, ApiToken]:
        found = find_token(token.decode("utf-8", "replace"))
        # The same words for a wrong, an ended and a former colleague's token.
        if found is None or not found.user.is_active:
            raise AuthenticationFailed(_("This token is not valid."))
        note_use(found)
        activate_person(found.user)
        return found.user, found


class TokenScheme(KnoxTokenScheme):
    """Names the way to sign in for the schema."""

    target_class = ApiTokenAuthentication


class TokenScope(BasePermission):
    """A token for reading cannot write. Sessions may do what the person may."""

    message = gettext_lazy("This token may only read.")
    code = "read_only_token"

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not isinstance(request.auth, ApiToken):
            return True
        return request.method in SAFE_METHODS or request.auth.scope == Scope.WRITE
