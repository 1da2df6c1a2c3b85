"""Feature flags: what an administrator may switch off, or on, for everybody.

Of three that may say, the first that does decides: the environment (`FLAG_ACHIEVEMENTS=off`), the administration (a
`Switch` of waffle), the default below. Code asks `is_on("achievements")`, at one place for each flag.
"""

from __future__ import annotations

from collections.abc import Iterator
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


class UnknownFlag(LookupError):
    """Asked for by a name that the registry does not have."""


class Why(models.TextChoices):
    """What decided."""

    ENVIRONMENT = "environment", _("environment")
    ADMINISTRATION = "administration", _("administration")
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

_switches: ContextVar[dict[str, bool] | None] = ContextVar("flags_of_this_request", default=None)


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
    said = WORDS.get(settings.FLAGS.get(flag.name, "").lower())
    if said is not None:
        return State(flag, said, Why.ENVIRONMENT)
    chosen = _chosen().get(flag.name)
    if chosen is not None:
        return State(flag, chosen, Why.ADMINISTRATION)
    return State(flag, flag.default, Why.DEFAULT)


@contextmanager
def read_once() -> Iterator[None]:
    """Within it the switches are read at most once, whoever asks."""
    token = _switches.set({})
    try:
        yield
    finally:
        _switches.reset(token)


def _chosen() -> dict[str, bool]:
    """The switches of the administration by name: from the cache, where waffle keeps all of them together."""
    kept = _switches.get()
    if kept:
        return kept
    # Models can only be imported when all apps are there, and these ask for flags before.
    from waffle.models import Switch  # noqa: PLC0415

    switches = {switch.name: switch.active for switch in Switch.get_all()}
    if kept is not None:
        kept |= {"": False, **switches}  # no flag has an empty name: it says that they were read
    return switches


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
