"""What looks odd and waits for a look."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from timetracker.web.widgets import Asked, Place, Size, Widget, register
from tracking.choices import Review
from tracking.models import TimeEntry
from tracking.widgets.reads import TEMPLATE

ROWS = 3


def review(asked: Asked, place: Place) -> dict[str, Any]:
    """One's own; of the others that the page of reviews lists only how many."""
    entries = TimeEntry.objects.visible_to(asked.user).to_review()
    mine: Counter[str] = Counter()
    others = 0
    for person, reason, count in entries.order_by().values_list("user_id", "review").annotate(count=Count("pk")):
        if person == asked.user.pk:
            mine[reason] = count
        else:
            others += count
    own = TimeEntry.objects.filter(user=asked.user).to_review().select_related("user", "project", "task")
    return {
        "count": mine.total(),
        "reason": _most_frequent(mine),
        "others": others,
        "entries": own.order_by("-started_at", "-pk")[:ROWS] if mine and not place.is_small else [],
        "rest": max(0, mine.total() - ROWS),
        "more": reverse("tracking:review") if mine or others else "",
        "more_label": _("Review them"),
    }


def _most_frequent(mine: Counter[str]) -> tuple[str, int] | None:
    """Its words, and how many; of equal ones the first of Review."""
    order = list(Review.values)
    if not mine:
        return None
    reason, count = min(mine.items(), key=lambda pair: (-pair[1], order.index(pair[0])))
    return str(Review(reason).label), count


register(
    Widget(
        name="review", label=_("To review"), icon="flag", template=TEMPLATE % "review", read=review,
        about=_("Your entries that look odd: too long, overlapping, without a project."), topics=("entries", "team"),
        size=Size.SMALL, sizes=(Size.SMALL, Size.MEDIUM),
    ),
)  # fmt: skip
