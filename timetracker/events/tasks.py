from celery import shared_task
from django.utils import timezone

from timetracker.events import clock, dispatch
from timetracker.events.wake import MESSAGE_LIFE


@shared_task
def dispatch_delivery(delivery_id: int) -> None:
    dispatch.dispatch(delivery_id)


@shared_task(expires=MESSAGE_LIFE)
def run_due_jobs() -> None:
    clock.run_due_jobs(timezone.now())


@shared_task(expires=MESSAGE_LIFE)
def wake_for_left() -> None:
    dispatch.wake_for_left()


@shared_task
def run_awaited_jobs() -> None:
    clock.run_awaited_jobs(timezone.now())
