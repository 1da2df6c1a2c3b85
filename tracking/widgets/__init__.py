"""The widgets of time and work, in the order of the gallery."""

from tracking.widgets import hours, now, work

__all__ = ["hours", "now", "work"]
