"""What PostHog is asked with for feature flags. It is declared like the messages: what is not here does not leave."""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from timetracker.web.flags import FLAGS

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PATH = "/flags/?v=2"
ASKED_WITH: Mapping[str, StrOrPromise] = types.MappingProxyType(
    {
        "api_key": _("The key of the PostHog project, as in every request."),
        "distinct_id": _("The install id: random, made when it is switched on, and renewed at will."),
        "flag_keys_to_evaluate": _("The names of the feature flags of this version."),
        "geoip_disable": _("Tells PostHog to look up no place."),
        "sent_at": _("When it is asked."),
    }
)


def question(install_id: UUID) -> dict[str, Any]:
    """Without the key and the time, which the library adds."""
    return {"distinct_id": str(install_id), "geoip_disable": True, "flag_keys_to_evaluate": sorted(FLAGS)}
