from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from tracking.models import Project, Tag, Task

WORDS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
BILLABLE = [("", _("As the project says")), ("yes", _("Billable")), ("no", _("Not billable"))]


class TrackForm(forms.Form):
    """What a bookmark asks for. Project and task are named by number, code or name, as a person would write them."""

    description = forms.CharField(label=_("What are you working on?"), required=False)
    project = forms.CharField(label=_("Project"), required=False, max_length=150)
    task = forms.CharField(label=_("Task"), required=False, max_length=250)
    tags = forms.CharField(label=_("Tags"), required=False, max_length=400)
    billable = forms.ChoiceField(label=_("Billable"), required=False, choices=BILLABLE)

    def __init__(self, data: Mapping[str, str], *, user: User) -> None:
        values = {name: data.get(name, "") for name in self.base_fields}
        said = WORDS.get(values["billable"].strip().lower())
        values["billable"] = "" if said is None else "yes" if said else "no"
        super().__init__(values)
        self.user = user
        self.label_suffix = ""

    def clean_project(self) -> Project | None:
        text = self.cleaned_data["project"].strip()
        if not text:
            return None
        named = Q(name__iexact=text) | Q(code__iexact=text)
        if text.isascii() and text.isdigit() and len(text) < 19:
            named |= Q(pk=int(text))
        found = list(Project.objects.visible_to(self.user).select_related("client").filter(named)[:20])
        exact = [project for project in found if str(project.pk) == text] or found
        if not exact:
            raise ValidationError(gettext("There is no project “%(name)s” for you.") % {"name": text})
        if len(exact) > 1:
            raise ValidationError(gettext("There are several projects “%(name)s”. Use a code.") % {"name": text})
        return exact[0]

    def clean_task(self) -> Task | None:
        text = self.cleaned_data["task"].strip()
        if not text or "project" in self.errors:
            return None
        tasks = Task.objects.visible_to(self.user).select_related("project__client")
        if self.cleaned_data.get("project"):
            tasks = tasks.filter(project=self.cleaned_data["project"])
        named = Q(name__iexact=text)
        if text.isascii() and text.isdigit() and len(text) < 19:
            named |= Q(pk=int(text))
        found = list(tasks.filter(named, archived_at=None)[:2])
        if not found:
            raise ValidationError(gettext("There is no task “%(name)s” there.") % {"name": text})
        if len(found) > 1:
            raise ValidationError(gettext("There are several tasks “%(name)s”. Name the project too.") % {"name": text})
        return found[0]

    def clean_tags(self) -> list[str]:
        names = self.cleaned_data["tags"].replace(",", " ").split()
        for name in names:
            try:
                Tag(name=name.removeprefix("#")).clean_fields()
            except ValidationError as error:
                raise ValidationError([f"{name}: {message}" for message in error.messages]) from error
        return names

    def booking(self) -> dict[str, Any]:
        data = self.cleaned_data
        billable = WORDS.get(data["billable"])
        return {name: data[name] for name in ("description", "project", "task")} | {"billable": billable}
