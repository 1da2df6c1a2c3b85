"""Budgets of the open projects that one sees, the most used on top."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from timetracker.web.widgets import Asked, Place, Size, Widget, register
from tracking.budgets import SOON_PERCENT, BudgetUse, Burn, budget_use, burns
from tracking.choices import BudgetType
from tracking.models import Project
from tracking.widgets.reads import TEMPLATE

ROWS = {Size.SMALL: 1, Size.MEDIUM: 3, Size.LARGE: 4}


@dataclass(frozen=True, slots=True)
class Line:
    project: Project
    burn: Burn


def budget_burn(asked: Asked, place: Place) -> dict[str, Any]:
    budgets = asked.once(_budgets, asked.user)
    if not budgets:
        return {"lines": [], "may_set": _may_set(asked.user)}
    projects = [project for project, _use in budgets[: ROWS[place.size]]]
    found = burns(projects, asked.today)
    near = sum(use.percent >= SOON_PERCENT for _project, use in budgets)
    return {
        "lines": [Line(project, found[project.pk]) for project in projects],
        "near": near,
        "budgets": len(budgets),
        "rest": len(budgets) - len(projects),
        "more": reverse("tracking:projects"),
        "more_label": _("All projects"),
    }


def _budgets(user: User) -> list[tuple[Project, BudgetUse]]:
    """Those that `user` may know, the most used first."""
    projects = Project.objects.visible_to(user).open().exclude(budget_type=BudgetType.NONE)
    rows = projects.with_rights_for(user).defer("description").order_by("name", "pk")
    found = [(project, use) for project in rows if (use := budget_use(project)) and use.amount]
    return sorted(found, key=lambda pair: -pair[1].used / pair[1].amount)


def _may_set(user: User) -> bool:
    return user.may_create_projects or Project.objects.editable_by(user).open().exists()


register(
    Widget(
        name="budget-burn", label=_("Budgets"), icon="banknotes", template=TEMPLATE % "budget_burn", read=budget_burn,
        about=_("How much of each budget is used, and when it runs out at the present pace."),
        topics=("entries", "team", "work"),
    ),
)  # fmt: skip
