from django.utils.translation import gettext_lazy as _

from accounts.commands import administrators
from analytics.choices import ModelKind
from timetracker.web.commands import Category, Command, register

register(
    Command(
        id="go-insights", label=_("Insights: your patterns"), category=Category.GO, keys="g a", icon="light-bulb",
        page="analytics:patterns",
    ),
    Command(
        id="go-estimates", label=_("Insights: how good estimates were"), category=Category.GO, icon="light-bulb",
        page="analytics:estimates",
    ),
    Command(
        id="go-project-health", label=_("Project health"), category=Category.GO, icon="heart",
        page="analytics:projects-health",
    ),
    Command(
        id="go-telemetry", label=_("Telemetry"), category=Category.GO, icon="signal", page="analytics:telemetry",
        allowed=administrators,
    ),
    Command(
        id="go-model-card", label=_("Model behind the estimates"), category=Category.GO, icon="cpu-chip",
        page="analytics:model-card", args=(ModelKind.ESTIMATE.value,),
    ),
)  # fmt: skip
