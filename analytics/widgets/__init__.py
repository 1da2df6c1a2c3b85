"""Insights on the dashboard, in the order of the gallery."""

from analytics.widgets import estimates, productivity

__all__ = ["estimates", "productivity"]
