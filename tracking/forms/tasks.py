from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cached_property
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.utils import timezone
from django.utils.choices import CallableChoiceIterator
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.person_select import People, PersonSelect, choose_from
from timetracker.web.durations import format_duration, parse_duration
from timetracker.web.times import FIRST_YEAR, LAST_YEAR, combine_local, parse_clock
from tracking.choices import FINISHED, Priority, ProjectStatus, TaskStatus
from tracking.forms.listing import Column, ListFilter
from tracking.forms.writing import M, WritingForm
from tracking.models import Project, Tag, Task
from tracking.services.tags import require_tag_names, tags_named

END_OF_DAY = dt.time(23, 59)
"""What a due date without a time means."""


def _rank(field: str, values: list[str]) -> Case:
    whens = [When(**{field: value}, then=Value(place)) for place, value in enumerate(values)]
    return Case(*whens, output_field=IntegerField())


class TaskFilter(ListFilter):
    """Of the list and of the board. The board knows no `show`: its columns say it."""

    columns = {
        "name": Column(_("Task"), Lower("name")),
        "project": Column(_("Project"), Lower("project__name")),
        "status": Column(_("Status"), _rank("status", TaskStatus.values)),
        "priority": Column(_("Priority"), _rank("priority", Priority.values), largest_first=True),
        "assignee": Column(_("Assignee"), Lower("assignee__display_name"), may_be_empty=True),
        "due": Column(_("Due"), "due_at", may_be_empty=True),
        "estimate": Column(_("Estimate"), "estimated_hours", largest_first=True, may_be_empty=True),
        "tracked": Column(_("Tracked"), "tracked_seconds", largest_first=True),
        "created": Column(_("Created"), "created_at", largest_first=True),
    }
    default_sort = "-created"
    ties = ("-pk",)
    search_hint = _("Search tasks")
    views = [
        ("", _("Open")), ("mine", _("Mine")), ("overdue", _("Overdue")), ("done", _("Finished")),
        ("archived", _("Archived")), ("all", _("All")),
    ]  # fmt: skip

    show = forms.ChoiceField(required=False, choices=views, widget=forms.HiddenInput)
    project = forms.IntegerField(required=False, widget=forms.Select(attrs={"aria-label": _("Project")}))
    assignee = forms.CharField(
        required=False,
        widget=PersonSelect({"aria-label": _("Assignee")}, offers={"everybody": "", "me": "me", "nobody": "none"}),
    )
    tag = forms.IntegerField(required=False, widget=forms.Select(attrs={"aria-label": _("Tag")}))

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.now = timezone.now()

    def prepare(self) -> None:
        for name, choices in (("project", self._projects), ("tag", self._tags)):
            self.fields[name].widget.choices = CallableChoiceIterator(choices)
        choose_from(self.fields["assignee"], self.people)
        if not self.data.get("tag"):
            # A phone has room for two, and the page of tags leads here with one chosen.
            self.fields["tag"].widget.attrs["class"] = "select select-sm max-sm:hidden"

    # Looked up once, and only where the filter itself is drawn.
    @cached_property
    def projects(self) -> list[Project]:
        seen = (
            Project.objects.visible_to(self.user).exclude(status=ProjectStatus.ARCHIVED).order_by(Lower("name"), "pk")
        )
        return list(seen.select_related("client").only("name", "status", "client__name"))

    @cached_property
    def people(self) -> People:
        return People(self.user)

    @cached_property
    def tags(self) -> list[Tag]:
        return list(Tag.objects.filter(archived_at=None).order_by(Lower("name")))

    @property
    def open_projects(self) -> list[Project]:
        return [project for project in self.projects if project.bookable]

    def _projects(self) -> Iterator[tuple[Any, Any]]:
        yield "", _("All projects")
        yield from ((project.pk, project.name) for project in self.projects)

    def _tags(self) -> Iterator[tuple[Any, Any]]:
        yield "", _("All tags")
        yield from ((tag.pk, f"#{tag.name}") for tag in self.tags)

    @property
    def shared_query(self) -> str:
        """What list, board and a new task have in common."""
        asked = {name: self.data.get(name) for name in ("q", "project", "assignee", "tag") if self.data.get(name)}
        return f"?{urlencode(asked)}" if asked else ""

    @property
    def tabs(self) -> list[tuple[Any, str, bool]]:
        """(label, query, whether it is the present one) of each view."""
        return [
            (label, self.query(show=name or None, page=None), (self.value("show") or "") == name)
            for name, label in self.views
        ]

    def narrow(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return self._in_view(self.narrow_board(queryset))

    def narrow_board(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if text := self.value("q"):
            queryset = queryset.filter(name__icontains=text)
        if project := self.value("project"):
            queryset = queryset.filter(project=project)
        if tag := self.value("tag"):
            queryset = queryset.filter(tags=tag)
        match self.value("assignee"):
            case None:
                return queryset
            case "me":
                return queryset.filter(assignee=self.user)
            case "none":
                return queryset.filter(assignee=None)
            case pk if pk.isascii() and pk.isdigit() and len(pk) < 19:
                return queryset.filter(assignee=int(pk))
        return queryset

    def _in_view(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value("show"):
            case "all":
                return queryset
            case "archived":
                return queryset.filter(archived_at__isnull=False)
            case "done":
                return queryset.filter(status__in=FINISHED, archived_at=None)
            case "mine":
                return queryset.open().filter(assignee=self.user)
            case "overdue":
                return queryset.open().filter(due_at__lt=self.now)
        return queryset.open()


class TaskForm(WritingForm):
    named_otherwise = {"due_at": "due_date", "estimated_hours": "estimate"}

    due_date = forms.DateField(
        label=_("Due"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    due_time = forms.CharField(
        label=_("At"), required=False, max_length=10, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Empty: any time that day."),
    )  # fmt: skip
    estimate = forms.CharField(
        label=_("Estimate"), required=False, max_length=20, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("As in 1:30, 1h30, 90m or 1.5."),
    )  # fmt: skip
    tags = forms.ModelMultipleChoiceField(label=_("Tags"), required=False, queryset=Tag.objects.all())
    tag_names = forms.CharField(label=_("More tags"), required=False, max_length=500)
    """What was typed and not picked: words with spaces between them. New ones are created."""
    complexity = forms.TypedChoiceField(
        label=_("Complexity"), required=False, coerce=int, empty_value=None,
        choices=[("", _("Not said")), *((number, str(number)) for number in range(1, 6))],
    )  # fmt: skip

    class Meta:
        model = Task
        fields = ["name", "project", "status", "priority", "assignee", "complexity", "description"]
        widgets = {
            "name": forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
            "assignee": PersonSelect(offers={"nobody": ""}),
            "description": forms.Textarea(attrs={"rows": 5}),
        }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        projects = Project.objects.visible_to(user).filter(
            ~Q(status=ProjectStatus.ARCHIVED) | Q(pk=self.instance.project_id)
        )
        self.fields["project"].queryset = projects.order_by(Lower("name")).only("name")
        people = User.objects.visible_to(user).filter(Q(is_active=True) | Q(pk=self.instance.assignee_id))
        choose_from(self.fields["assignee"], People(user, rows=people))
        self.fields["project"].empty_label = _("Choose a project")
        # As `access.require_move` has it: what is disabled keeps its value, whatever is sent.
        self.fields["project"].disabled = self.instance.pk is not None and not self.instance.may_delete
        self.initial |= self._typed()

    def _typed(self) -> dict[str, Any]:
        """What a person would have typed to get the present values."""
        if not self.instance.pk:
            return {}
        task = self.instance
        due = timezone.localtime(task.due_at) if task.due_at else None
        clock = due.time().replace(second=0, microsecond=0) if due else END_OF_DAY
        return {
            "due_date": due.date() if due else None,
            "due_time": "" if clock == END_OF_DAY else f"{clock:%H:%M}",
            "estimate": format_duration(task.estimated_seconds) if task.estimated_hours else "",
        }

    @property
    def chosen_tags(self) -> list[Tag]:
        if self.is_bound:
            return list(self.cleaned_data.get("tags") or ())
        return list(self.instance.tags.all()) if self.instance.pk else []

    def clean_due_time(self) -> dt.time | None:
        try:
            return parse_clock(self.cleaned_data["due_time"]) if self.cleaned_data["due_time"] else None
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def clean_estimate(self) -> Decimal | None:
        try:
            seconds = parse_duration(self.cleaned_data["estimate"]) if self.cleaned_data["estimate"] else 0
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error
        if not seconds:
            if self.cleaned_data["estimate"]:
                raise forms.ValidationError(_("An estimate takes some time. Leave it empty for none."))
            return None
        present = self.instance.estimated_hours
        if present and format_duration(int(present * 3600)) == format_duration(seconds):
            return present  # 1:20 is 1.33 hours: saying it again is not another estimate
        return max(Decimal("0.01"), (Decimal(seconds) / 3600).quantize(Decimal("0.01")))

    def clean_due_date(self) -> dt.date | None:
        day = self.cleaned_data["due_date"]
        if day and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise forms.ValidationError(_("Write a year between 1900 and 2999."))
        return day

    def clean_tag_names(self) -> list[str]:
        try:
            return require_tag_names(self.cleaned_data["tag_names"].replace(",", " ").split())
        except forms.ValidationError as error:
            raise forms.ValidationError(error.messages) from error

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("due_time") and not cleaned.get("due_date"):
            self.add_error("due_date", _("Which day?"))
        return cleaned

    def values(self) -> dict[str, Any]:
        values = super().values()
        day, clock = values.pop("due_date"), values.pop("due_time")
        zone = timezone.get_current_timezone()
        values["due_at"] = combine_local(day, clock or END_OF_DAY, zone) if day else None
        if self.instance.due_at and not {"due_date", "due_time"} & set(self.changed_data):
            values["due_at"] = self.instance.due_at
        values["estimated_hours"] = values.pop("estimate")
        del values["tag_names"], values["tags"]
        return values

    def write(self, service: Callable[..., M], **arguments: Any) -> M | None:
        picked, names, actor = self.cleaned_data["tags"], self.cleaned_data["tag_names"], arguments["actor"]

        @transaction.atomic
        def with_tags(**values: Any) -> M:
            return service(tags=[*picked, *tags_named(names=names, actor=actor)], **values)

        return super().write(with_tags, **arguments)


class QuickTaskForm(forms.Form):
    """One line: a name and where it belongs."""

    name = forms.CharField(max_length=250)
    project = forms.ModelChoiceField(queryset=Project.objects.none())

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"].queryset = Project.objects.visible_to(user).open()
