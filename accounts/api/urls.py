from django.urls import re_path

from accounts.api.views import MeViewSet, PersonViewSet
from timetracker.web.routers import OptionalSlashRouter

router = OptionalSlashRouter()
router.register("people", PersonViewSet, basename="person")

urlpatterns = [
    *router.urls,
    re_path(r"^me/?$", MeViewSet.as_view({"get": "retrieve"}), name="me"),
]
