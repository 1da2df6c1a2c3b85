from __future__ import annotations

from typing import Any

from celery import shared_task
from celery.signals import worker_shutting_down

from timetracker.web import background


@shared_task(acks_late=False)
def run_long(name: str, *arguments: str) -> None:
    """Acknowledged before it begins, so that no command runs again because its worker was killed, or because it takes
    longer than Redis waits for an answer.
    """
    background.run_and_wait(name, *arguments)


@worker_shutting_down.connect(dispatch_uid="web.end_long_work")
def end_long_work(**_signal: Any) -> None:
    background.stopping.set()
