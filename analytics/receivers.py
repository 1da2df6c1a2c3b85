"""Who is removed is forgotten by models, too."""

from typing import Any

from django.db.models.signals import post_delete
from django.dispatch import receiver

from accounts.models import User
from analytics.services.record import forget_record
from analytics.services.versions import mark_outdated


@receiver(post_delete, sender=User, dispatch_uid="analytics.person_removed")
def forget_person(sender: type[User], **kwargs: Any) -> None:
    """In the transaction that removes them. Their predictions go with them; tasks stay, and are nobody's."""
    forget_record()
    mark_outdated()
