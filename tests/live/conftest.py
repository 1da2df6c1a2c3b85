from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.management import CommandError
from django.db import OperationalError
from django.test import TransactionTestCase

TRIES = 5


@pytest.fixture(scope="package", autouse=True)
def _patient_flush() -> Iterator[None]:
    """The servers go on writing while a test's rows are taken away: PostgreSQL ends one of two that wait crosswise."""
    flush = TransactionTestCase._fixture_teardown

    def patiently(self: TransactionTestCase) -> None:
        for _ in range(TRIES - 1):
            try:
                return flush(self)
            except CommandError as error:
                if not isinstance(error.__cause__, OperationalError):
                    raise
        return flush(self)

    TransactionTestCase._fixture_teardown = patiently
    yield
    TransactionTestCase._fixture_teardown = flush
