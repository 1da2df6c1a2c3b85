"""Rows for tests, made quickly and without events. Where the effect of a write is what is tested, call its service."""

from __future__ import annotations

from typing import Any

import factory
from django.contrib.auth.hashers import make_password

from accounts.choices import Role
from accounts.models import Team, TeamMember, User

PASSWORD = "a quiet brown kettle"


class UserFactory(factory.django.DjangoModelFactory[User]):
    username = factory.Sequence(lambda number: f"person{number}")
    email = factory.LazyAttribute(lambda person: f"{person.username}@example.org")
    display_name = factory.LazyAttribute(lambda person: person.username.capitalize())
    role = Role.MEMBER
    password = factory.LazyFunction(lambda: make_password(PASSWORD))

    class Meta:
        model = User


class TeamFactory(factory.django.DjangoModelFactory[Team]):
    name = factory.Sequence(lambda number: f"Team {number}")

    class Meta:
        skip_postgeneration_save = True
        model = Team

    @factory.post_generation
    def members(self: Team, create: bool, people: Any, **_options: Any) -> None:
        for person in people or ():
            TeamMember.objects.create(team=self, user=person)

    @factory.post_generation
    def leads(self: Team, create: bool, people: Any, **_options: Any) -> None:
        for person in people or ():
            TeamMember.objects.create(team=self, user=person, is_lead=True)
