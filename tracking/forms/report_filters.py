"""The filters of a report that take several of a kind: what may be chosen, what is, and how the page words it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from tracking.models import Client, Project, Tag, Task
from tracking.reports import GROUPS

if TYPE_CHECKING:
    from tracking.forms.reports import ReportForm

SHOWN = 60
"""So many are listed at once; the others are found by typing."""


@dataclass(frozen=True, slots=True)
class Kind:
    rows: Callable[[User], QuerySet[Any]]
    searched: tuple[str, ...]
    everything: Any
    several: Callable[[int], str]
    search: Any
    note: Callable[[Any], str] = lambda row: ""
    order: str = ""
    """By name, where nothing is said."""


def _note_of_project(project: Project) -> str:
    return project.client.name if project.client else ""


KINDS = {
    "person": Kind(
        lambda user: User.objects.with_time_visible_to(user).only("username", "display_name"),
        ("display_name", "username"),
        _("Everybody"),
        lambda n: ngettext("%(n)s person", "%(n)s people", n),
        _("Find people"),
    ),
    "client": Kind(
        lambda user: Client.objects.visible_to(user).only("name"),
        ("name",),
        _("All clients"),
        lambda n: ngettext("%(n)s client", "%(n)s clients", n),
        _("Find clients"),
    ),
    "project": Kind(
        lambda user: Project.objects.visible_to(user).select_related("client").only("name", "client__name"),
        ("name", "code", "client__name"),
        _("All projects"),
        lambda n: ngettext("%(n)s project", "%(n)s projects", n),
        _("Find projects"),
        _note_of_project,
    ),
    "task": Kind(
        lambda user: Task.objects.visible_to(user).select_related("project").only("name", "project__name"),
        ("name", "project__name"),
        _("All tasks"),
        lambda n: ngettext("%(n)s task", "%(n)s tasks", n),
        _("Find tasks"),
        lambda task: str(task.project.name),
        order="-pk",  # the newest: to sort hundreds of thousands by name would take longer than the report
    ),
    "tag": Kind(
        lambda _user: Tag.objects.only("name"),
        ("name",),
        _("All tags"),
        lambda n: ngettext("%(n)s tag", "%(n)s tags", n),
        _("Find tags"),
    ),
}


@dataclass(frozen=True, slots=True)
class Choice:
    pk: int
    label: str
    note: str
    chosen: bool


class Filter:
    """One kind as the page shows it. What may be chosen is read only where it is listed."""

    def __init__(self, form: ReportForm, name: str) -> None:
        self.name = name
        self.user = form.user
        self.kind = KINDS[name]
        self.label = GROUPS[name]
        self.everything = self.kind.everything
        self.search = self.kind.search
        self.text = form.data.get(f"find_{name}", "").replace("\0", "").strip()[:100]
        self.chosen = [self._choice(row, chosen=True) for row in form.cleaned_data.get(name) or ()]

    def _choice(self, row: Any, *, chosen: bool = False) -> Choice:
        label = f"#{row.name}" if self.name == "tag" else str(row) if self.name == "person" else row.name
        return Choice(row.pk, label, self.kind.note(row), chosen)

    @property
    def summary(self) -> str:
        if len(self.chosen) == 1:
            return self.chosen[0].label
        return self.kind.several(n) % {"n": n} if (n := len(self.chosen)) else str(self.everything)

    @cached_property
    def _found(self) -> list[Choice]:
        rows = self.kind.rows(self.user).exclude(pk__in=[choice.pk for choice in self.chosen])
        if self.text:
            hits = Q()
            for column in self.kind.searched:
                hits |= Q(**{f"{column}__icontains": self.text.removeprefix("#") if self.name == "tag" else self.text})
            rows = rows.filter(hits)
        return [self._choice(row) for row in rows.order_by(self.kind.order or self.kind.searched[0], "pk")[: SHOWN + 1]]

    @property
    def choices(self) -> list[Choice]:
        """What is chosen first: it stays, whatever is looked for."""
        return [*self.chosen, *self._found[:SHOWN]]

    @property
    def has_more(self) -> bool:
        return len(self._found) > SHOWN

    @property
    def offered(self) -> bool:
        """Nobody needs to choose between nobody else and themselves."""
        return self.name != "person" or bool(self.text) or len(self.choices) > 1


def filters_of(form: ReportForm) -> list[Filter]:
    return [Filter(form, name) for name in KINDS]
