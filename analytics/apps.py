from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from timetracker.web.flags import hear_from


class AnalyticsConfig(AppConfig):
    name = "analytics"
    verbose_name = _("Insights")

    def ready(self) -> None:
        # Needs the models, which are not loaded yet when this module is imported.
        from analytics import reasons, receivers  # noqa: F401, PLC0415
        from analytics.queries.telemetry import posthog_flags  # noqa: PLC0415

        hear_from(posthog_flags)
