"""What follows from what happens elsewhere: a person leaves, the set-up ends, time begins on a task."""

from __future__ import annotations

import pytest

from accounts.models import User
from accounts.services.people import deactivate_person
from accounts.signals import set_up_finished
from tests.work import make_entry, make_task
from timetracker.events.dispatch import sweep
from tracking.models import TimeEntry
from tracking.services.timer import start_timer

pytestmark = pytest.mark.django_db


def test_the_timer_of_somebody_who_left_is_stopped(owner: User, administrator: User):
    entry = start_timer(user=owner)
    deactivate_person(person=owner, actor=administrator)
    sweep()
    entry.refresh_from_db()
    assert not entry.running


def test_the_first_time_on_a_task_is_when_it_started(owner: User):
    task = make_task()
    first = make_entry(owner, task=task)
    sweep()
    task.refresh_from_db()
    assert task.started_at == first.started_at


@pytest.mark.parametrize("chosen", [True, False])
def test_demo_data_is_loaded_where_it_was_chosen(organisation, administrator: User, chosen: bool):
    set_up_finished.send(None, organisation=organisation, administrator=administrator, load_demo=chosen)
    assert TimeEntry.objects.filter(user=administrator).exists() == chosen
