from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.serializers import MeSerializer, PersonSerializer
from accounts.models import User
from accounts.queries import named_like, people_visible_to


class PersonFilter(filters.FilterSet):
    q = filters.CharFilter(method="filter_named", label=_("Part of the name or user name"))
    active = filters.BooleanFilter(field_name="is_active")

    class Meta:
        model = User
        fields = ["q", "active", "role", "username"]

    def filter_named(self, people: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        return named_like(people, value)


class PersonViewSet(mixins.RetrieveModelMixin, mixins.ListModelMixin, viewsets.GenericViewSet[User]):
    """The people one may see. They are changed on their pages, not here."""

    queryset = User.objects.none()
    serializer_class = PersonSerializer
    filterset_class = PersonFilter

    def get_queryset(self) -> QuerySet[User]:
        return people_visible_to(self.request.user).order_by("id")


class MeViewSet(viewsets.ViewSet):
    """Whose token or session this is."""

    @extend_schema(operation_id="me", responses=MeSerializer)
    def retrieve(self, request: Request) -> Response:
        return Response(MeSerializer(request.user).data)
