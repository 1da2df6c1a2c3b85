from django.utils.translation import gettext_lazy as _

from timetracker.web.commands import Category, Command, register

register(
    Command(
        id="go-rules", label=_("Rules"), category=Category.GO, keys="g w", icon="sparkles", page="workflows:rules"
    ),
    Command(
        id="go-runs", label=_("Runs of rules"), category=Category.GO, keys="g h", icon="queue-list",
        page="workflows:history",
    ),
    Command(
        id="new-rule", label=_("New rule"), category=Category.CREATE, keys="c w", icon="sparkles", page="workflows:new"
    ),
)  # fmt: skip
