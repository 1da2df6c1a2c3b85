from notifications.models.achievement import Achievement, CountedTask, CountedTime
from notifications.models.device import PushDevice, PushSending
from notifications.models.notification import Notification
from notifications.models.outcome import Outcome
from notifications.models.preference import Preference, Settings
from notifications.models.trigger import Trigger

__all__ = [
    "Achievement", "CountedTask", "CountedTime", "Notification", "Outcome", "Preference", "PushDevice", "PushSending",
    "Settings", "Trigger",
]  # fmt: skip
