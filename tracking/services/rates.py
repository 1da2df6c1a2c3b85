from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from operator import itemgetter

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from timetracker.events.recording import record
from timetracker.web.times import local_date
from tracking.events import ProjectChanged
from tracking.models import Project, ProjectRate, TimeEntry


def rate_on(project: Project | None, day: dt.date) -> Decimal | None:
    """What an hour on `project` costs on `day`: the project's rate of that day, else the client's, else none.

    The client's is in the client's currency: a project in another one has a rate of its own or none.
    """
    if project is None:
        return None
    steps = project.rates.filter(valid_from__lte=day).order_by("-valid_from")
    return _or_of_client(steps.values_list("hourly_rate", flat=True).first(), project)


def _or_of_client(rate: Decimal | None, project: Project) -> Decimal | None:
    if rate is None and project.client is not None and project.client.currency == project.currency:
        return project.client.hourly_rate
    return rate


class RateBook:
    """What `rate_on` says, of several projects and many days: their rates are read once."""

    def __init__(self, projects: Iterable[Project]) -> None:
        self._steps: defaultdict[int, list[tuple[dt.date, Decimal]]] = defaultdict(list)
        steps = ProjectRate.objects.filter(project__in=projects).order_by("valid_from")
        for project_id, valid_from, rate in steps.values_list("project", "valid_from", "hourly_rate"):
            self._steps[project_id].append((valid_from, rate))

    def rate_on(self, project: Project | None, day: dt.date) -> Decimal | None:
        if project is None:
            return None
        steps = self._steps[project.pk]
        found = bisect_right(steps, day, key=itemgetter(0))
        return _or_of_client(steps[found - 1][1] if found else None, project)


def snapshot_rate(entry: TimeEntry, rates: RateBook | None = None) -> None:
    """Puts the rate of its day on the entry (unsaved). Later changes of rates leave it alone."""
    day = local_date(entry.started_at, entry.user.zone)
    entry.rate = (rates.rate_on if rates else rate_on)(entry.project, day) if entry.billable else None
    entry.currency = entry.project.currency if entry.project else ""


def rated_by(entry: TimeEntry) -> tuple[object, ...]:
    """What the rate of an entry depends on: while this stays, the snapshot stays."""
    return entry.project_id, entry.billable, local_date(entry.started_at, entry.user.zone)


@transaction.atomic
def set_rate(
    *, project: Project, actor: User | None, hourly_rate: Decimal | None, valid_from: dt.date = ProjectRate.ALWAYS
) -> None:
    """The rate from `valid_from` on; without one, the step on that day is taken back. Entries keep their snapshots."""
    if hourly_rate is not None and hourly_rate < 0:
        raise ValidationError({"hourly_rate": _("A rate cannot be negative.")})
    project = Project.objects.select_for_update(no_key=True, of=("self",)).select_related("client").get(pk=project.pk)
    if hourly_rate is None:
        project.rates.filter(valid_from=valid_from).delete()
    else:
        ProjectRate.objects.update_or_create(
            project=project, valid_from=valid_from, defaults={"hourly_rate": hourly_rate}
        )
    record(ProjectChanged.of(project), actor=actor, subject=project, project_id=project.pk)


@transaction.atomic
def change_rate(*, project: Project, actor: User | None, hourly_rate: Decimal | None, today: dt.date) -> None:
    """Where one field stands for all steps: the first rate holds always, a later one from `today` on."""
    steps = list(project.rates.values_list("valid_from", flat=True))
    if hourly_rate is None and len(steps) > 1:
        raise ValidationError({"hourly_rate": _("This project has rates with dates. Change them on its page.")})
    valid_from = ProjectRate.ALWAYS if not steps else today
    if hourly_rate is None and steps:
        valid_from = steps[0]
    set_rate(project=project, actor=actor, hourly_rate=hourly_rate, valid_from=valid_from)
