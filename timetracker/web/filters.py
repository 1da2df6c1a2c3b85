from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.views import APIView

PAGING = frozenset({"cursor", "page_size"})


class StrictFilterBackend(filters.DjangoFilterBackend):
    """A filter that does not exist is an error: ignored, it would answer with everything."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: APIView) -> QuerySet[Any]:
        filterset = self.get_filterset_class(view, queryset)
        refuse_unknown(request, PAGING | (filterset.base_filters.keys() if filterset else set()))
        return super().filter_queryset(request, queryset, view)


def refuse_unknown(request: Request, known: Collection[str]) -> None:
    """Raises ValidationError that names what the address asks beyond `known`."""
    words = _("There is no such filter here.")
    unknown = {name: [ErrorDetail(words, code="unknown")] for name in request.query_params if name not in known}
    if unknown:
        raise ValidationError(unknown)
