from collections.abc import Callable
from typing import Any

from allauth.account.signals import password_reset
from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from timetracker.live.signals import server_ready


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People")

    def ready(self) -> None:
        server_ready.connect(print_setup_link, dispatch_uid="accounts.print_setup_link")
        password_reset.connect(end_sessions, dispatch_uid="accounts.end_sessions")


def end_sessions(*, user: Any, **_kwargs: Any) -> None:
    from accounts.services.sessions import end_all_sessions  # noqa: PLC0415 - needs the models

    end_all_sessions(person=user)


def print_setup_link(*, write: Callable[[str], object], **_kwargs: Any) -> None:
    """An empty instance says where it can be set up. To the terminal, not to the log: the link is a secret."""
    from accounts.services.setup import issue_setup_link  # noqa: PLC0415 - needs the models

    if link := issue_setup_link():
        write(f"\nSet up this instance here, once:\n\n    {link}\n")
