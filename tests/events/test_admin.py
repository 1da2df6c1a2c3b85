from __future__ import annotations

import pytest
from django.contrib.admin.sites import site
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.events.things import make_thing_happen
from timetracker.events.choices import Status
from timetracker.events.models import Delivery, DeliveryAttempt, Event, JobRun

MODELS = [Event, Delivery, JobRun]


@pytest.fixture
def admin_page(client_for, administrator):
    return client_for(administrator)


@pytest.fixture
def dead(db, inner) -> Delivery:
    delivery = make_thing_happen(name="<b>bold</b>").deliveries.get()
    DeliveryAttempt.objects.create(delivery=delivery, number=8, error="the wire is cut")
    delivery.status = Status.DEAD
    delivery.save()
    return delivery


@pytest.mark.parametrize("model", MODELS)
def test_lists_open_and_offer_no_writing(admin_page, dead, model):
    JobRun.objects.create(name="test.job", period=dead.next_try_at)
    name = model._meta.model_name
    assert admin_page.get(reverse(f"admin:events_{name}_changelist")).status_code == 200
    assert admin_page.get(reverse(f"admin:events_{name}_add")).status_code == 403
    row = model.objects.first()
    page = admin_page.get(reverse(f"admin:events_{name}_change", args=[row.pk]))
    assert page.status_code == 200
    assert b'name="_save"' not in page.content
    assert admin_page.post(reverse(f"admin:events_{name}_change", args=[row.pk]), {}).status_code == 403
    assert admin_page.post(reverse(f"admin:events_{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403


def test_a_delivery_shows_its_failed_tries(admin_page, dead):
    page = admin_page.get(reverse("admin:events_delivery_change", args=[dead.pk]))
    assert b"the wire is cut" in page.content
    assert str(dead.uid).encode() in page.content


def test_searching_finds_an_event_by_its_id(admin_page, dead):
    make_thing_happen()
    address = reverse("admin:events_event_changelist")
    assert admin_page.get(address, {"q": str(dead.event.uid)}).context["cl"].result_count == 1
    assert admin_page.get(address, {"q": "no such thing"}).context["cl"].result_count == 0


def test_dead_ones_run_again_and_others_are_left_alone(admin_page, dead):
    pending = make_thing_happen().deliveries.get()
    data = {"action": "run_again", "_selected_action": [dead.pk, pending.pk]}
    page = admin_page.post(reverse("admin:events_delivery_changelist"), data, follow=True)
    assert "1 delivery runs again." in page.content.decode()
    dead.refresh_from_db()
    assert (dead.status, dead.attempts) == (Status.PENDING, 0)


@pytest.mark.parametrize("person", ["manager", "owner", None])
def test_it_is_for_administrators(client_for, request, dead, person):
    client = client_for(request.getfixturevalue(person) if person else None)
    address = reverse("admin:events_delivery_changelist")
    assert client.get(address).status_code in {302, 403}
    client.post(address, {"action": "run_again", "_selected_action": [dead.pk]})
    dead.refresh_from_db()
    assert dead.status == Status.DEAD


@pytest.mark.parametrize("model", [Event, Delivery])
def test_lists_cost_the_same_for_one_row_and_for_three(admin_page, dead, model):
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            admin_page.get(reverse(f"admin:events_{model._meta.model_name}_changelist"))
        return len(captured)

    statements()
    one = statements()
    make_thing_happen()
    make_thing_happen()
    assert statements() == one


def test_every_model_of_the_room_is_in_the_admin():
    assert {model for model in MODELS if not site.is_registered(model)} == set()
