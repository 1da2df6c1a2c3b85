"""Models with their cards and what was said of tasks, to look at. A version is chosen here; nothing else is changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.admin import ReadOnlyAdmin
from analytics.advice import PATTERN
from analytics.models import (
    CachedInsight,
    DigestMark,
    Dismissal,
    Prediction,
    ScoreWeights,
    TelemetryEvent,
    TelemetryState,
    TrainedModel,
)
from analytics.services.telemetry import renew_install_id
from analytics.services.versions import is_genuine, use_model
from tracking.admin.services import each

FIGURES = {
    "tasks": _("Tasks"), "mae": _("Mean error in hours"), "malr": _("Mean log error"), "coverage": _("Share inside"),
    "winkler": _("Winkler score"), "width": _("High ÷ low"),
}  # fmt: skip
LEFT_OUT = {
    "odd_time": _("with time that may not be what the work took"),
    "estimated_after": _("estimated when they were finished"),
    "no_time": _("without time"),
}


@admin.register(TrainedModel)
class TrainedModelAdmin(ReadOnlyAdmin):
    """Every version that is kept. An older one is put to use again by the action, and all processes follow at once."""

    list_display = ["kind", "version", "in_use", "trained_at", "tasks", "held", "points", "ranges", "outdated"]
    list_filter = ["kind", "in_use"]
    fields = [
        "kind", "version", "in_use", "genuine", "trained_at", "tasks", "first_day", "through", "outdated", "held",
        "points", "ranges", "recent_figures", "all_figures", "sizes", "cost", "excluded", "looks_at", "made_with",
    ]  # fmt: skip
    actions = ["use_this_version"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[TrainedModel]:
        """A list of twenty would else read some forty megabytes."""
        return super().get_queryset(request).defer("model_data", "spans", "codes")

    @admin.action(description=_("Use this version"), permissions=["view"])
    def use_this_version(self, request: HttpRequest, queryset: QuerySet[TrainedModel]) -> None:
        chosen = Counter(queryset.values_list("kind", flat=True))
        if any(count > 1 for count in chosen.values()):
            self.message_user(request, gettext("Choose one version of each kind."), messages.WARNING)
            return
        each(self, request, queryset, lambda row: use_model(actor=request.user, model=row))

    @admin.display(description=_("What was stored here"), boolean=True)
    def genuine(self, row: TrainedModel) -> bool:
        return is_genuine(row)

    @admin.display(description=_("Share of ranges that held"), ordering="accuracy")
    def held(self, row: TrainedModel) -> str:
        return _number(row.accuracy, 3)

    @admin.display(description=_("Later part of the back-test"))
    def recent_figures(self, row: TrainedModel) -> SafeString:
        return _figures(row.metrics.get("recent", {}))

    @admin.display(description=_("Whole back-test"))
    def all_figures(self, row: TrainedModel) -> SafeString:
        return _figures(row.metrics.get("all", {}))

    @admin.display(description=_("Share inside, by size"))
    def sizes(self, row: TrainedModel) -> SafeString:
        rows = [(_hours(one), one["tasks"], _number(one["coverage"])) for one in row.metrics.get("sizes", [])]
        return _table([gettext("Hours"), gettext("Tasks"), gettext("Share inside")], rows)

    @admin.display(description=_("Training took"))
    def cost(self, row: TrainedModel) -> str:
        seconds, megabytes = row.metrics.get("seconds"), row.metrics.get("peak_mb")
        return gettext("%(seconds)s seconds, %(megabytes)s MB") % {
            "seconds": _number(seconds, 1), "megabytes": _number(megabytes, 0),
        }  # fmt: skip

    @admin.display(description=_("Finished tasks left out"))
    def excluded(self, row: TrainedModel) -> str:
        return ", ".join(f"{count} {LEFT_OUT.get(name, name)}" for name, count in row.left_out.items()) or "–"

    @admin.display(description=_("Looks at"))
    def looks_at(self, row: TrainedModel) -> str:
        return ", ".join(row.features)

    @admin.display(description=_("Libraries"))
    def made_with(self, row: TrainedModel) -> str:
        return ", ".join(f"{name} {number}" for name, number in row.libraries.items())


@admin.register(Prediction)
class PredictionAdmin(ReadOnlyAdmin):
    """What was said of tasks and when. Nobody changes it: it tells how good estimates were."""

    list_display = ["made_at", "task", "person", "basis", "reason", "low_hours", "middle_hours", "high_hours", "known"]
    list_filter = ["basis", "reason"]
    search_fields = ["=task__pk", "task__name"]
    show_full_result_count = False
    fields = [
        "task", "person", "made_at", "day", "estimate_hours", "basis", "reason", "known", "low_hours", "middle_hours",
        "high_hours", "coverage", "checked", "ratio", "ratio_count", "version",
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Prediction]:
        related = super().get_queryset(request).select_related("task", "person", "model")
        return related.defer("model__model_data", "model__spans", "model__codes")

    @admin.display(description=_("Model"))
    def version(self, row: Prediction) -> str:
        return str(row.model) if row.model else "–"


@admin.register(Dismissal)
class DismissalAdmin(ReadOnlyAdmin):
    """Who has put which recommendation about a project away: of somebody's own doing, and back by itself after four
    weeks. What follows from somebody's patterns is theirs alone.
    """

    list_display = ["key", "user", "dismissed_at"]
    list_select_related = ["user"]
    search_fields = ["key", "user__username"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Dismissal]:
        return super().get_queryset(request).exclude(key__startswith=f"{PATTERN}:")


@admin.register(ScoreWeights)
class ScoreWeightsAdmin(ReadOnlyAdmin):
    """Who has weights of their own. Which, is theirs alone."""

    list_display = ["user"]
    list_select_related = ["user"]
    search_fields = ["user__username"]
    fields = ["user"]


@admin.register(DigestMark)
class DigestMarkAdmin(ReadOnlyAdmin):
    """Up to which week each person's digest is done."""

    list_display = ["user", "week"]
    list_select_related = ["user"]
    search_fields = ["user__username"]


@admin.register(CachedInsight)
class CachedInsightAdmin(ReadOnlyAdmin):
    """What was computed and may be computed again: deleting it is always safe. What it says may be somebody's own."""

    list_display = ["cache_key", "expires_at"]
    fields = ["cache_key", "expires_at"]
    search_fields = ["cache_key"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_view_permission(request, obj)


@admin.register(TelemetryState)
class TelemetryStateAdmin(ReadOnlyAdmin):
    """How sending goes. It is switched at the organisation or on the page, by the same service."""

    list_display = ["install_id", "sent", "sent_at", "failures", "last_error", "links"]
    exclude = ["id_used"]
    readonly_fields = ["links"]
    actions = ["renew"]

    @admin.action(description=_("Make a new install id"), permissions=["view"])
    def renew(self, request: HttpRequest, queryset: QuerySet[TelemetryState]) -> None:
        each(self, request, queryset, lambda row: renew_install_id(actor=request.user))

    @admin.display(description=_("Pages"))
    def links(self, row: TelemetryState) -> SafeString:
        pages = [
            (reverse("analytics:telemetry"), gettext("Telemetry")),
            (reverse("admin:accounts_organisation_changelist"), gettext("Organisation")),
        ]
        return format_html_join(" · ", '<a href="{}">{}</a>', pages)


@admin.register(TelemetryEvent)
class TelemetryEventAdmin(ReadOnlyAdmin):
    """What waits, and the last that were sent."""

    list_display = ["day", "name", "properties", "times", "status", "sent_at"]
    list_filter = ["status", "name"]
    fields = ["day", "name", "properties", "times", "status", "sent_at", "message"]


def _figures(scores: dict[str, Any]) -> SafeString:
    """`plain` is what would have been said without a model."""
    model, plain = scores.get("model", {}), scores.get("plain", {})
    rows = [(label, _number(model.get(name)), _number(plain.get(name))) for name, label in FIGURES.items()]
    return _table(["", gettext("Model"), gettext("Without")], rows)


def _table(head: list[Any], rows: Iterable[tuple[Any, ...]]) -> SafeString:
    titles = format_html_join("", '<th scope="col">{}</th>', ((title,) for title in head))
    lines = format_html_join(
        "", "<tr>{}</tr>", ((format_html_join("", "<td>{}</td>", ((cell,) for cell in row)),) for row in rows)
    )
    return format_html("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>", titles, lines)


def _hours(size: dict[str, Any]) -> str:
    first, last = size["from"], size["to"]
    if last is None:
        return f"≥ {_number(first, 1)}"
    return f"{_number(first, 1)}–{_number(last, 1)}" if first else f"< {_number(last, 1)}"


def _number(value: float | None, digits: int = 2) -> str:
    if value is None:
        return "–"
    digits = 0 if isinstance(value, int) else digits
    return number_format(round(value, digits), digits, force_grouping=True)  # by itself it cuts off
