"""One week of one person's entries, narrowed down by what the address says, or what fits that in all weeks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.dateparse import parse_date
from django.utils.http import urlencode

from accounts.choices import Among
from accounts.models import User
from accounts.person_select import People
from timetracker.web.answers import number
from timetracker.web.pagination import page_of
from timetracker.web.times import local_day_bounds
from tracking.models import Favourite, Project, Tag, TimeEntry
from tracking.models.favourite import subject_of
from tracking.queries import (
    DAY,
    WEEK,
    Day,
    Total,
    days_of,
    described_by,
    entries_between,
    entries_of,
    today_of,
    week_of,
)

YES_OR_NO = {"yes": True, "no": False}
ROW = (
    "description", "billable", "billed_at", "started_at", "ended_at", "paused_at", "break_seconds", "seconds", "review",
    "user__display_name", "user__username", "user__daily_limit_hours", "project__name", "project__color",
    "project__client__name", "task__name",
)  # fmt: skip
"""What a row shows."""


@dataclass(frozen=True, slots=True)
class Filters:
    project: Project | None
    tag: Tag | None
    billable: str
    billed: str
    text: str

    @classmethod
    def of(cls, query: QueryDict, user: User) -> Filters:
        project, tag = number(query.get("project")), number(query.get("tag"))
        billable, billed = query.get("billable", ""), query.get("billed", "")
        return cls(
            get_object_or_404(Project.objects.visible_to(user), pk=project) if project else None,
            get_object_or_404(Tag, pk=tag) if tag else None,
            billable if billable in YES_OR_NO else "",
            billed if billed in YES_OR_NO else "",
            query.get("q", "").strip()[:200],
        )

    def __bool__(self) -> bool:
        return bool(self.project or self.tag or self.billable or self.billed or self.text)

    def apply(self, entries: QuerySet[TimeEntry]) -> QuerySet[TimeEntry]:
        if self.project:
            entries = entries.filter(project=self.project)
        if self.tag:
            entries = entries.filter(tags=self.tag)
        if self.billable:
            entries = entries.filter(billable=YES_OR_NO[self.billable])
        if self.billed:
            entries = entries.filter(billed_at__isnull=not YES_OR_NO[self.billed])
        return described_by(entries, self.text) if self.text else entries


def week_page(request: HttpRequest) -> dict[str, Any]:
    user: User = request.user  # type: ignore[assignment]  # login_required
    people = People(user, Among.TIME)
    person = _person(people, request.GET.get("person"), user)
    filters = Filters.of(request.GET, user)
    if filters and request.GET.get("weeks") == "all":
        wanted = None if request.GET.get("person") == "all" else person
        return _shown(user, people, wanted, filters) | _found(request, user, wanted, filters)
    first, last = week_of(user, day_in(request.GET.get("week")))
    rows = filters.apply(entries_between(viewer=user, person=person, first=first, last=last))
    days = days_of(rows.only(*ROW), user)
    shown = [entry for day in days for entry in day.entries]
    today = today_of(user)
    return _shown(user, people, person, filters) | {
        "days": [(day, odd_hours(day, user)) for day in days],
        "total": Total.of(shown, user.hours_format),
        "pins": _pins_marked_in(shown, user) if person == user else [],
        "billable_total": Total.of([entry for entry in shown if entry.billable], user.hours_format),
        "first": first,
        "last": last,
        "earlier": first - WEEK,
        "later": first + WEEK,
        "is_this_week": first <= today <= last,
        "may_log": not filters,
        "to_review": TimeEntry.objects.visible_to(user).to_review().count(),
        "log_query": _log_query(None if first <= today <= last else first, person if person != user else None),
    }


def _shown(user: User, people: People, person: User | None, filters: Filters) -> dict[str, Any]:
    today = today_of(user)
    return {
        "today": today,
        "yesterday": today - DAY,
        "filters": filters,
        "people": people if people.is_choice else None,
        "person_offers": "mine=",
        "chosen_person": "all" if person is None else "" if person == user else person.pk,
        "person": person,
        "is_own": person == user,
        "may_edit": person == user or user.is_administrator,
    }


def _found(request: HttpRequest, user: User, person: User | None, filters: Filters) -> dict[str, Any]:
    """What fits in all weeks, newest first. Without a `person` that of everybody whose time `user` may see."""
    page = page_of(filters.apply(entries_of(viewer=user, person=person)).only(*ROW), request)
    return {
        "all_weeks": True,
        "person_offers": "mine= everybody=all",
        "page": page,
        "pins": _pins_marked_in(page.items, user) if person == user else [],
        "days": [(day, odd_hours(day, user)) for day in days_of(page, user)],
        "log_query": _log_query(None, person if person != user else None),
    }


def _pins_marked_in(entries: list[TimeEntry], user: User) -> list[Favourite]:
    """What `user` has pinned, and each entry about the same is told so: its menu unpins."""
    pins = list(Favourite.objects.of(user))
    by_subject = {subject_of(pin): pin.pk for pin in pins}
    for entry in entries if pins else ():
        entry.pin_id = by_subject.get(subject_of(entry))
    return pins


def _log_query(day: dt.date | None, person: User | None) -> str:
    asked = {"day": day.isoformat() if day else None, "person": person.pk if person else None}
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"?{query}" if query else ""


def _person(people: People, value: str | None, user: User) -> User:
    wanted = number(value) or user.pk
    person = user if wanted == user.pk else people.get(wanted)
    if person is None:
        raise Http404
    return person


def day_in(text: str | None) -> dt.date | None:
    """A day that a week can be built around; None for nonsense."""
    try:
        day = parse_date(text or "")
    except ValueError:
        return None
    return day if day and 1900 < day.year < 2999 else None


def odd_hours(day: Day, user: User) -> int | None:
    """The length of a local day in hours where the clocks change, else None."""
    start, end = local_day_bounds(day.date, user.zone)
    hours = round((end - start).total_seconds() / 3600, 1)
    return None if hours == 24 else int(hours)
