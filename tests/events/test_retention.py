from __future__ import annotations

import datetime as dt

from django.utils import timezone

from tests.events.things import make_thing_happen
from timetracker.events.choices import Status
from timetracker.events.dispatch import sweep
from timetracker.events.models import Delivery, Event
from timetracker.events.retention import forget

DAY = dt.timedelta(days=1)


def test_done_deliveries_go_first_and_events_later(db, inner, settings):
    settings.EVENTS_KEEP_DAYS = 100
    make_thing_happen()
    sweep()
    now = timezone.now()
    forget(now + 29 * DAY)
    assert Delivery.objects.count() == 1
    forget(now + 31 * DAY)
    assert (Delivery.objects.count(), Event.objects.count()) == (0, 2)
    forget(now + 99 * DAY)
    assert Event.objects.count() == 2
    forget(now + 101 * DAY)
    assert Event.objects.count() == 0


def test_what_is_not_finished_stays_with_its_event(db, inner, settings):
    settings.EVENTS_KEEP_DAYS = 100
    dead, pending = make_thing_happen(), make_thing_happen()
    dead.deliveries.update(status=Status.DEAD)
    forget(timezone.now() + 1000 * DAY)
    assert set(Event.objects.all()) == {dead, pending}
    assert Delivery.objects.count() == 2
