from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.choices import Scope
from accounts.models import User
from accounts.services.tokens import create_token


class Command(BaseCommand):
    help = "Makes an API token for a person and prints it, alone, on the last line."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", help="user name or e-mail address")
        parser.add_argument("--name", default="command line", help="what the token is for")
        parser.add_argument("--scope", choices=Scope.values, default=Scope.WRITE)
        parser.add_argument("--days", type=int, help="how long it is valid; for ever unless given")

    def handle(self, *args: Any, **options: Any) -> None:
        person = self._person(options["user"])
        try:
            _token, secret = create_token(
                actor=person, person=person, name=options["name"], scope=options["scope"], days=options["days"]
            )
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        self.stderr.write(f"Token “{options['name']}” of {person.username}, scope {options['scope']}:")
        self.stdout.write(secret)

    def _person(self, name: str) -> User:
        people = User.objects.filter(is_active=True)
        person = people.filter(username__iexact=name).first() or people.filter(email__iexact=name).first()
        if person is None:
            raise CommandError(f"There is no active person “{name}”.")
        return person
