"""Forms whose writing a service does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.encoding import force_str
from django.utils.formats import localize_input
from django.utils.translation import gettext as _

from timetracker.web.errors import Conflict, add_errors

M = TypeVar("M")


class WritingForm(forms.ModelForm):
    """What the service refuses stands at the fields, and everything that was typed stays.

    `version` is what the person read. Where somebody else has saved since, the form shows what the fields say now
    and takes over the new version: saving once more is then a decision.
    """

    named_otherwise: ClassVar[Mapping[str, str]] = {}
    """The service's name of a value to the form's field, where they differ."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = f"{self._meta.model._meta.model_name}_%s"
        self._saved_version = getattr(self.instance, "version", None) if self.instance.pk else None
        self.initial["version"] = self._saved_version

    def values(self) -> dict[str, Any]:
        """The arguments of the service."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}

    def write(self, service: Callable[..., M], **arguments: Any) -> M | None:
        """Calls the service with `arguments` and the form's values. None where it refused."""
        try:
            return service(**arguments, **self.values())
        except ValidationError as error:
            add_errors(self, self._at_own_fields(error))
        except Conflict as conflict:
            self.add_error(None, conflict.message)
            if conflict.code == "stale":
                self._show_what_is_there()
        return None

    def _at_own_fields(self, error: ValidationError) -> ValidationError:
        if not hasattr(error, "error_dict"):
            return error
        return ValidationError(
            {self.named_otherwise.get(name, name): faults for name, faults in error.error_dict.items()}
        )

    def _show_what_is_there(self) -> None:
        for name in self.changed_data:
            if name != "version" and name in self.fields:
                now = self._readable(name)
                message = _("Now it says “%(value)s”.") % {"value": now} if now else _("Now it is empty.")
                self.add_error(name, message)
        self.data = self.data.copy()
        self.data["version"] = self._saved_version

    def _readable(self, name: str) -> str:
        value = self.get_initial_for_field(self.fields[name], name)
        value = self.fields[name].prepare_value(value)
        for key, label in getattr(self.fields[name], "choices", ()):
            if force_str(key) == force_str(value):
                return force_str(label)
        return "" if value is None else force_str(localize_input(value))
