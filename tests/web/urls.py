"""Views that behave in all the ways the shared room must answer."""

import threading
from typing import Any

from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, SuspiciousOperation, ValidationError
from django.db import DataError, transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import include, path
from django.utils import timezone, translation
from rest_framework import serializers, viewsets
from rest_framework.authentication import SessionAuthentication
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from timetracker.web import views
from timetracker.web.errors import Conflict, NotAllowed
from timetracker.web.htmx import redirect_with_toast, render_page
from timetracker.web.idempotency import IdempotentWrites
from timetracker.web.pagination import page_of
from timetracker.web.routers import OptionalSlashRouter

handler400, handler403 = views.bad_request, views.permission_denied
handler404, handler500 = views.page_not_found, views.server_error

FAULTS: dict[str, Exception] = {
    "conflict": Conflict("A timer runs already.", code="timer_running"),
    "not-allowed": NotAllowed("Only its manager may archive it."),
    "denied": PermissionDenied(),
    "gone": Http404(),
    "suspicious": SuspiciousOperation("odd"),
    "data": DataError("out of range"),
    "fields": ValidationError({"ended_at": [ValidationError("The end is before the start.", code="end_before_start")]}),
    "whole": ValidationError("These do not fit together."),
    "nested": serializers.ValidationError({"tags": [{}, {"name": ["Too long."]}], "non_field_errors": ["No."]}),
    "fault": RuntimeError("secret inside"),
}
GO_ON = threading.Event()


def fail(request: HttpRequest, name: str) -> HttpResponse:
    raise FAULTS[name]


def person(request: HttpRequest, token: str = "") -> HttpResponse:
    return JsonResponse(
        {
            "zone": timezone.get_current_timezone_name(),
            "language": translation.get_language(),
            "address": request.META["REMOTE_ADDR"],
            "secure": request.is_secure(),
            "host": request.get_host(),
        }
    )


def numbers(request: HttpRequest) -> HttpResponse:
    page = page_of(list(range(7)), request, per_page=3)
    return render_page(request, "numbers.html", {"page": page}, partial="rows")


def leave(request: HttpRequest) -> HttpResponse:
    return redirect_with_toast(request, "/numbers/", "Saved.")


class GroupSerializer(serializers.ModelSerializer[Group]):
    class Meta:
        model = Group
        fields = ["id", "name"]


class GroupViewSet(IdempotentWrites, viewsets.ModelViewSet[Group]):
    queryset = Group.objects.order_by("name")
    filterset_fields = {"name": ["icontains"]}
    serializer_class = GroupSerializer
    authentication_classes = [SessionAuthentication]
    filter_backends = ()  # any query will do
    permission_classes = [IsAuthenticated]

    @action(detail=False, methods=["get", "post"], url_path="fail/(?P<name>[a-z-]+)")
    def fail(self, request: Request, name: str) -> Response:
        raise FAULTS[name]

    @action(detail=False, methods=["post"])
    def half(self, request: Request) -> Response:
        """Writes, and then breaks."""
        with transaction.atomic():
            Group.objects.create(name="half")
        raise FAULTS["fault"]

    @action(detail=False, methods=["post"])
    def slow(self, request: Request) -> Response:
        GO_ON.wait(10)
        return Response({"made": Group.objects.create(name="slow").name}, status=201)


router = OptionalSlashRouter()
router.register("groups", GroupViewSet, basename="group")

urlpatterns: list[Any] = [
    path("fail/<name>/", fail),
    path("person/", person),
    path("invite/<token>/", person),
    path("numbers/", numbers),
    path("leave/", leave),
    path("api/", include(router.urls)),
    path("", include("timetracker.web.urls")),
]
