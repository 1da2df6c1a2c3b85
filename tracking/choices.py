from django.db import models
from django.utils.translation import gettext_lazy as _


class ProjectStatus(models.TextChoices):
    PLANNED = "planned", _("Planned")
    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    COMPLETED = "completed", _("Completed")
    ARCHIVED = "archived", _("Archived")


class BudgetType(models.TextChoices):
    NONE = "none", _("No budget")
    HOURS = "hours", _("Hours")
    MONEY = "money", _("Money")


class TaskStatus(models.TextChoices):
    """In the order of the board's columns."""

    TODO = "todo", _("To do")
    IN_PROGRESS = "in_progress", _("In progress")
    REVIEW = "review", _("In review")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")


FINISHED = (TaskStatus.DONE, TaskStatus.CANCELLED)


class Priority(models.TextChoices):
    """In rising order."""

    LOW = "low", _("Low")
    NORMAL = "normal", _("Normal")
    HIGH = "high", _("High")
    URGENT = "urgent", _("Urgent")

    @property
    def rank(self) -> int:
        return list(Priority).index(self)


class Source(models.TextChoices):
    """What made a time entry."""

    TIMER = "timer", _("Timer")
    MANUAL = "manual", _("By hand")
    IMPORT = "import", _("Import")
    RULE = "rule", _("Rule")
    CALENDAR = "calendar", _("Calendar")


class Review(models.TextChoices):
    """Why somebody should look at an entry once more."""

    NONE = "", _("Nothing to review")
    TOO_LONG = "too_long", _("Longer than the person's limit")
    OVERLAP = "overlap", _("Overlaps another entry")
    FUTURE = "future", _("Ends in the future")
    STOPPED = "stopped", _("Stopped automatically")
    DOUBLED = "doubled", _("Looks like the same twice")
    UNUSUAL = "unusual", _("Much longer than usual")
    ODD_HOURS = "odd_hours", _("At unusual hours")
    NO_PROJECT = "no_project", _("Without a project")


FOUND = (Review.DOUBLED, Review.UNUSUAL, Review.ODD_HOURS)
"""Told by comparing with what its person usually does, which is done elsewhere: `flag_entry` brings the answer."""


class BatchKind(models.TextChoices):
    """What was done to entries, as one change that can be undone."""

    START = "start", _("Started the timer")
    STOP = "stop", _("Stopped the timer")
    LOG = "log", _("Logged time")
    EDIT = "edit", _("Changed")
    DELETE = "delete", _("Deleted")
    RESTORE = "restore", _("Brought back")
    SPLIT = "split", _("Split")
    MERGE = "merge", _("Merged")
    COPY = "copy", _("Duplicated")
    BILL = "bill", _("Marked as billed")
    UNBILL = "unbill", _("Marked as not billed")
    ACCEPT = "accept", _("Reviewed")
    IMPORT = "import", _("Imported")
    UNDO = "undo", _("Undid")


class ImportState(models.TextChoices):
    READY = "ready", _("Not started")
    WAITING = "waiting", _("Waiting")
    """Somebody has begun it, and nobody has taken it yet."""
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
