"""The owner at a browser, and when: as in the tests of tracking."""

from tests.analytics.learned import learned, quick_models
from tests.analytics.telemetry import no_thread, posthog, telemetry_on
from tests.tracking.conftest import olga, wednesday

__all__ = ["learned", "no_thread", "olga", "posthog", "quick_models", "telemetry_on", "wednesday"]
