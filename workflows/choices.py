from django.db import models
from django.utils.translation import gettext_lazy as _


class Scope(models.TextChoices):
    """Whose doings set a rule off."""

    OWN = "own", _("What I do and what concerns me")
    TEAM = "team", _("Also what people do whom I lead")


class Overlap(models.TextChoices):
    ALL = "all", _("Run for every event")
    SKIP = "skip", _("Skip while it still runs")


class RunStatus(models.TextChoices):
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    THROTTLED = "throttled", _("Held back by its limit")
    SKIPPED = "skipped", _("Skipped while it still ran")
    STOPPED = "stopped", _("Stopped: rules set each other off")


class StepStatus(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
