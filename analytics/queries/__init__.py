"""What insights read."""

from analytics.queries.productivity import finished_tasks_of, habits_of, pieces_of, productivity_of

__all__ = ["finished_tasks_of", "habits_of", "pieces_of", "productivity_of"]
