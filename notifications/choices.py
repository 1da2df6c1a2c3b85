from django.db import models
from django.utils.translation import gettext_lazy as _

from tracking.choices import Priority

__all__ = [
    "AWAY", "INTERRUPTING", "ON_A_PAGE", "AchievementKind", "Channel", "DigestRhythm", "Priority", "Reason", "Sending",
    "State", "TriggerKind", "Type",
]  # fmt: skip


class Type(models.TextChoices):
    INFO = "info", _("Info")
    SUCCESS = "success", _("Success")
    WARNING = "warning", _("Warning")
    ERROR = "error", _("Error")


class Channel(models.TextChoices):
    """Where a notification shows itself. In the centre it is kept; the others interrupt."""

    CENTRE = "centre", _("Centre")
    TOAST = "toast", _("Toast")
    BROWSER = "browser", _("Browser")
    SOUND = "sound", _("Sound")
    PUSH = "push", _("Devices")
    EMAIL = "email", _("E-mail")


INTERRUPTING = (Channel.TOAST, Channel.BROWSER, Channel.SOUND, Channel.PUSH, Channel.EMAIL)
ON_A_PAGE = (Channel.TOAST, Channel.BROWSER, Channel.SOUND)
"""Those that need a page of the person to be open."""
AWAY = (Channel.PUSH, Channel.EMAIL)
"""Those that reach a person with no page open."""


class TriggerKind(models.TextChoices):
    """What looks at a person by itself. Each is a category of the same name."""

    IDLE = "idle", _("Away from the computer")
    FORGOTTEN_TIMER = "forgotten_timer", _("A timer may be forgotten")
    NO_TIMER = "no_timer", _("No timer runs in working hours")
    DAILY_SUMMARY = "daily_summary", _("Your day in numbers")
    WEEK_GOAL = "week_goal", _("The week ends short of your goal")


class DigestRhythm(models.TextChoices):
    """When what was held back is told."""

    AT_ONCE = "at_once", _("As soon as it can be told")
    DAILY = "daily", _("Every day at a time")
    WEEKLY = "weekly", _("Every week on a day")


class State(models.TextChoices):
    """How far a notification got in one channel."""

    QUEUED = "queued", _("Queued")
    SENT = "sent", _("Sent")
    SEEN = "seen", _("Seen")
    FAILED = "failed", _("Failed")
    HELD = "held", _("Held back")


class Reason(models.TextChoices):
    """Why it was held back or did not arrive."""

    NONE = "", ""
    PERMISSION = "permission", _("They may not see what it is about")
    PREFERENCE = "preference", _("Switched off by preference")
    PRIORITY = "priority", _("Below the least priority")
    QUIET = "quiet", _("Quiet hours")
    BUDGET = "budget", _("More than you want in a day")
    RATE = "rate", _("Too many at once")
    DIGEST = "digest", _("In a digest")
    ENDED = "ended", _("No longer true")
    READ = "read", _("Read before")
    NO_PAGE = "no_page", _("No page was open")
    NO_ADDRESS = "no_address", _("No e-mail address")
    NO_DEVICE = "no_device", _("No device")
    SWITCHED_OFF = "switched_off", _("Switched off for everybody")
    DENIED = "denied", _("The browser was not allowed to show it")
    UNASKED = "unasked", _("The browser was never asked for permission")
    IN_VIEW = "in_view", _("A page was in view")
    ERROR = "error", _("Did not work")


class Sending(models.TextChoices):
    """How far a notification got on one device."""

    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")


class AchievementKind(models.TextChoices):
    """What can be achieved. `Achievement.mark` says which one of its kind it is."""

    FIRST_ENTRY = "first_entry", _("First entry")
    MONTH = "hours_100", _("100 hours in a month")
    STREAK_7 = "streak_7", _("7 working days in a row")
    STREAK_30 = "streak_30", _("30 working days in a row")
    WEEK_GOAL = "week_goal", _("Weekly goal met")
    ESTIMATES = "estimates", _("Tasks within their estimate")
