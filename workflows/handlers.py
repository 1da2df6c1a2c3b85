"""What workflows does when something has happened. The work is in the services."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from timetracker.events.models import Event
from timetracker.events.registry import Kind, on
from workflows.services.firing import follow_time_zone
from workflows.services.matching import match
from workflows.services.rules import switch_off_all_of
from workflows.services.running import run_outer_step, run_step
from workflows.triggers import TRIGGERS


@on(*TRIGGERS, name="workflows.match", kind=Kind.INNER, in_bulk=False)
def set_rules_off(event: Event) -> None:
    match(event)


@on("rule_step", name="workflows.run_step", kind=Kind.INNER, when=lambda data: not data["outer"])
def run_inner(event: Event) -> None:
    run_step(event)


@on("rule_step", name="workflows.run_outer_step", kind=Kind.OUTER, when=lambda data: data["outer"])
def run_outer(event: Event) -> None:
    run_outer_step(event)


@on("preferences_changed", name="workflows.time_zone", when=lambda data: "time_zone" in data["changed"])
def follow_person(event: Event) -> None:
    if person := User.objects.filter(pk=event.person_id).first():
        follow_time_zone(person=person)


@on("person_left", name="workflows.rules_of_leaver", kind=Kind.INNER)
def switch_off_rules_of_leaver(event: Event) -> None:
    person = User.objects.filter(pk=event.person_id).first()
    if person is not None:
        with translation.override(person.language):
            switch_off_all_of(person=person, reason=_("Its owner has left."))
