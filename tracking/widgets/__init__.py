"""The widgets of time and work, in the order of the gallery."""

from tracking.widgets import heatmap, hours, now, tags, work

__all__ = ["heatmap", "hours", "now", "tags", "work"]
