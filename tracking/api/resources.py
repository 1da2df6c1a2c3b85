"""What the five collections share. A collection says what it reads and which services write; the rest is here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import Model, QuerySet
from django.shortcuts import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.models import User
from timetracker.web.cursor import CursorPages, order_keys
from timetracker.web.idempotency import IdempotentWrites


class Resource(IdempotentWrites, GenericViewSet):
    """Lists, shows, makes, changes and removes.

    Rows are read as plain tuples of `columns` and go out through `as_json`: models, and DRF's output field by field,
    cost more than the query. The serializer checks what comes in and describes both for the schema.
    """

    metadata_class = None
    lookup_value_regex = "[0-9]{1,19}"
    queryset: ClassVar[QuerySet[Any]]
    columns: ClassVar[tuple[str, ...]]

    @property
    def person(self) -> User:
        return self.request.user  # type: ignore[return-value]

    def visible(self) -> QuerySet[Any]:
        """The rows that the caller may see, with what `columns` names beyond the model's own."""
        raise NotImplementedError

    def get_queryset(self) -> QuerySet[Any]:
        """While the schema is written there is no caller."""
        return self.queryset.none() if getattr(self, "swagger_fake_view", False) else self.visible()

    def as_json(self, rows: Sequence[Any]) -> list[dict[str, Any]]:
        """What goes out. What rows need beyond their columns is read here, for all of them at once."""
        raise NotImplementedError

    def list(self, request: Request) -> Response:
        found = self.filter_queryset(self.get_queryset())
        order = [key.name for key in order_keys(found, found.query.order_by or CursorPages.ordering)]
        rows = self.paginate_queryset(found.values_list(*dict.fromkeys([*self.columns, *order]), named=True))
        assert rows is not None
        return self.get_paginated_response(self.as_json(rows))

    def retrieve(self, request: Request, pk: str) -> Response:
        return self.answer(int(pk))

    def answer(self, pk: int, status: int = 200) -> Response:
        """The row as it now stands in the database, seen with the caller's rights."""
        row = get_object_or_404(self.visible().values_list(*self.columns, named=True), pk=pk)
        return self.answer_with(row, status)

    def answer_with(self, row: Any, status: int = 200) -> Response:
        [shown] = self.as_json([row])
        return Response(shown, status=status, headers=self.location(shown["id"]) if status == 201 else None)

    def location(self, pk: int) -> dict[str, str]:
        """With the slash, the form that the schema lists."""
        return {"Location": self.reverse_action("detail", kwargs={"pk": pk}).rstrip("/") + "/"}

    def checked(self, request: Request, *, partial: bool = False, row: Any = None) -> dict[str, Any]:
        """What came in, valid field by field. Raises ValidationError."""
        serializer = self.get_serializer(row, data=request.data, partial=partial)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def create(self, request: Request) -> Response:
        self.check_may_make()
        fields = self.checked(request)
        with transaction.atomic():
            row = self.make(fields)
        return self.answer(row.pk, status=201)

    def update(self, request: Request, pk: str, *, partial: bool = False) -> Response:
        row = self.editable(int(pk))
        fields = self.checked(request, partial=partial, row=row)
        with transaction.atomic():
            row = self.change(row, fields)
        return self.answer(row.pk)

    def partial_update(self, request: Request, pk: str) -> Response:
        return self.update(request, pk, partial=True)

    def destroy(self, request: Request, pk: str) -> Response:
        self.remove(int(pk))
        return Response(status=204)

    def check_may_make(self) -> None:
        """Raises PermissionDenied. Whoever is signed in may, unless a collection says otherwise."""

    def editable(self, pk: int) -> Any:
        """The row for changing it: 404 when invisible, 403 when it is not the caller's to change."""
        raise NotImplementedError

    def make(self, fields: dict[str, Any]) -> Any:
        raise NotImplementedError

    def change(self, row: Any, fields: dict[str, Any]) -> Any:
        raise NotImplementedError

    def remove(self, pk: int) -> None:
        raise NotImplementedError


def tag_names(rows: Sequence[Any], through: type[Model], row_field: str) -> dict[int, list[str]]:
    """Names by row id, in one statement. `through` is the table between rows and tags."""
    named: dict[int, list[str]] = defaultdict(list)
    carried = through._default_manager.filter(**{f"{row_field}__in": [row.id for row in rows]})
    for row_id, name in carried.order_by("tag__name").values_list(row_field, "tag__name"):
        named[row_id].append(name)
    return named
