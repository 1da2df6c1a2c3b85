from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.fields import TimeZoneField
from accounts.models import User
from tracking.imports import FORMATS

OPEN, LEFT_OUT = "open", "out"


class TimeImportForm(forms.Form):
    format = forms.ChoiceField(
        label=_("From"), choices=[(name, one.label) for name, one in FORMATS.items()], initial="toggl"
    )
    file = forms.FileField(
        label=_("File"), help_text=_("The detailed report as CSV, up to 25 MB: about 150,000 entries.")
    )
    zone = TimeZoneField(
        label=_("Time zone of the account"), help_text=_("The times in the file are those of this zone.")
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.LARGEST_UPLOADS[reverse("tracking:imports")]:
            raise forms.ValidationError(
                _("This is more than 25 MB. Export a shorter time at once, or use manage.py import_time.")
            )
        return file


class PeopleForm(forms.Form):
    """A choice for each person of the file whom nobody here is by their address."""

    def __init__(self, *args: Any, people: dict[str, int], allowed: list[User], **kwargs: Any) -> None:
        """`people` with how many lines each has."""
        super().__init__(*args, **kwargs)
        choices = [(OPEN, _("Not decided")), (LEFT_OUT, _("Leave out")), *((str(one.pk), str(one)) for one in allowed)]
        self.people_of = {f"person-{number}": person for number, person in enumerate(people)}
        self.allowed = {str(user.pk): user for user in allowed}
        for name, person in self.people_of.items():
            label = ngettext("%(person)s, %(count)d line", "%(person)s, %(count)d lines", people[person])
            self.fields[name] = forms.ChoiceField(
                label=label % {"person": person, "count": people[person]} if people[person] else person, choices=choices
            )

    def people(self) -> dict[str, User | None]:
        chosen = {person: self.cleaned_data[name] for name, person in self.people_of.items()}
        return {person: self.allowed.get(value) for person, value in chosen.items() if value != OPEN}
