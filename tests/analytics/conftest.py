"""The owner at a browser, and when: as in the tests of tracking."""

from tests.analytics.learned import learned, quick_models
from tests.tracking.conftest import olga, wednesday

__all__ = ["learned", "olga", "quick_models", "wednesday"]
