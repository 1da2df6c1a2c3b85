"""What a service raises when the answer is no. A wrong field is Django's ValidationError({field: [...]})."""

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db import IntegrityError
from django.forms import BaseForm
from django.utils.translation import gettext as _


class Conflict(Exception):
    """The request is fine, the state of things is not: 409. `code` is for programs, `message` for people."""

    def __init__(self, message: str, code: str = "conflict") -> None:
        super().__init__(message)
        self.message = message
        self.code = code


class NotAllowed(PermissionDenied):
    """Visible, but not this person's to do: 403 with the reason."""

    def __init__(self, message: str, code: str = "permission_denied") -> None:
        super().__init__(message)
        self.message = message
        self.code = code


def is_duplicate(error: Exception) -> bool:
    """Two writers chose the same name at the same moment, and the database let only one of them have it."""
    return isinstance(error, IntegrityError) and "unique" in str(error).lower()


def duplicate() -> Conflict:
    return Conflict(_("Somebody else did the same at this moment. Look at it again before saving."), code="duplicate")


def add_errors(form: BaseForm, error: ValidationError) -> None:
    """Put a service's refusal at the fields of the form; what the form does not show goes to its top."""
    for field, messages in _by_field(error).items():
        form.add_error(field if field in form.fields else None, messages)


def _by_field(error: ValidationError) -> dict[str, list[ValidationError]]:
    if hasattr(error, "error_dict"):
        return error.error_dict
    return {NON_FIELD_ERRORS: error.error_list}
