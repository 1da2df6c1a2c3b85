"""What rules tell people about, as rows of the grid of preferences."""

from django.utils.translation import gettext_lazy as _

from notifications.categories import category

RULE = category("rule", label=_("A rule tells you something"), why=_("a rule sends it."), icon="bolt")
RULE_OFF = category(
    "rule_off",
    label=_("A rule of yours was switched off"),
    why=_("this rule is yours."),
    icon="bolt-slash",
)
