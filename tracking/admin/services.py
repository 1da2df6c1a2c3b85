"""Every write in the admin goes through the service that the pages and the API call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from timetracker.web.errors import Conflict, add_errors


class ServiceForm(forms.ModelForm):
    """Writes as its last step of validation, so that what the service refuses stands at the fields."""

    room: ClassVar[ServiceAdmin]
    actor: ClassVar[User]

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]  # Django's own hook, not in the stubs
        if self.errors:
            return
        try:
            with transaction.atomic():
                self.instance = self._write()
        except ValidationError as error:
            add_errors(self, error)
        except Conflict as conflict:
            self.add_error(None, conflict.message)

    def _write(self) -> models.Model:
        if self.instance.pk is None:
            return self.room.create(self.actor, dict(self.cleaned_data))
        changes = {name: self.cleaned_data[name] for name in self.changed_data}
        present = type(self.instance)._default_manager.get(pk=self.instance.pk)
        return self.room.change(present, self.actor, changes) if changes else present


class ServiceAdmin(admin.ModelAdmin):
    """`create`, `change` and `remove` call services. Nothing is saved or deleted behind their back."""

    form = ServiceForm
    show_full_result_count = False
    fixed: ClassVar[tuple[str, ...]] = ()
    """What a row keeps from its making."""

    def create(self, actor: User, values: dict[str, Any]) -> models.Model:
        raise NotImplementedError

    def change(self, row: Any, actor: User, changes: dict[str, Any]) -> models.Model:
        raise NotImplementedError

    def remove(self, row: Any, actor: User) -> object:
        raise NotImplementedError

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"room": self, "actor": request.user})

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*super().get_readonly_fields(request, obj), *(self.fixed if obj else ())]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The form has written."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """So it has."""

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.remove(obj, request.user)  # type: ignore[arg-type]  # an administrator, or the admin would not be here

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except (Conflict, ValidationError) as error:
            words = [error.message] if isinstance(error, Conflict) else error.messages
            self.message_user(request, " ".join(words), messages.ERROR)
            return HttpResponseRedirect(reverse(f"admin:tracking_{self.opts.model_name}_change", args=[object_id]))


def each(room: admin.ModelAdmin, request: HttpRequest, rows: QuerySet[Any], write: Callable[[Any], object]) -> None:
    """One service call a row; what is refused is said and keeps no other back."""
    done = 0
    for row in rows:
        try:
            write(row)
        except (Conflict, ValidationError) as error:
            words = error.message if isinstance(error, Conflict) else " ".join(error.messages)
            room.message_user(request, f"{row}: {words}", messages.WARNING)
        else:
            done += 1
    room.message_user(request, _("Done: %(count)d.") % {"count": done})
