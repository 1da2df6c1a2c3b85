"""What is counted of events, and sent. Nothing is counted before an administrator has agreed."""

from __future__ import annotations

from analytics.services.telemetry import Counted, count, follow_switch
from analytics.services.telemetry_sending import send_waiting
from analytics.services.telemetry_switch import switch
from analytics.telemetry.facts import COUNTED
from timetracker.events.models import Event
from timetracker.events.registry import Kind, on


@on(*COUNTED, name="analytics.telemetry_count", when=lambda data: switch.is_on(), in_bulk=False)
def telemetry_count(event: Event) -> None:
    """Into the queue, with the mark of the delivery: exactly once."""
    if facts := COUNTED[event.type](event.payload):
        name, properties = facts
        count(Counted(name, properties, day=event.occurred_at.date()))


@on("organisation_set_up", name="analytics.telemetry_set_up")
def telemetry_set_up(event: Event) -> None:
    follow_switch()
    count(Counted("set_up_finished", day=event.occurred_at.date()))


@on("organisation_changed", name="analytics.telemetry_switch", when=lambda data: "telemetry" in data["changed"])
def telemetry_switch(event: Event) -> None:
    """However it was switched."""
    follow_switch()


@on("telemetry_due", name="analytics.telemetry_send", kind=Kind.OUTER)
def telemetry_send(event: Event) -> None:
    send_waiting()
