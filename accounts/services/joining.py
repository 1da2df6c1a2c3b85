"""How an account comes into being, by set-up and by invitation."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User


def add_person(*, username: str, email: str, password: str, **fields: Any) -> User:
    """A new account, checked field by field. Belongs into the caller's transaction, who records why it exists."""
    person = User(username=username.strip(), email=email.strip().lower(), **fields)
    errors = {**_field_errors(person), **_password_errors(password, person)}
    if errors:
        raise ValidationError(errors)
    person.set_password(password)
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError as error:  # two people chose the same name in the same moment
        raise ValidationError({"username": [_("This user name is taken.")]}) from error
    return person


def _field_errors(person: User) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    try:
        person.clean_fields(exclude=["password"])
    except ValidationError as error:
        errors = error.message_dict
    return {**taken(person), **errors}


def taken(person: User) -> dict[str, list[str]]:
    """Errors for a user name or an e-mail address that somebody else has, whatever the case of its letters."""
    others = User.objects.exclude(pk=person.pk)
    errors = {}
    if person.username and others.filter(username__iexact=person.username).exists():
        errors["username"] = [_("This user name is taken.")]
    if person.email and others.filter(email__iexact=person.email).exists():
        errors["email"] = [_("Somebody here has this e-mail address already.")]
    return errors


def _password_errors(password: str, person: User) -> dict[str, list[str]]:
    try:
        validate_password(password, person)
    except ValidationError as error:
        return {"password": error.messages}
    return {}
