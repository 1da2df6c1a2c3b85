"""What happened, and who is told."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import TeamMember, User, led_by
from timetracker.events.models import Event
from timetracker.events.registry import event_types, internal_types
from tracking.choices import BudgetType
from tracking.models import Project, ProjectMember

AMONG_THE_LAST = 5000
BUDGET = "budget_threshold"
PERSONAL = ("entry",)
"""Subjects whose events are a person's own matter: seen like their entries, whatever the project."""


def activity_visible_to(user: User) -> QuerySet[Event]:
    """What happened, newest first: one's own deeds; what concerns the people one leads; tasks and projects one sees."""
    events = Event.objects.exclude(type__in=internal_types()).select_related("actor").order_by("-pk")
    if user.is_administrator:
        return events
    led = list(led_by(user).values_list("user", flat=True))
    seen = Project.objects.visible_to(user).values("pk")
    managed = Project.objects.editable_by(user).values("pk")
    no_secret = ~Q(type=BUDGET) | Q(payload__budget_type=BudgetType.HOURS) | Q(project_id__in=managed)
    return events.filter(
        Q(actor=user)
        | Q(person_id__in=[user.pk, *led], subject_type__in=PERSONAL)
        # Named one by one: an index serves what a subject is, not what it is not.
        | Q(no_secret, project_id__in=seen, subject_type__in=sorted(_shared_subjects()))
    )


def _shared_subjects() -> set[str]:
    return {kind.subject for kind in event_types().values()}.difference(PERSONAL)


def latest_activity(events: QuerySet[Event], limit: int, before: int | None = None) -> list[Event]:
    """The newest of `events`, below the id `before`.

    Looks among the last ones first: a feed that many things are in is then read off the end of the log, however long.
    """
    end = before or (Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1
    recent = list(events.filter(pk__lt=end, pk__gte=end - AMONG_THE_LAST)[:limit])
    return recent if len(recent) == limit else list(events.filter(pk__lt=end)[:limit])


def people_who_see_project(project_id: int) -> QuerySet[User]:
    """Active people to tell that a project or something in it has changed."""
    people = User.objects.filter(is_active=True)
    if Project.objects.filter(pk=project_id, is_public=True).exists():
        return people
    member = ProjectMember.objects.filter(project=project_id, user=OuterRef("pk"))
    return people.filter(Q(role="administrator") | Exists(member))


def tells_of_money(event: Event) -> bool:
    """A budget in money is known to fewer people than the project."""
    return event.type == BUDGET and event.payload["budget_type"] == BudgetType.MONEY


def people_who_know_money_of(project_id: int) -> QuerySet[User]:
    """Active administrators and managers of the project."""
    managers = ProjectMember.objects.filter(project=project_id, user=OuterRef("pk"), is_manager=True)
    return User.objects.filter(Q(role="administrator") | Exists(managers), is_active=True)


def people_who_see_time_of(person_id: int) -> QuerySet[User]:
    """Active administrators and the leads of the person's teams, without the person."""
    teams = TeamMember.objects.filter(user=person_id).values("team")
    leads = TeamMember.objects.filter(team__in=teams, is_lead=True).values("user")
    return User.objects.filter(Q(role="administrator") | Q(pk__in=leads), is_active=True).exclude(pk=person_id)
