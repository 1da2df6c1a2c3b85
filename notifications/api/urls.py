from django.urls import re_path

from notifications.api.achievements import AchievementsViewSet
from notifications.api.devices import DeviceViewSet
from notifications.api.notifications import NotificationViewSet
from notifications.api.preferences import PreferencesViewSet
from timetracker.web.routers import OptionalSlashRouter

router = OptionalSlashRouter()
router.register("notifications", NotificationViewSet, "notification")

urlpatterns = [
    *router.urls,
    re_path(
        r"^notifications/achievements/?$",
        AchievementsViewSet.as_view({"get": "mine"}),
        name="notification-achievements",
    ),
    re_path(
        r"^notifications/preferences/?$",
        PreferencesViewSet.as_view({"get": "current", "patch": "change"}),
        name="notification-preferences",
    ),
    re_path(
        r"^notifications/devices/?$",
        DeviceViewSet.as_view({"get": "list", "post": "create"}),
        name="notification-devices",
    ),
    re_path(r"^notifications/devices/key/?$", DeviceViewSet.as_view({"get": "key"}), name="notification-devices-key"),
    re_path(
        r"^notifications/devices/(?P<pk>[0-9]{1,19})/?$",
        DeviceViewSet.as_view({"delete": "destroy"}),
        name="notification-device",
    ),
]
