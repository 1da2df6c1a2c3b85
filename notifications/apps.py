from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = _("Notifications")

    def ready(self) -> None:
        # Needs the session model, which is not loaded yet when this package is imported.
        from notifications import receivers  # noqa: F401, PLC0415
