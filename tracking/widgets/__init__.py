"""The widgets of time and work, in the order of the gallery."""

from tracking.widgets import budgets, heatmap, hours, now, people, review, tags, work

__all__ = ["budgets", "heatmap", "hours", "now", "people", "review", "tags", "work"]
