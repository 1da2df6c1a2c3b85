from django.urls import re_path

from notifications.api.notifications import NotificationViewSet
from notifications.api.preferences import PreferencesViewSet
from timetracker.web.routers import OptionalSlashRouter

router = OptionalSlashRouter()
router.register("notifications", NotificationViewSet, "notification")

urlpatterns = [
    *router.urls,
    re_path(
        r"^notifications/preferences/?$",
        PreferencesViewSet.as_view({"get": "current", "patch": "change"}),
        name="notification-preferences",
    ),
]
