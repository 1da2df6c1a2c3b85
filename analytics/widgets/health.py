"""The health of projects, the worst on top, as it was computed last: a board is drawn often, a forecast takes long."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from analytics.health.verdict import Health
from analytics.health.words import LABELS
from analytics.services.health import ranked
from timetracker.web.widgets import Asked, Place, Size, Widget, register
from tracking.models import Project, ProjectMember, Task

ROWS = {Size.SMALL: 1, Size.MEDIUM: 4}


def project_health(asked: Asked, place: Place) -> dict[str, Any]:
    found = asked.once(_mine, asked.user)
    known = [(project, health, _main(health)) for project, health in found if health]
    return {
        "lines": known[: ROWS[place.size]],
        "unseen": len(found) - len(known),
        "more": reverse("analytics:projects-health"),
        "more_label": _("All projects"),
    }


def _mine(user: User) -> list[tuple[Project, Health | None]]:
    """Open ones that `user` is a member of or has an open task in."""
    member = ProjectMember.objects.filter(project=OuterRef("pk"), user=user)
    task = Task.objects.open().filter(project=OuterRef("pk"), assignee=user)
    return ranked(Project.objects.visible_to(user).filter(Q(Exists(member)) | Q(Exists(task))), user)


def _main(health: Health) -> Any:
    return LABELS[health.worst.name] if health.worst else ""


register(
    Widget(
        name="project-health", label=_("Project health"), icon="heart", read=project_health,
        about=_("How your projects are doing, the worst first, as it was last computed."),
        template="analytics/widgets/project_health.html", topics=("work",), sizes=(Size.SMALL, Size.MEDIUM),
    ),
)  # fmt: skip
