"""The owner at a browser, and when: as in the tests of tracking."""

from tests.tracking.conftest import olga, wednesday

__all__ = ["olga", "wednesday"]
