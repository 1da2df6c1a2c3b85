from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from timetracker.metrics import processes


class MetricsConfig(AppConfig):
    name = "timetracker.metrics"
    label = "metrics"
    verbose_name = _("Metrics")

    def ready(self) -> None:
        processes.begin()
        # Needs models, which are not loaded yet when this package is imported; and defines the figures.
        from timetracker.metrics import receivers  # noqa: PLC0415

        receivers.connect()
