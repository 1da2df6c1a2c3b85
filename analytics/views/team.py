"""The patterns of a team, for those who lead it and for administrators."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import get_led_team
from accounts.choices import Weekday
from accounts.models import User
from analytics.claims_in_words import NAMES
from analytics.productivity import DAY
from analytics.queries.team import teams_with_time_visible_to
from analytics.services.team import team_patterns_of
from analytics.team.means import FEWEST_PEOPLE
from analytics.team.words import grounds, sentence
from analytics.views.patterns import LEVELS, sorted_out
from timetracker.web.htmx import render_page, wants_partial

WEEKS = 12
"""Shown, the latest first."""


@login_required
@require_safe
def teams(request: HttpRequest) -> HttpResponse:
    """Those one may look at; where it is one, that one."""
    user: User = request.user  # type: ignore[assignment]  # login_required
    found = teams_with_time_visible_to(user)
    if len(found) == 1:
        return redirect("analytics:team", found[0].pk)
    if not found and not user.is_administrator:
        raise Http404
    return render_page(request, "analytics/team/list.html", {"teams": found}, partial="list")


@login_required
@require_safe
def team(request: HttpRequest, pk: int) -> HttpResponse:
    """At once with what is kept; else the page asks again for what takes its time to compute."""
    user: User = request.user  # type: ignore[assignment]  # login_required
    shown = get_led_team(user, pk)
    patterns = team_patterns_of(shown, user, timezone.now(), wait=wants_partial(request))
    context = {"team": shown, "patterns": patterns, "fewest": FEWEST_PEOPLE, **_figures(patterns.found, user)}
    return render_page(request, "analytics/team/page.html", context, partial="figures")


def _figures(found: dict[str, Any] | None, user: User) -> dict[str, Any]:
    if not found or not found["enough"]:
        return {}
    said, unclear, untold = sorted_out(found["claims"])
    return {
        "first": dt.date.fromisoformat(found["first"]), "last": dt.date.fromisoformat(found["last"]),
        "said": [(sentence(claim, user), grounds(claim, user)) for claim in said],
        "unclear": [NAMES[claim["name"]] for claim in unclear], "untold": [NAMES[claim["name"]] for claim in untold],
        "grid": _grid(found["grid"], user.week_start), "hours": range(24), "weeks": _weeks(found["weeks"]),
        "months": [{**row, "month": dt.date.fromisoformat(row["month"])} for row in found["months"]],
        "has_months": any(row["factor"] is not None for row in found["months"]),
    }  # fmt: skip


def _grid(grid: list[list[float | None]], week_start: int) -> list[tuple[str, list[dict[str, Any]]]]:
    """By weekday in the reader's order, each hour that is told with a level from 1 to 4 against the fullest."""
    most = max((share for row in grid for share in row if share is not None), default=1.0)
    return [
        (
            str(Weekday(weekday).label),
            [
                {"hour": hour, "share": share, "level": None if share is None else -int(-share * LEVELS // most)}
                for hour, share in enumerate(grid[weekday])
            ],
        )
        for weekday in ((week_start + n) % 7 for n in range(7))
    ]


def _weeks(weeks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = []
    for week in reversed(weeks[-WEEKS:]):
        first, worked = dt.date.fromisoformat(week["first"]), week["worked"]
        whole = None if worked is None else round(worked)
        found.append({**week, "first": first, "last": first + 6 * DAY, "worked": whole})
    return found
