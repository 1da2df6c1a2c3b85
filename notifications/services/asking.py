"""What a page or a script of a person's asks to be told, in our words. It reaches nobody but that person."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from notifications.categories import ACHIEVEMENT, BUDGET, OWN
from notifications.choices import Priority, Type
from notifications.models import Notification
from notifications.services.sending import notify
from notifications.services.triggers import withdraw
from timetracker.events.models import Event
from tracking.models import Project

USED_UP = 100
NEARLY = 90


def tell_budget(*, person: User, project: Project, percent: int, event: Event | None = None) -> Notification | None:
    """With the event where the books say so, once; without it because a page asked, whatever they say."""
    row = notify(
        person=person,
        category=BUDGET,
        title=_("%(percent)d%% of the budget of %(project)s is used") % {"percent": percent, "project": project.name},
        type=Type.ERROR if percent >= USED_UP else Type.WARNING,
        priority=Priority.HIGH if percent >= NEARLY else Priority.NORMAL,
        url=reverse("tracking:project", args=[project.pk]),
        subject=project,
        event=event,
    )
    if row is not None:
        withdraw(person=person, kinds=[BUDGET.name], subject=project, but=row)
    return row


def tell_achievement(*, person: User, title: str, description: str = "") -> Notification | None:
    return notify(person=person, category=ACHIEVEMENT, title=title, message=description, type=Type.SUCCESS)


def send_test(*, person: User) -> Notification | None:
    return notify(
        person=person,
        category=OWN,
        title=_("This is a test"),
        message=_("You see it where you have switched on “%(category)s”.") % {"category": OWN.label},
        priority=Priority.HIGH,
        url=reverse("notifications:preferences"),
    )
