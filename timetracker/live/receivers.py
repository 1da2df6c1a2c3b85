"""A socket lives no longer than the session it came with."""

from typing import Any

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver

from timetracker.live.push import disconnect_session


@receiver(post_delete, sender=Session, dispatch_uid="live.session_ended")
def close_sockets_of_session(sender: type[Session], instance: Session, **kwargs: Any) -> None:
    """Signing out, "sign out elsewhere", a changed password: all of them delete the session's row.

    Not `user_logged_out`: that comes before the row is gone, so a browser that returns at once would be let in again.
    """
    transaction.on_commit(lambda: disconnect_session(instance.session_key), robust=True)
