from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection


@pytest.fixture
def run_at_once() -> Callable[..., list[Any]]:
    """Each function in a thread of its own, with a database connection of its own. Gives what they return."""

    def run(*functions: Callable[[], Any]) -> list[Any]:
        answers: list[Any] = []

        def one(function: Callable[[], Any]) -> None:
            try:
                answers.append(function())
            finally:
                connection.close()

        threads = [threading.Thread(target=one, args=[function]) for function in functions]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return answers

    return run
