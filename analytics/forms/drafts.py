from __future__ import annotations

import datetime as dt

from django import forms
from django.db.models import Q
from django.db.models.functions import Lower

from accounts.models import User
from analytics.estimates.plans import Plan
from timetracker.web.answers import number
from timetracker.web.durations import parse_duration
from tracking.choices import FINISHED, Priority
from tracking.models import Project, Tag, Task

MOST_TAGS = 50


class DraftForm(forms.Form):
    """What stands in the form of a task while somebody fills it in. What does not fit makes it invalid, which tells
    nobody anything: the form of the task does when it is saved.
    """

    task = forms.ModelChoiceField(required=False, queryset=Task.objects.none())
    """The one that is edited."""
    name = forms.CharField(required=False, max_length=250)
    project = forms.ModelChoiceField(queryset=Project.objects.none())
    assignee = forms.ModelChoiceField(required=False, queryset=User.objects.none())
    priority = forms.ChoiceField(required=False, choices=Priority)
    complexity = forms.IntegerField(required=False, min_value=1, max_value=5)
    estimate = forms.CharField(required=False, max_length=20)
    tag_names = forms.CharField(required=False, max_length=500)

    def __init__(self, *args: object, user: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["task"].queryset = Task.objects.visible_to(user).exclude(status__in=FINISHED)
        self.fields["project"].queryset = Project.objects.visible_to(user).only("pk")
        self.fields["assignee"].queryset = User.objects.visible_to(user).only("pk")

    def clean_estimate(self) -> float | None:
        """Hours."""
        text = self.cleaned_data["estimate"]
        try:
            return parse_duration(text) / 3600 or None if text else None
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def plan(self, day: dt.date) -> Plan:
        said, task = self.cleaned_data, self.cleaned_data["task"]
        return Plan(
            task=task.pk if task else 0,
            day=day,
            estimate=said["estimate"],
            project=said["project"].pk,
            person=said["assignee"].pk if said["assignee"] else None,
            author=task.created_by_id if task else self.user.pk,
            tags=self._tags(),
            priority=Priority(said["priority"] or Priority.NORMAL).rank,
            complexity=said["complexity"] or 0,
            title=said["name"],
        )

    def _tags(self) -> tuple[int, ...]:
        """Those picked, and those typed that exist."""
        picked = [pk for pk in map(number, self.data.getlist("tags")[:MOST_TAGS]) if pk is not None]
        words = [word.lstrip("#").lower() for word in self.cleaned_data["tag_names"].replace(",", " ").split()]
        if not words and not picked:
            return ()
        found = Tag.objects.annotate(lower=Lower("name")).filter(Q(pk__in=picked) | Q(lower__in=words))
        return tuple(found.order_by("pk").values_list("pk", flat=True))
