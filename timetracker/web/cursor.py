"""Cursor pages for the API: keyset, so that any order works (equal values, empty values) and no page is slow.

Imports neither `generics` nor `viewsets` of DRF: they import this class through the settings.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import F, Field, Q, QuerySet
from django.utils.encoding import force_str
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import NotFound
from rest_framework.pagination import BasePagination
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

_SALT = "timetracker.web.cursor"


@dataclass(frozen=True, slots=True)
class Key:
    """One column of the order. Empty values come last, upwards and downwards; read backwards they come first."""

    name: str
    descending: bool
    field: Field | None

    @property
    def nullable(self) -> bool:
        return self.field is None or bool(self.field.null) or "__" in self.name

    def ordering(self, *, backwards: bool) -> Any:
        descending = self.descending != backwards
        if not self.nullable:
            return f"-{self.name}" if descending else self.name
        nulls = {"nulls_first": True} if backwards else {"nulls_last": True}
        return F(self.name).desc(**nulls) if descending else F(self.name).asc(**nulls)

    def beyond(self, value: Any, *, backwards: bool) -> Q | None:
        """Rows after `value` in reading direction; None if there can be none."""
        if value is None:
            return Q(**{f"{self.name}__isnull": False}) if backwards else None
        further = Q(**{f"{self.name}__{'lt' if self.descending != backwards else 'gt'}": value})
        return further | Q(**{f"{self.name}__isnull": True}) if self.nullable and not backwards else further

    def same(self, value: Any) -> Q:
        return Q(**{f"{self.name}__isnull": True}) if value is None else Q(**{self.name: value})

    def value_of(self, row: Any) -> str | None:
        """Of a model, or of a tuple with the column by its full name. Not there is a fault: no page would follow."""
        value = row
        for part in [self.name] if hasattr(row, self.name) else self.name.split("__"):
            value = None if value is None else getattr(value, part)
        return None if value is None else force_str(value)

    def read(self, text: str | None) -> Any:
        return text if text is None or self.field is None else self.field.to_python(text)


class CursorPages(BasePagination):
    page_size = 50
    max_page_size = 200
    ordering = ("-id",)

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> list[Any]:
        size = self._size(request)
        self.keys = order_keys(queryset, queryset.query.order_by or self.ordering)
        position = self._position(request)
        backwards = bool(position and position["back"])
        rows = queryset.order_by(*(key.ordering(backwards=backwards) for key in self.keys))
        if position:
            rows = rows.filter(self._beyond(position["at"], backwards=backwards))
        found = list(rows[: size + 1])
        more, page = len(found) > size, found[:size]
        if backwards:
            page.reverse()
        self._links(request, page, after=backwards or more, before=more if backwards else position is not None)
        return page

    def _size(self, request: Any) -> int:
        text = request.query_params.get("page_size", "")
        wanted = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
        return min(wanted or self.page_size, self.max_page_size)

    def _position(self, request: Any) -> dict[str, Any] | None:
        """Signed, so that it can be trusted; bound to its order, so that another order does not skip rows."""
        text = request.query_params.get("cursor")
        if not text:
            return None
        try:
            position = signing.loads(text, salt=_SALT)
            if position["by"] == self._order_name():
                values = [key.read(value) for key, value in zip(self.keys, position["at"], strict=True)]
                return {"at": values, "back": position["back"]}
        except (signing.BadSignature, ValidationError):
            pass  # said below
        raise NotFound(_("This cursor does not belong to this list."))

    def _order_name(self) -> str:
        return ",".join(f"{'-' * key.descending}{key.name}" for key in self.keys)

    def _beyond(self, values: Sequence[Any], *, backwards: bool) -> Q:
        """Lexicographic: further in the first column, or equal there and further in the second, and so on."""
        condition, equal = Q(), Q()
        for key, value in zip(self.keys, values, strict=True):
            further = key.beyond(value, backwards=backwards)
            if further is not None:
                condition |= equal & further
            equal &= key.same(value)
        return condition & self._index_bound(values[0], backwards=backwards)

    def _index_bound(self, value: Any, *, backwards: bool) -> Q:
        """Says nothing new, but lets the database seek in the first column's index instead of reading all before."""
        first = self.keys[0]
        if value is None or first.nullable:
            return Q()
        return Q(**{f"{first.name}__{'lte' if first.descending != backwards else 'gte'}": value})

    def _links(self, request: Any, page: list[Any], *, after: bool, before: bool) -> None:
        url = request.build_absolute_uri()
        self.next_link = self._link(url, page[-1], back=False) if after and page else None
        self.previous_link = self._link(url, page[0], back=True) if before and page else None
        if before and not page:  # the rows went away meanwhile: back to the start
            self.previous_link = remove_query_param(url, "cursor")

    def _link(self, url: str, row: Any, *, back: bool) -> str:
        position = {"by": self._order_name(), "at": [key.value_of(row) for key in self.keys], "back": back}
        return replace_query_param(url, "cursor", signing.dumps(position, salt=_SALT))

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self.next_link, "previous": self.previous_link, "results": data})

    def get_paginated_response_schema(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        cursor = {
            "name": "cursor",
            "in": "query",
            "required": False,
            "description": str(gettext_lazy("Where the page begins; taken from `next` or `previous`.")),
            "schema": {"type": "string"},
        }
        size = {
            "name": "page_size",
            "in": "query",
            "required": False,
            "description": str(gettext_lazy("Rows on a page.")),
            "schema": {"type": "integer", "minimum": 1, "maximum": self.max_page_size, "default": self.page_size},
        }
        return [cursor, size]


def order_keys(queryset: QuerySet[Any], ordering: Sequence[Any]) -> list[Key]:
    """The order as columns, made total by the id."""
    keys = [_key(queryset, name) for name in ordering if isinstance(name, str)]
    if not any(key.name in {"id", "pk"} for key in keys):
        descending = keys[0].descending if keys else True
        keys.append(_key(queryset, "-id" if descending else "id"))
    return keys


def _key(queryset: QuerySet[Any], name: str) -> Key:
    bare = name.removeprefix("-")
    return Key(bare, name.startswith("-"), _field(queryset, bare))


def _field(queryset: QuerySet[Any], path: str) -> Field | None:
    if path in queryset.query.annotations:
        return getattr(queryset.query.annotations[path], "output_field", None)
    model, field = queryset.model, None
    try:
        for part in path.split("__"):
            field = model._meta.pk if part == "pk" else model._meta.get_field(part)
            model = field.related_model or model
    except FieldDoesNotExist:
        return None
    return field if isinstance(field, Field) else None
