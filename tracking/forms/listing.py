"""Search, filters and order of a list, read from its address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.db.models import F, QuerySet
from django.db.models.expressions import Combinable, OrderBy
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import User


@dataclass(frozen=True, slots=True)
class Column:
    """A column that can be sorted by. Where it `may_be_empty`, empty values come last either way."""

    label: Any
    by: str | Combinable
    largest_first: bool = False
    may_be_empty: bool = False

    def order(self, *, descending: bool) -> OrderBy:
        expression = F(self.by) if isinstance(self.by, str) else self.by
        nulls_last = self.may_be_empty or None  # said without need, it would keep PostgreSQL from using an index
        return expression.desc(nulls_last=nulls_last) if descending else expression.asc(nulls_last=nulls_last)


@dataclass(frozen=True, slots=True)
class Header:
    """What the head of a column shows: `direction` is aria-sort's word, empty for the other columns."""

    label: Any
    query: str
    direction: str


class ListFilter(forms.Form):
    """Always bound to the address. Nonsense in it filters nothing."""

    columns: ClassVar[Mapping[str, Column]] = {}
    default_sort: ClassVar[str] = "name"
    ties: ClassVar[Sequence[str | Combinable]] = ("pk",)
    """Makes the order total."""
    search_hint: ClassVar[Any] = _("Search")

    q = forms.CharField(required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"}))
    sort = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request.GET, auto_id="filter_%s")
        self.user: User = request.user  # type: ignore[assignment]
        self.path = request.path
        self.prepare()
        self.fields["q"].widget.attrs |= {"placeholder": self.search_hint, "aria-label": self.search_hint}
        for name, field in self.fields.items():
            if not field.widget.is_hidden:
                look = "input input-sm search" if name == "q" else "select select-sm max-sm:min-w-0 max-sm:flex-1"
                field.widget.attrs.setdefault("class", look)
        self.is_valid()

    def prepare(self) -> None:
        """For choices that depend on the person."""

    def value(self, name: str) -> Any:
        return self.cleaned_data.get(name) or None

    @property
    def sort_key(self) -> tuple[str, bool]:
        """The column's name, and whether it runs downwards."""
        asked = self.cleaned_data.get("sort") or self.default_sort
        name = asked.removeprefix("-")
        if name not in self.columns:
            asked, name = self.default_sort, self.default_sort.removeprefix("-")
        return name, asked.startswith("-")

    def apply(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        name, descending = self.sort_key
        order = self.columns[name].order(descending=descending)
        return self.narrow(queryset).order_by(order, *self.ties)

    def narrow(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        raise NotImplementedError

    @cached_property
    def headers(self) -> dict[str, Header]:
        current, descending = self.sort_key
        return {name: self._header(name, column, current, descending) for name, column in self.columns.items()}

    def _header(self, name: str, column: Column, current: str, descending: bool) -> Header:
        direction = ("descending" if descending else "ascending") if name == current else ""
        downwards = not descending if name == current else column.largest_first
        return Header(column.label, self.query(sort=f"-{name}" if downwards else name, page=None), direction)

    def query(self, **changes: str | None) -> str:
        """This address's parameters without the empty ones, with some changed or (None) left out; at least "?"."""
        query: QueryDict = self.data.copy()
        for name, value in changes.items():
            query.pop(name, None)
            if value is not None:
                query[name] = value
        for name in [name for name, values in query.lists() if not any(values)]:
            del query[name]
        return f"?{query.urlencode()}"

    @property
    def is_narrowed(self) -> bool:
        """Whether the list may be shorter than all there is."""
        return any(self.value(name) for name in self.fields if name != "sort")
