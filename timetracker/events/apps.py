from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from timetracker.events import alive


class EventsConfig(AppConfig):
    name = "timetracker.events"
    label = "events"
    verbose_name = _("Events")

    def ready(self) -> None:
        # Payloads before the handlers that name them.
        autodiscover_modules("events", "handlers", "schedules")
        alive.connect()
