"""Feature flags: what an administrator may switch off, or on, for everybody.

Of four that may say, the first that does decides: the environment (`FLAG_ACHIEVEMENTS=off`), the administration (a
`Switch` of waffle), PostHog where telemetry is on (`hear_from`), the default below. Code asks `is_on("achievements")`,
at one place for each flag.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import structlog
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

log = structlog.get_logger(__name__)
WORDS = {"on": True, "off": False}
Values = Mapping[str, bool]
"""By the name of the flag; a name that is missing says nothing."""


class UnknownFlag(LookupError):
    """Asked for by a name that the registry does not have."""


class Why(models.TextChoices):
    """What decided."""

    ENVIRONMENT = "environment", _("environment")
    ADMINISTRATION = "administration", _("administration")
    POSTHOG = "posthog", "PostHog"
    DEFAULT = "default", _("default")


@dataclass(frozen=True, slots=True)
class Flag:
    name: str
    owner: str
    """The room that asks for it."""
    label: str | Promise
    switches: str | Promise
    """What happens where it is off, in a sentence or two for administrators."""
    default: bool = True

    @property
    def variable(self) -> str:
        return f"FLAG_{self.name.upper()}"


@dataclass(frozen=True, slots=True)
class State:
    flag: Flag
    is_on: bool
    why: Why
    posthog: bool | None = None
    """What PostHog says, whoever decides. None where it says nothing."""

    @property
    def is_fixed(self) -> bool:
        """The environment says so; nobody can switch it here."""
        return self.why == Why.ENVIRONMENT


FLAGS = {
    flag.name: flag
    for flag in (
        Flag(
            name="achievements",
            owner="notifications",
            label=_("Achievements"),
            switches=_("Off: nobody earns any, and nobody sees those they have. They are kept."),
        ),
        Flag(
            name="estimates",
            owner="analytics",
            label=_("Suggested estimates"),
            switches=_(
                "Off: nothing says what a task may take, and project health does without. "
                "What was said before is still compared."
            ),
        ),
        Flag(
            name="web_push",
            owner="notifications",
            label=_("Push to devices"),
            switches=_("Off: nothing is sent to browsers that have no page open. Their devices stay in the list."),
        ),
        Flag(
            name="weekly_digest",
            owner="analytics",
            label=_("Week in numbers"),
            switches=_(
                "Off: nobody is told of the week that has ended. A week older than two days is not made up for."
            ),
        ),
    )
}

_kept: ContextVar[dict[str, Values] | None] = ContextVar("flags_of_this_request", default=None)
_posthog: list[Callable[[], Values]] = []


def hear_from(values: Callable[[], Values]) -> None:
    """Registers who knows what PostHog says. It is asked within requests, so it asks nobody elsewhere."""
    _posthog[:] = [values]


def is_on(name: str) -> bool:
    """Raises UnknownFlag while developing and in tests; in production an unknown flag is off, and logged."""
    flag = FLAGS.get(name)
    if flag is not None:
        return state_of(flag).is_on
    if settings.FLAGS_STRICT:
        raise UnknownFlag(name)
    log.warning("unknown_flag", flag=name)
    return False


def states() -> list[State]:
    return [state_of(flag) for flag in FLAGS.values()]


def state_of(flag: Flag) -> State:
    posthog = _once("posthog", _said_by_posthog).get(flag.name)
    said = WORDS.get(settings.FLAGS.get(flag.name, "").lower())
    if said is not None:
        return State(flag, said, Why.ENVIRONMENT, posthog)
    chosen = _once("administration", _chosen).get(flag.name)
    if chosen is not None:
        return State(flag, chosen, Why.ADMINISTRATION, posthog)
    if posthog is not None:
        return State(flag, posthog, Why.POSTHOG, posthog)
    return State(flag, flag.default, Why.DEFAULT)


@contextmanager
def read_once() -> Iterator[None]:
    """Within it each that may say is read at most once, whoever asks."""
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def _once(who: str, read: Callable[[], Values]) -> Values:
    kept = _kept.get()
    if kept is None:
        return read()
    if who not in kept:
        kept[who] = read()
    return kept[who]


def _said_by_posthog() -> Values:
    return _posthog[0]() if _posthog else {}


def _chosen() -> Values:
    """The switches of the administration: from the cache, where waffle keeps all of them together."""
    # Models can only be imported when all apps are there, and these ask for flags before.
    from waffle.models import Switch  # noqa: PLC0415

    return {switch.name: switch.active for switch in Switch.get_all()}


# ── The environment ──────────────────────────────────────────────────────────
def faults_of_environment() -> Iterator[str]:
    for name, value in sorted(settings.FLAGS.items()):
        variable = f"FLAG_{name.upper()}"
        if name not in FLAGS:
            yield f"There is no flag for {variable}: leave it out; there are {', '.join(_variables())}."
        elif value.lower() not in WORDS:
            yield f"{variable} is neither on nor off."


def _variables() -> list[str]:
    return [flag.variable for flag in FLAGS.values()]


def check_environment(**options: Any) -> list[CheckMessage]:
    """For Django's checks: a server does not start with a flag that means nothing."""
    return [Error(fault, id="web.E001") for fault in faults_of_environment()]
