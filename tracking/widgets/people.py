"""Who is at work, of the people whose time one may see."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, DateTimeField, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from timetracker.web.widgets import Asked, Place, Size, Widget, register
from tracking.models import TimeEntry
from tracking.queries import entries_of
from tracking.queries.days import DAY, Total
from tracking.widgets.reads import TEMPLATE

ROWS = {Size.SMALL: 1, Size.MEDIUM: 4, Size.LARGE: 4}
"""Large has a column of them for those at work, and one for the others."""


def team_now(asked: Asked, place: Place) -> dict[str, Any]:
    """Three statements, however many people there are."""
    rows = ROWS[place.size]
    clock = TimeEntry.objects.running().filter(user=OuterRef("pk"))
    people = User.objects.with_time_visible_to(asked.user).filter(is_active=True)
    people = people.annotate(has_timer=Exists(clock), works=Exists(clock.filter(paused_at=None)))
    counts = people.aggregate(all=Count("pk"), working=Count("pk", filter=Q(works=True)))
    if counts["all"] < 2:
        return {"alone": True}
    running = _running(asked, rows)
    stopped = [] if place.is_small and running else _stopped(asked, people, rows)
    if place.size is Size.MEDIUM:
        stopped = stopped[: rows - len(running)]
    return {
        "people": counts["all"],
        "working": counts["working"],
        "running": [(entry, Total(0, entry)) for entry in running],
        "stopped": stopped,
        "rest": counts["all"] - len(running) - len(stopped),
        "more": reverse("accounts:people"),
        "more_label": _("All people"),
    }


def _running(asked: Asked, rows: int) -> list[TimeEntry]:
    """Who works, the last to begin on top, then who pauses."""
    entries = entries_of(viewer=asked.user, person=None).running().filter(user__is_active=True)
    return list(
        entries.prefetch_related(None).order_by(F("paused_at").asc(nulls_first=True), "-started_at", "-pk")[:rows]
    )


def _stopped(asked: Asked, people: Any, rows: int) -> list[User]:
    """With `stopped_at`: when what they did last was over. Who has no time yet comes last."""
    done = TimeEntry.objects.alive().filter(user=OuterRef("pk"), ended_at__lte=asked.now)
    # Of what began in the last days there is little, whoever it is; else what began last ended last.
    lately = done.filter(started_at__gte=asked.now - 3 * DAY).order_by("-ended_at").values("ended_at")[:1]
    before = done.order_by("-started_at").values("ended_at")[:1]
    last = Coalesce(Subquery(lately), Subquery(before), output_field=DateTimeField())
    idle = people.filter(has_timer=False).annotate(stopped_at=last)
    return list(idle.order_by(F("stopped_at").desc(nulls_last=True), "username")[:rows])


register(
    Widget(
        name="team-now", label=_("At work now"), icon="users", template=TEMPLATE % "team_now", read=team_now,
        about=_("Who works on what, and who stopped last, of the people whose time you see."),
        topics=("entries", "team"),
    ),
)  # fmt: skip
