from django.utils.translation import gettext_lazy as _

from timetracker.web.commands import Category, Command, register

register(
    Command(
        id="go-notifications", label=_("Notifications"), category=Category.GO, keys="g n", icon="bell",
        page="notifications:list",
    ),
    Command(
        id="open-notifications", label=_("Open the bell"), category=Category.GENERAL, keys="b", icon="bell",
        press="#bell",
    ),
    Command(
        id="new-reminder", label=_("New reminder"), category=Category.CREATE, keys="c r", icon="bell-alert",
        dialog="notifications:reminder-new",
    ),
    Command(
        id="go-achievements", label=_("Your achievements"), category=Category.GO, keys="", icon="trophy",
        page="notifications:achievements",
    ),
)  # fmt: skip
