"""What actions have in common: their parameters, what they are given, and how they come by the things they change."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import Http404
from django.utils.translation import gettext as _

from accounts.models import User
from timetracker.events.models import Event
from timetracker.web.durations import parse_duration
from timetracker.web.errors import Conflict, NotAllowed
from timetracker.web.outbound import OutboundRefused, check_url
from timetracker.web.times import FIRST_YEAR, LAST_YEAR
from tracking.access import get_project, get_task
from tracking.models import Project, Task
from workflows.models import Rule
from workflows.operators import Kind, moment_of
from workflows.placeholders import filled, written

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Row = TypeVar("Row", bound=Model)


class ParamKind(StrEnum):
    TEXT = "text"
    ID = "id"
    HOURS = "hours"
    """A number of hours, or text as people write it: 1h30."""
    MOMENT = "moment"
    URL = "url"
    """An address outside, as it stands: what happens does not choose where it is sent."""


FITS: Mapping[ParamKind, tuple[Kind, ...]] = {
    ParamKind.TEXT: tuple(Kind),
    ParamKind.ID: (Kind.NUMBER,),
    ParamKind.HOURS: (Kind.NUMBER, Kind.TEXT),
    ParamKind.MOMENT: (Kind.MOMENT,),
    ParamKind.URL: (),
}
"""The fields that a single placeholder may name."""


@dataclass(frozen=True, slots=True)
class Param:
    name: str
    label: StrOrPromise
    kind: ParamKind = ParamKind.TEXT
    required: bool = False
    choices: tuple[str, ...] = ()
    longest: int = 500
    check: Callable[[str], object] | None = None
    """Of a text without placeholders. Raises ValidationError."""


@dataclass(frozen=True, slots=True)
class Context:
    """What an action is about. `owner` is the rule's: it acts with their rights, as they are now."""

    owner: User
    event: Event
    values: Mapping[str, Any]
    uid: uuid.UUID
    """The same at every try of this step."""
    rule: Rule


Perform = Callable[[Context, Mapping[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Action:
    """`perform` raises Conflict, NotAllowed or ValidationError where the answer is no, and RightLost where its owner
    may no longer. Whatever else it raises passes by itself: the step is tried again.

    `outer` ones reach outside, hold no transaction, and may run twice: with the same `uid`.
    """

    name: str
    label: StrOrPromise
    perform: Perform
    params: tuple[Param, ...] = ()
    outer: bool = False
    about: frozenset[str] = field(default_factory=frozenset)
    """The subjects whose events it works on without being told on what; with none of them it needs no subject."""


class RightLost(Exception):
    """The rule's owner may no longer see or change what the rule works on."""


def given_to(params: Iterable[Param], said: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """What an action gets of what the rule says, with its placeholders filled in. Where text is wanted it is text."""
    given = {name: filled(value, values) for name, value in said.items()}
    texts = [param.name for param in params if param.kind == ParamKind.TEXT and given.get(param.name) is not None]
    return given | {name: written(given[name]) for name in texts}


def fetched(getter: Callable[..., Row], model: type[Row], owner: User, pk: Any, **more: Any) -> Row:
    """The object, with the owner's rights. Raises RightLost where it is not for them, Conflict where it is gone."""
    number = as_id(pk)
    try:
        return getter(owner, number, **more)
    except NotAllowed as refused:
        raise RightLost(refused.message) from refused
    except Http404 as missing:
        name = model._meta.verbose_name
        row = model._default_manager.filter(pk=number).first()
        if row is not None and getattr(row, "deleted_at", None) is None:
            raise RightLost(_("The rule's owner no longer sees this %(what)s.") % {"what": name}) from missing
        raise Conflict(_("This %(what)s is no longer there.") % {"what": name}, code="gone") from missing


def as_id(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63:
        return value
    raise ValidationError(_("“%(value)s” is no number of anything.") % {"value": str(value)[:60]})


def task_of(context: Context, params: Mapping[str, Any]) -> Task:
    """The one that is named, else the event's own."""
    task = optional_task(context, params)
    if task is None:
        raise ValidationError({"task_id": _("What happened is about no task.")})
    return task


def optional_task(context: Context, params: Mapping[str, Any]) -> Task | None:
    pk = _named(context, params, "task")
    return None if pk is None else fetched(get_task, Task, context.owner, pk)


def optional_project(context: Context, params: Mapping[str, Any]) -> Project | None:
    pk = _named(context, params, "project")
    return None if pk is None else fetched(get_project, Project, context.owner, pk)


def _named(context: Context, params: Mapping[str, Any], what: str) -> Any:
    named = params.get(f"{what}_id")
    return context.values.get(f"{what}.id") if named is None else named


def seconds_of(value: Any) -> int:
    """Of a number of hours, or of text such as 1h30. Raises ValidationError."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        seconds = round(value * 3600) if abs(value) < 1e6 else 0
    else:
        try:
            seconds = parse_duration(str(value))
        except ValueError as error:
            raise ValidationError(str(error)) from error
    if seconds <= 0:
        raise ValidationError(_("A duration is longer than nothing."))
    return seconds


def instant_of(value: Any) -> dt.datetime | None:
    if value in (None, ""):
        return None
    moment = moment_of(value)
    if moment is None or not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValidationError(_("Give a day or an instant with its zone, such as 2026-11-22T09:30:00+01:00."))
    return moment


def url_of(value: Any) -> str:
    """Raises ValidationError. Where the name leads to is asked when something is sent: it may change."""
    try:
        if isinstance(value, str) and "{{" not in value and "}}" not in value:
            check_url(value)
            return value
    except OutboundRefused:
        pass
    raise ValidationError(_("Give an address that begins with https:// or http://, without placeholders or passwords."))
