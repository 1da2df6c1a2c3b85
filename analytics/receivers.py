"""What this room hears of others without an event: who is removed, what is used, and who opts out."""

from typing import Any

from django.conf import settings
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from accounts.models import Organisation, User
from analytics.services.posthog_flags import forget_flags
from analytics.services.record import forget_record
from analytics.services.telemetry_counters import counters
from analytics.services.telemetry_switch import switch
from analytics.services.versions import mark_outdated
from analytics.telemetry.facts import USED
from timetracker.web.usage import feature_used


@receiver(post_delete, sender=User, dispatch_uid="analytics.person_removed")
def forget_person(sender: type[User], **kwargs: Any) -> None:
    """In the transaction that removes them. Their predictions go with them; tasks stay, and are nobody's."""
    forget_record()
    mark_outdated()


@receiver(post_save, sender=Organisation, dispatch_uid="analytics.opted_out")
def forget_posthogs_flags(sender: type[Organisation], instance: Organisation, **kwargs: Any) -> None:
    """In the transaction that opts out, whoever wrote it: what PostHog said decides nothing any more."""
    written = kwargs["update_fields"]
    if not instance.telemetry and not kwargs["created"] and (written is None or "telemetry" in written):
        forget_flags()


@receiver(feature_used, dispatch_uid="analytics.feature_used")
def count_feature(sender: None, feature: str, facts: dict[str, Any], **kwargs: Any) -> None:
    if settings.TELEMETRY_STRICT or switch.is_on():
        name, properties = USED[feature](facts) if feature in USED else (feature, {})
        counters.note(name, properties, times=facts.get("times", 1))
