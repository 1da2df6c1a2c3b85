"""Why sending failed, as a sentence. The reasons are those of `outbound`, telemetry_sending.py and posthog_flags.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_AWAY = _("PostHog could not be reached.")
_NO_ADDRESS = _("POSTHOG_HOST is no address that can be sent to.")
_KEY = _("PostHog refused it. Perhaps POSTHOG_API_KEY is not the key of a project.")
_REASONS: dict[str, StrOrPromise] = {
    "timeout": _("PostHog took too long."),
    "connection": _AWAY,
    "unknown_host": _AWAY,
    "private_address": _("The address of POSTHOG_HOST is not a public one. OUTBOUND_ALLOWED_NETWORKS can allow it."),
    "bad_url": _NO_ADDRESS,
    "scheme": _NO_ADDRESS,
    "credentials": _NO_ADDRESS,
    "nonsense": _("What answered was not PostHog."),
    "protocol": _("What answered was not PostHog."),
    "too_large": _("What answered was not PostHog."),
    "encoding": _("What answered was not PostHog."),
    "quota": _("PostHog has answered too often for the plan of its project."),
    "status_400": _KEY,
    "status_401": _KEY,
    "status_403": _KEY,
    "status_429": _("PostHog asked for patience."),
}


def reason_in_words(reason: str) -> StrOrPromise:
    if reason in _REASONS:
        return _REASONS[reason]
    if reason.startswith("status_5"):
        return _("PostHog has trouble of its own.")
    return _("PostHog did not take it.")
