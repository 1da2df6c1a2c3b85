from django.utils.translation import gettext_lazy as _

from accounts.commands import administrators
from timetracker.web.commands import Category, Command, register

register(
    Command(
        id="go-performance", label=_("Performance"), category=Category.GO, icon="chart-bar",
        page="metrics:performance", allowed=administrators,
    ),
)  # fmt: skip
