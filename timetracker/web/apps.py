from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.core.checks import register as register_check
from django.db.backends.signals import connection_created
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _
from waffle.apps import WaffleConfig

from timetracker.web.flags import check_environment
from timetracker.web.sqlite import teach_letters


class WebConfig(AppConfig):
    default = True  # of those that Django finds in this file
    name = "timetracker.web"
    label = "web"
    verbose_name = _("Web")

    def ready(self) -> None:
        register_check(check_environment)
        autodiscover_modules("commands", "list_commands", "finders", "widgets")
        connection_created.connect(teach_letters, dispatch_uid="web.teach_letters")


class Flags(WaffleConfig):
    """Under our name in the admin; of the library's three kinds only switches are used."""

    verbose_name = _("Feature flags")  # type: ignore[assignment]  # Django takes what is translated later


class StaticFiles(StaticFilesConfig):
    """Without viewers of the API that nobody is shown: compressing them takes longer than everything else."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "redoc", "rest_framework"]
