from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person may do everywhere. Rights on one project come from being its manager or member."""

    ADMINISTRATOR = "administrator", _("Administrator")
    MANAGER = "manager", _("Manager")
    MEMBER = "member", _("Member")


class FlagChoice(models.TextChoices):
    """What the administration says of a feature flag."""

    ON = "on", _("On")
    OFF = "off", _("Off")
    DEFAULT = "default", _("As it comes")


class Theme(models.TextChoices):
    SYSTEM = "system", _("Like the system")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class Look(models.TextChoices):
    """The colours of surfaces and ink; each has a light and a dark side, which `Theme` chooses."""

    CALM = "calm", _("Calm")
    PAPER = "paper", _("Paper")
    CONTRAST = "contrast", _("High contrast")


ACCENTS = {
    "#2f6fde": _("Blue"),
    "#0e7490": _("Petrol"),
    "#15803d": _("Green"),
    "#b45309": _("Amber"),
    "#c2410c": _("Rust"),
    "#be123c": _("Raspberry"),
    "#a21caf": _("Magenta"),
    "#6d28d9": _("Violet"),
}
"""Colours to pick from; any other will do too."""


class TextSize(models.TextChoices):
    SMALL = "small", _("Small")
    NORMAL = "normal", _("Normal")
    LARGE = "large", _("Large")
    LARGEST = "largest", _("Very large")


class Density(models.TextChoices):
    COMFORTABLE = "comfortable", _("Comfortable")
    COMPACT = "compact", _("Compact")


class Language(models.TextChoices):
    ENGLISH = "en", "English"
    GERMAN = "de", "Deutsch"


class HoursFormat(models.TextChoices):
    CLOCK = "clock", "1:30"
    DECIMAL = "decimal", "1.50"


class Weekday(models.IntegerChoices):
    """As `date.weekday()` counts."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class Scope(models.TextChoices):
    """What an API token may do. Writing includes reading."""

    READ = "read", _("Read")
    WRITE = "write", _("Read and write")


class Among(StrEnum):
    """Of whom somebody chooses a person."""

    HERE = "here"
    """Who works here."""
    EVER = "ever"
    """Those who have left as well, for administrators."""
    TIME = "time"
    """Whose time one may see."""
