from __future__ import annotations

from typing import Any

from django.middleware.csrf import get_token
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.browsers import browser_name
from accounts.models import User
from notifications import vapid
from notifications.access import get_device
from notifications.api.serializers import DeviceKeySerializer, DeviceSerializer
from notifications.models import PushDevice
from notifications.queries import devices_of
from notifications.services.devices import add_device, remove_device, renew_device, session_name
from timetracker.web.idempotency import IdempotentWrites
from tracking.api.fields import instant_text


class DeviceViewSet(IdempotentWrites, GenericViewSet):
    """The browsers that one is told in with no page open. Everybody has their own, and sees nobody else's."""

    metadata_class = None
    queryset = PushDevice.objects.none()
    serializer_class = DeviceSerializer
    filter_backends = ()
    pagination_class = None

    @property
    def person(self) -> User:
        return self.request.user  # type: ignore[return-value]

    def list(self, request: Request) -> Response:
        """The one last reached first; twenty at most."""
        here = session_name(_session_key(request))
        return Response([_as_json(device, here) for device in devices_of(self.person)])

    def create(self, request: Request) -> Response:
        """Told from now on. The same address again is the same device; of more than twenty the stalest gives way."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        fields = serializer.validated_data
        save = renew_device if fields.get("renew") else add_device
        device = save(
            person=self.person,
            endpoint=fields["endpoint"],
            **fields["keys"],
            name=browser_name(request.headers.get("User-Agent", "")) or "API",
            session_key=_session_key(request),
        )
        return Response(_as_json(device, session_name(_session_key(request))), status=201)

    def destroy(self, request: Request, pk: str) -> Response:
        """Told there no more."""
        remove_device(person=self.person, device=get_device(self.person, int(pk)))
        return Response(status=204)

    @extend_schema(responses=DeviceKeySerializer)
    def key(self, request: Request) -> Response:
        """What a browser needs to subscribe."""
        return Response({"key": vapid.public_key(), "csrf_token": get_token(request._request)})


def _session_key(request: Request) -> str:
    """Empty for a script that comes with a token: what it adds lasts until it is removed."""
    return "" if request.auth is not None else request.session.session_key or ""


def _as_json(device: PushDevice, here: str) -> dict[str, Any]:
    return {
        "id": device.pk,
        "name": device.name,
        "current": bool(here) and device.session == here,
        "created_at": instant_text(device.created_at),
        "reached_at": instant_text(device.reached_at),
    }
