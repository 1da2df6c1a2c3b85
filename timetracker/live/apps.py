from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LiveConfig(AppConfig):
    name = "timetracker.live"
    label = "live"
    verbose_name = _("Live")

    def ready(self) -> None:
        # Needs the session model, which is not loaded yet when this package is imported.
        from timetracker.live import receivers  # noqa: F401, PLC0415
