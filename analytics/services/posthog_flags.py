"""Asking PostHog for feature flags, by the clock. `analytics.queries.telemetry.posthog_flags` is what others read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from analytics.models import TelemetryState
from analytics.queries.telemetry import FLAGS_KEY, has_agreed
from analytics.services.telemetry import locked_state, new_id
from analytics.services.telemetry_sending import SOMEBODY, Answer, Carrier, Writer, post
from analytics.telemetry.question import PATH, question
from timetracker.web.flags import FLAGS
from timetracker.web.outbound import OutboundError

SECONDS = 3.0
"""The jobs of the clock wait for each other."""


class NoAnswer(Exception):
    """`reason` is one word, of those that `reason_in_words` knows."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Said:
    flags: dict[str, bool]
    ignored: int
    """Flags of ours that are neither on nor off there: variants, above all."""
    is_whole: bool
    """PostHog could work all of them out: what is missing is not there, and not only missing for once."""


def body_of_question(state: TelemetryState, *, on: bool) -> str:
    """The body of the next request, to the letter but for its time; an example where nobody has agreed."""
    writer = Writer()
    post(PATH, writer, question((state.install_id if on else None) or SOMEBODY))
    return json.dumps(json.loads(writer.written), indent=2, ensure_ascii=False)


# ── Asking ───────────────────────────────────────────────────────────────────
def ask() -> None:
    """Nothing where nobody has agreed. No transaction is held while PostHog takes its time; a failure is no error."""
    install_id = _begin()
    if install_id is None:
        return
    try:
        said = read(post(PATH, Carrier(seconds=SECONDS), question(install_id)))
    except (OutboundError, NoAnswer) as error:
        _note_failure(error.reason)
    else:
        _keep(said, install_id)


def read(answer: Answer) -> Said:
    """Raises NoAnswer where it is not one to what was asked."""
    if answer.status_code != 200:
        raise NoAnswer(f"status_{answer.status_code}")
    try:
        found = answer.json()
    except (ValueError, RecursionError):
        raise NoAnswer("nonsense") from None
    spent, records = found.get("quotaLimited"), found.get("flags")
    if isinstance(spent, list) and "feature_flags" in spent:
        raise NoAnswer("quota")
    if not isinstance(records, dict):
        raise NoAnswer("nonsense")
    ours = {name: _value(records[name]) for name in sorted(FLAGS) if name in records}
    flags = {name: value for name, value in ours.items() if value is not None}
    return Said(flags, len(ours) - len(flags), not found.get("errorsWhileComputingFlags"))


def _value(record: Any) -> bool | None:
    """None for a variant, for one that PostHog could not work out, and for what is no flag at all."""
    if not isinstance(record, Mapping) or record.get("variant") is not None or record.get("failed"):
        return None
    enabled = record.get("enabled")
    return enabled if isinstance(enabled, bool) else None


@transaction.atomic
def _begin() -> UUID | None:
    """The id to ask under, marked as used: it is on its way to PostHog from now on."""
    if not has_agreed():
        return None
    state = locked_state()
    state.install_id, state.id_used = state.install_id or new_id(), True
    state.save(update_fields=["install_id", "id_used"])
    return state.install_id


@transaction.atomic
def _keep(said: Said, install_id: UUID) -> None:
    """Unless it was switched off meanwhile, or has a new id: the lock is the one that forgetting waits for."""
    state = locked_state()
    if not has_agreed() or state.install_id != install_id:
        return
    state.flags = said.flags if said.is_whole else state.flags | said.flags
    state.flags_at, state.flags_error = timezone.now(), ""
    state.flags_ignored += said.ignored
    state.save(update_fields=["flags", "flags_at", "flags_error", "flags_ignored"])
    _empty_cache()


@transaction.atomic
def _note_failure(reason: str) -> None:
    """What was said last stays; when it is too old, it does not count any more."""
    state = locked_state()
    if has_agreed():
        state.flags_error = reason[:60]
        state.save(update_fields=["flags_error"])


@transaction.atomic
def forget_flags() -> None:
    """Of every row, so that it waits for an answer that is being kept, and comes after it."""
    TelemetryState.objects.filter(pk=TelemetryState.PK).update(flags={}, flags_at=None, flags_error="")
    _empty_cache()


def _empty_cache() -> None:
    transaction.on_commit(lambda: cache.delete(FLAGS_KEY))
