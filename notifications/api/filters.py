from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from notifications.categories import categories
from notifications.choices import Priority, Type
from notifications.models import Notification
from notifications.models.notification import UNREAD
from tracking.api.filters import ArchivedFilter, ChoicesFilter, FilterSet, SearchFilter, YesNoFilter


def _categories() -> list[tuple[str, str]]:
    return [(name, name) for name in categories()]


class NotificationFilters(FilterSet):
    unread = YesNoFilter(method="of_unread", help_text=_("True: what the bell counts, neither archived nor snoozed."))
    archived = ArchivedFilter()
    category = ChoicesFilter(choices=_categories)
    type = ChoicesFilter(choices=Type.choices)
    priority = ChoicesFilter(choices=Priority.choices)
    scheduled = YesNoFilter(method="on_the_clock", help_text=_("True lists what waits to be delivered instead."))
    search = SearchFilter("title", "message")

    def of_unread(self, queryset: QuerySet[Notification], name: str, value: bool) -> QuerySet[Notification]:
        return queryset.filter(UNREAD) if value else queryset.exclude(UNREAD)

    def on_the_clock(self, queryset: QuerySet[Notification], name: str, value: bool) -> QuerySet[Notification]:
        waiting = queryset.filter(deliver_at__isnull=False, delivered_at=None)
        return waiting.order_by("deliver_at", "pk") if value else queryset.filter(in_centre=True)

    def filter_queryset(self, queryset: QuerySet[Notification]) -> QuerySet[Notification]:
        """Without a word about it, what waits stays out."""
        chosen = super().filter_queryset(queryset)
        return chosen if self.form.cleaned_data.get("scheduled") is not None else chosen.filter(in_centre=True)
