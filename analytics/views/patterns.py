"""One's own patterns. There is no address for anybody else's."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.choices import Weekday
from accounts.models import User
from analytics.claims_in_words import NAMES, advice_of, grounds, sentence
from analytics.models.weights import MOST
from analytics.productivity import DAY
from analytics.queries import productivity_of
from analytics.services.patterns import patterns_of
from analytics.views.advice import shown_to
from analytics.widgets.productivity import LABELS, lacking
from timetracker.web.htmx import render_page

LEVELS = 4
"""Shades of an hour with work."""


@login_required
@require_GET
def patterns(request: HttpRequest) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]  # login_required
    now = timezone.now()
    found = patterns_of(user, now)
    said, unclear, untold = sorted_out(found["claims"])
    score = productivity_of(user, now)
    context = {
        "found": found, "first": dt.date.fromisoformat(found["first"]), "last": dt.date.fromisoformat(found["last"]),
        "said": [(sentence(claim, user), grounds(claim, user)) for claim in said],
        "unclear": [NAMES[claim["name"]] for claim in unclear], "untold": [NAMES[claim["name"]] for claim in untold],
        "advice": shown_to(user, filter(None, (advice_of(claim, user) for claim in said))),
        "grid": _grid(found["grid"], user.week_start), "hours": range(24), "weeks": _weeks(found["weeks"]),
        "tags": [{**row, "share": row["seconds"] / found["seconds"]} for row in found["tags"]],
        "accuracy": [{**row, "month": dt.date.fromisoformat(row["month"])} for row in found["accuracy"]],
        "score": score, "parts": [(LABELS[part.name], part) for part in score.score.parts],
        "weights": range(MOST + 1), "lacking": lacking(score.score, user),
    }  # fmt: skip
    return render_page(request, "analytics/patterns/page.html", context, partial="patterns")


def sorted_out(claims: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], ...]:
    """What may be said, what was looked for and is not clear, and what there is too little to ask for."""
    said = [claim for claim in claims if claim["said"]]
    asked = [claim for claim in claims if not claim["said"] and claim["p"] is not None]
    return said, asked, [claim for claim in claims if claim["p"] is None]


def _grid(grid: list[list[int]], week_start: int) -> list[tuple[str, list[dict[str, Any]]]]:
    """By weekday in the person's order, each hour with a level from 0 to 4 against the fullest."""
    most = max(max(row) for row in grid) or 1
    rows = []
    for weekday in ((week_start + n) % 7 for n in range(7)):
        cells = [
            {"hour": hour, "seconds": seconds, "level": -(-seconds * LEVELS // most)}
            for hour, seconds in enumerate(grid[weekday])
        ]
        rows.append((str(Weekday(weekday).label), cells))
    return rows


def _weeks(weeks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The last twelve with work, the latest first."""
    found = []
    for week in [week for week in reversed(weeks) if week["worked"]][:12]:
        first, worked = dt.date.fromisoformat(week["first"]), week["worked"]
        found.append(
            {
                "first": first, "last": first + 6 * DAY, "worked": worked, "focus": week["focused"] / worked,
                "meetings": week["meetings"] / worked, "turns": week["turns"] * 3600 / worked,
                "blocks": week["blocks"] / week["days"],
            }
        )  # fmt: skip
    return found
