"""What stands out in one's own weeks, as it was computed last: at night, or when one looked."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from analytics.claims_in_words import sentence
from analytics.services.patterns import last_patterns
from timetracker.web.widgets import Asked, Place, Size, Widget, register

ROWS = {Size.SMALL: 1, Size.MEDIUM: 3}


def patterns(asked: Asked, place: Place) -> dict[str, Any]:
    found = asked.once(last_patterns, asked.user)
    said = [claim for claim in found["claims"] if claim["said"]] if found else []
    shown = said[: ROWS[place.size]]
    return {
        "lines": [sentence(claim, asked.user) for claim in shown],
        "others": len(said) - len(shown),
        "days": found["days"] if found else 0,
        "more": reverse("analytics:patterns"),
        "more_label": _("Insights"),
    }


register(
    Widget(
        name="patterns", label=_("Your patterns"), icon="light-bulb", read=patterns,
        about=_("What stands out in your weeks and is more than chance. Nobody else sees it."),
        template="analytics/widgets/patterns.html", topics=("entries",),
        sizes=(Size.SMALL, Size.MEDIUM),
    ),
)  # fmt: skip
