"""Hours by tag, as the report says them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from timetracker.web.widgets import Asked, Place, Range, Size, Widget, register
from tracking.reports import Line, Question, report
from tracking.widgets.reads import TEMPLATE, people_of, report_url, span_of

ROWS = 5


def top_tags(asked: Asked, place: Place) -> dict[str, Any]:
    (first, last), people = span_of(asked, place), people_of(asked, place)
    found = report(asked.user, Question(first, last, ("tag",), people=people))

    def row(line: Line) -> dict[str, Any]:
        """What carries no tag has no filter in a report."""
        tag = line.values[0]
        url = report_url(first, last, people, group="tag", tag=tag) if tag else ""
        return {"label": f"#{line.labels[0]}" if tag else line.labels[0], "seconds": line.shown, "url": url}

    tagged = [line for line in found.lines if line.values[0]]
    untagged = next((line for line in found.lines if not line.values[0]), None)
    return {
        "top": row(tagged[0]) if tagged else None,
        "untagged": untagged.shown if untagged else 0,
        "total": found.shown,
        "twice": found.twice_shown,
        "rows": [] if place.is_small else [row(line) for line in found.lines[:ROWS]],
        "largest": found.largest,
        "heading": f"{place.widget.label} · {Range(place.settings.range).label}",
        "more": report_url(first, last, people, group="tag"),
        "more_label": _("All tags"),
    }


register(
    Widget(
        name="top-tags", label=_("Tags"), icon="tag", template=TEMPLATE % "top_tags", read=top_tags,
        about=_("What the hours were for, by tag."), topics=("entries", "work"), sizes=(Size.SMALL, Size.MEDIUM),
        ranges=(Range.THIS_WEEK, Range.LAST_7_DAYS, Range.LAST_30_DAYS, Range.THIS_MONTH), by_scope=True,
    ),
)  # fmt: skip
