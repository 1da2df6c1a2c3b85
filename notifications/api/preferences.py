from __future__ import annotations

from typing import Any

from django.db import transaction
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.models import User
from notifications.api.serializers import PreferencesSerializer
from notifications.categories import LET_THROUGH, categories
from notifications.choices import Channel
from notifications.models import Preference, Settings
from notifications.queries import preference_grid, settings_of
from notifications.services.preferences import save_settings, set_cells
from timetracker.web.idempotency import IdempotentWrites

SETTINGS = [name for unit in Settings.UNITS for name in unit]


class PreferencesViewSet(IdempotentWrites, GenericViewSet):
    """What one is told about, where, and when one may be interrupted."""

    metadata_class = None
    queryset = Preference.objects.none()
    serializer_class = PreferencesSerializer
    filter_backends = ()
    pagination_class = None

    @property
    def person(self) -> User:
        return self.request.user  # type: ignore[return-value]

    def current(self, request: Request) -> Response:
        """With the names of categories and channels, and the cells that cannot be switched off."""
        return Response(self.get_serializer(_of(self.person)).data)

    def change(self, request: Request) -> Response:
        """Single cells of the grid, single settings; everything else stays."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        fields = dict(serializer.validated_data)
        with transaction.atomic():
            if cells := fields.pop("grid", None):
                set_cells(person=self.person, cells=cells)
            if fields:
                save_settings(person=self.person, **fields)
        return self.current(request)


def _of(person: User) -> dict[str, Any]:
    chosen = settings_of(person)
    return {
        "grid": {
            name: {channel.value: channel in wanted for channel in Channel}
            for name, wanted in preference_grid(person).items()
        },
        "fixed": {name: sorted(LET_THROUGH) for name, found in categories().items() if found.critical},
        "categories": {name: found.label for name, found in categories().items()},
        "channels": dict(Channel.choices),
        **{name: getattr(chosen, name) for unit in Settings.UNITS for name in unit},
    }
