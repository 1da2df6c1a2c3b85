"""Insights on the dashboard, in the order of the gallery."""

from analytics.widgets import estimates, health, patterns, productivity

__all__ = ["estimates", "health", "patterns", "productivity"]
