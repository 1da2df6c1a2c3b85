"""Insights on the dashboard, in the order of the gallery."""

from analytics.widgets import estimates, health, productivity

__all__ = ["estimates", "health", "productivity"]
