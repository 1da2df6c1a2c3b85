"""A device is told nothing once the sign-in is over that it was added in."""

from typing import Any

from django.contrib.sessions.models import Session
from django.db.models.signals import post_delete
from django.dispatch import receiver

from notifications.services.devices import end_session


@receiver(post_delete, sender=Session, dispatch_uid="notifications.session_ended")
def remove_devices_of_session(sender: type[Session], instance: Session, **kwargs: Any) -> None:
    """Signing out, here or from elsewhere, a new password, a session that ran out: all delete the session's row."""
    end_session(session_key=instance.session_key)
