"""Filters for the lists. Ids are plain numbers: a filter by something invisible finds nothing and tells nothing."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import django_filters as filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema_field

from timetracker.web.times import combine_local, parse_instant
from tracking.api.fields import LARGEST_ID
from tracking.choices import BudgetType, Priority, ProjectStatus, Source, TaskStatus
from tracking.models import Project, Task, TimeEntry
from tracking.queries import described_by

_LOST_PLUS = re.compile(r" (?=\d\d:?\d\d$)")
"""In a query string a + that was not escaped arrives as a space."""


class InstantFormField(forms.CharField):
    def to_python(self, value: Any) -> dt.datetime | None:
        """Without an offset it is the caller's time; a bare date is the moment that day begins for them."""
        text = super().to_python(value)
        if not text:
            return None
        zone = timezone.get_current_timezone()
        try:
            day = parse_date(text) if len(text) == len("2026-11-22") else None
            return combine_local(day, dt.time(), zone) if day else parse_instant(_LOST_PLUS.sub("+", text), zone)
        except ValueError as error:
            raise ValidationError(_("Write an instant or a date, as in 2026-11-22T09:30:00+01:00.")) from error


@extend_schema_field({"type": "string", "example": "2026-11-22T09:30:00Z"})
class InstantFilter(filters.Filter):
    field_class = InstantFormField


class YesNoField(forms.CharField):
    def to_python(self, value: Any) -> bool | None:
        text = super().to_python(value).lower()
        if text in {"", "true", "1", "false", "0"}:
            return text in {"true", "1"} if text else None
        raise ValidationError(_("Write true or false."))


class YesNoFilter(filters.BooleanFilter):
    field_class = YesNoField


@extend_schema_field({"type": "integer", "minimum": 1, "maximum": LARGEST_ID})
class IdFilter(filters.Filter):
    field_class = forms.IntegerField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, min_value=1, max_value=LARGEST_ID, **kwargs)


class NamesFilter(filters.BaseInFilter, filters.CharFilter):
    pass


class ChoicesFilter(filters.BaseInFilter, filters.ChoiceFilter):
    """One or several with commas between."""


class TagsFilter(NamesFilter):
    """Rows that carry any of the tags, by name."""

    def __init__(self, row: type[Model]) -> None:
        super().__init__(help_text=gettext_lazy("Names of tags with commas between; rows that carry any of them."))
        self.row = row

    def filter(self, qs: QuerySet[Any], value: list[str] | None) -> QuerySet[Any]:
        if not value:
            return qs
        named = Q()
        for name in value[:50]:
            named |= Q(tag__name__iexact=name)
        through = self.row.tags.through  # type: ignore[attr-defined]
        return qs.filter(Exists(through.objects.filter(named, **{self.row._meta.model_name: OuterRef("pk")})))


class SearchFilter(filters.CharFilter):
    def __init__(self, *fields: str) -> None:
        super().__init__(help_text=gettext_lazy("Text to find, in any case of letters."), max_length=200)
        self.fields = fields

    def filter(self, qs: QuerySet[Any], value: str | None) -> QuerySet[Any]:
        if not value:
            return qs
        found = Q()
        for field in self.fields:
            found |= Q(**{f"{field}__icontains": value})
        return qs.filter(found)


class DescriptionFilter(SearchFilter):
    """Of time entries, of which there are many."""

    def filter(self, qs: QuerySet[TimeEntry], value: str | None) -> QuerySet[TimeEntry]:
        return described_by(qs, value) if value else qs


class ArchivedFilter(YesNoFilter):
    def filter(self, qs: QuerySet[Any], value: bool | None) -> QuerySet[Any]:
        return qs if value is None else qs.filter(archived_at__isnull=not value)


class FilterSet(filters.FilterSet):
    """Builds only the filters that are asked for: a list without any costs nothing."""

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        self.base_filters = {name: item for name, item in self.base_filters.items() if name in (data or ())}
        super().__init__(data, *args, **kwargs)


class ClientFilters(FilterSet):
    archived = ArchivedFilter()
    search = SearchFilter("name", "email")
    ordering = filters.OrderingFilter(fields=["id", "name"])


class ProjectFilters(FilterSet):
    client = IdFilter("client_id")
    status = ChoicesFilter(choices=ProjectStatus.choices)
    billable = YesNoFilter()
    is_public = YesNoFilter()
    budget_type = ChoicesFilter(choices=BudgetType.choices)
    search = SearchFilter("name", "code", "client__name")
    ordering = filters.OrderingFilter(fields=["id", "name", "starts_on", "due_on"])


class TaskFilters(FilterSet):
    project = IdFilter("project_id")
    client = IdFilter("project__client_id")
    assignee = IdFilter("assignee_id")
    status = ChoicesFilter(choices=TaskStatus.choices)
    priority = ChoicesFilter(choices=Priority.choices)
    tag = TagsFilter(Task)
    archived = ArchivedFilter()
    due_at_after = InstantFilter("due_at", "gte")
    due_at_before = InstantFilter("due_at", "lt")
    completed_at_after = InstantFilter("completed_at", "gte")
    completed_at_before = InstantFilter("completed_at", "lt")
    search = SearchFilter("name", "description")
    ordering = filters.OrderingFilter(fields=["id", "name", "due_at", "completed_at", "tracked_seconds"])


class TagFilters(FilterSet):
    archived = ArchivedFilter()
    search = SearchFilter("name")
    ordering = filters.OrderingFilter(fields=["id", "name"])


class TimeEntryFilters(FilterSet):
    user = IdFilter("user_id")
    project = IdFilter("project_id")
    client = IdFilter(method="of_client")
    task = IdFilter("task_id")
    tag = TagsFilter(TimeEntry)
    billable = YesNoFilter()
    billed = YesNoFilter("billed_at", "isnull", exclude=True)
    running = YesNoFilter("ended_at", "isnull")
    source = ChoicesFilter(choices=Source.choices)
    review = YesNoFilter(method="to_review", help_text=gettext_lazy("Entries that somebody should look at once more."))
    uid = filters.UUIDFilter()
    started_at_after = InstantFilter("started_at", "gte", help_text=gettext_lazy("Started at this moment or later."))
    started_at_before = InstantFilter("started_at", "lt", help_text=gettext_lazy("Started before this moment."))
    updated_since = InstantFilter("updated_at", "gte", help_text=gettext_lazy("Changed at this moment or later."))
    deleted = YesNoFilter(method="in_trash", help_text=gettext_lazy("True lists the trash instead."))
    search = DescriptionFilter()
    ordering = filters.OrderingFilter(
        fields={
            "id": "id",
            "started_at": "started_at",
            "ended_at": "ended_at",
            "seconds": "duration",
            "updated_at": "updated_at",
        }
    )

    def of_client(self, queryset: QuerySet[TimeEntry], name: str, value: int) -> QuerySet[TimeEntry]:
        """Whose a project is, only those know who see it."""
        return queryset.filter(project__in=Project.objects.visible_to(self.request.user).filter(client=value))

    def to_review(self, queryset: QuerySet[TimeEntry], name: str, value: bool) -> QuerySet[TimeEntry]:
        odd = ~Q(review="") & Q(billed_at=None)
        return queryset.filter(odd if value else ~odd)

    def in_trash(self, queryset: QuerySet[TimeEntry], name: str, value: bool) -> QuerySet[TimeEntry]:
        return queryset.filter(deleted_at__isnull=not value)

    def filter_queryset(self, queryset: QuerySet[TimeEntry]) -> QuerySet[TimeEntry]:
        """Without a word about it, what lies in the trash stays out."""
        chosen = super().filter_queryset(queryset)
        return chosen if self.form.cleaned_data.get("deleted") is not None else chosen.filter(deleted_at=None)
