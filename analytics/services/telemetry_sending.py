"""Sending usage figures: PostHog's library builds and packs the messages, `outbound.request` carries them.

The library's own connection is never used: it would follow proxies, redirects and addresses that nobody checked.
"""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from analytics.models import TelemetryEvent, TelemetryState, TelemetryStatus
from analytics.queries.telemetry import (
    KEPT_SENT,
    has_agreed,
    people_here,
    sent_messages,
    telemetry_state,
    unsent,
    without_lease,
)
from analytics.services.telemetry import locked_state, new_id
from analytics.telemetry.buckets import team_size
from analytics.telemetry.messages import Message, before_send
from analytics.telemetry.registry import declared
from timetracker.web.outbound import OutboundError, Response, request
from timetracker.web.version import product_version

if TYPE_CHECKING:
    from posthog import Posthog

A_BATCH = 100
BATCHES = 5
LEASE = dt.timedelta(minutes=3)
KEPT_WAITING = dt.timedelta(days=14)
"""What could not be sent for so long is dropped."""
FIRST_PAUSE = dt.timedelta(hours=1)
LONGEST_PAUSE = dt.timedelta(days=1)
SOMEBODY = UUID(int=0)
"""Stands in examples for the id that is made when sending is switched on."""


class Answer:
    """What the library wants to know of an answer."""

    def __init__(self, response: Response) -> None:
        self.status_code = response.status
        self.headers = {name.title(): value for name, value in response.headers.items()}
        self.text = response.body.decode(errors="replace")

    def json(self) -> dict[str, Any]:
        """Raises ValueError for anything but an object."""
        found = json.loads(self.text)
        if not isinstance(found, dict):
            raise ValueError("not an object")
        return found

    @property
    def is_posthogs(self) -> bool:
        """Whether it says so itself: a gateway that asks for a sign-in answers 200 as well."""
        try:
            return self.json().get("status") in {1, "Ok"}
        except (ValueError, TypeError):
            return False


@dataclass
class Carrier:
    """Stands where the library has its session of `requests`."""

    answers: list[Answer] = field(default_factory=list)
    seconds: float | None = None
    """To wait at most, where that is less than `outbound` waits."""

    def post(self, url: str, *, data: bytes | str, headers: Mapping[str, str], timeout: float) -> Answer:
        told = {name: headers[name] for name in ("Content-Type", "Content-Encoding") if name in headers}
        content = data.encode() if isinstance(data, str) else data
        answer = request("POST", url, content=content, headers=told, redirects=0, seconds=self.seconds)
        self.answers.append(Answer(answer))
        return self.answers[-1]


@dataclass
class Writer:
    """Stands there for the preview: keeps what would have gone."""

    written: str = ""

    def post(self, url: str, *, data: str, headers: Mapping[str, str], timeout: float) -> Answer:
        self.written = data
        return Answer(Response(200, {}, b'{"status": 1}'))


# ── What would be sent ───────────────────────────────────────────────────────
_one_at_a_time = threading.Lock()
"""The library's client is shared by whoever sends and whoever looks."""


@lru_cache(maxsize=1)
def _library() -> tuple[Posthog, list[Message]]:
    """A client that sends nothing itself, and where `before_send` puts what it lets through."""
    # It brings requests and takes a third of a second: only where something is sent or shown.
    from posthog import Posthog  # noqa: PLC0415

    kept: list[Message] = []

    def keep(message: Message) -> Message | None:
        left = before_send(message)
        if left is not None:
            kept.append(left)
        return left

    client = Posthog("telemetry", host=settings.POSTHOG_HOST, send=False, sync_mode=True, before_send=keep)
    return client, kept


def messages_of(rows: Sequence[TelemetryEvent], install_id: UUID) -> dict[UUID, Message]:
    """Each row as the library would send it, by its uuid. One that is not declared (any more) has none."""
    client, kept = _library()
    found: dict[UUID, Message] = {}
    common = {"version": product_version(), "team_size": team_size(people_here())}
    for row in rows:
        with _one_at_a_time:
            client.capture(
                row.name,
                distinct_id=str(install_id),
                properties={**row.properties, **common, "times": row.times},
                timestamp=dt.datetime.combine(row.day, dt.time(), dt.UTC),
                uuid=str(row.uuid),
            )
            if kept:
                found[row.uuid] = kept.pop()
    return found


def preview() -> str:
    """The next request's body, to the letter but for its time; where nobody has agreed, one example of each event."""
    return body_of_next(telemetry_state(), on=has_agreed())


def body_of_next(state: TelemetryState, *, on: bool) -> str:
    """As `preview`, for whoever has read these already."""
    rows = list(unsent()[:A_BATCH]) if on else examples()
    writer = Writer()
    _pack(list(messages_of(rows, (state.install_id if on else None) or SOMEBODY).values()), writer)
    return json.dumps(json.loads(writer.written), indent=2, ensure_ascii=False)


def examples() -> list[TelemetryEvent]:
    today = timezone.now().date()
    return [
        TelemetryEvent(day=today, name=one.name, properties={each.name: each.allowed[0] for each in one.properties})
        for one in declared().values()
    ]


def post(path: str, session: Carrier | Writer, body: Mapping[str, Any]) -> Answer:
    """What is no message: the library adds the key and the time, and the session takes it."""
    from posthog.request import post as post_body  # noqa: PLC0415 - as above

    sent: dict[str, Any] = {**body, "session": session}
    return cast(Answer, post_body(settings.POSTHOG_API_KEY, settings.POSTHOG_HOST, path=path, **sent))


def _pack(messages: Sequence[Message], session: Carrier | Writer) -> None:
    """Raises what the session raises, and the library's APIError for any answer but 200."""
    from posthog.request import batch_post  # noqa: PLC0415 - as above

    batch_post(
        settings.POSTHOG_API_KEY,
        settings.POSTHOG_HOST,
        gzip=isinstance(session, Carrier),
        batch=list(messages),
        historical_migration=False,
        session=session,
    )


# ── Sending ──────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Failure:
    reason: str
    not_before: dt.datetime | None = None


def send_waiting() -> None:
    """Sends up to BATCHES batches. No transaction is held while PostHog takes its time, and what fails is no error.

    Between two batches it is asked again whether that is still wanted.
    """
    if not has_agreed():
        return
    _library()  # its first import takes a while, and the claim holds a lock
    for _turn in range(BATCHES):
        batch = _claim()
        if not batch:
            return
        failure = _send(list(batch.values()))
        _settle(batch, failure)
        if failure:
            return


def _send(messages: Sequence[Message]) -> Failure | None:
    from posthog.request import APIError  # noqa: PLC0415 - as above

    carrier = Carrier()
    try:
        _pack(messages, carrier)
    except OutboundError as error:
        return Failure(error.reason)
    except APIError as error:
        pause = dt.timedelta(seconds=min(error.retry_after or 0, LONGEST_PAUSE.total_seconds()))
        return Failure(f"status_{error.status}", timezone.now() + pause)
    return None if carrier.answers[-1].is_posthogs else Failure("nonsense")


@transaction.atomic
def _claim() -> dict[UUID, Message]:
    """The next batch, leased: nobody else sends it meanwhile. Its figures stand from now on."""
    now = timezone.now()
    state = locked_state()
    if not has_agreed() or (state.next_try_at and state.next_try_at > now):
        return {}
    free = without_lease(unsent(), now)
    state.dropped_old += _drop(free.filter(day__lt=(now - KEPT_WAITING).date()))
    rows = list(free[:A_BATCH])
    if state.install_id is None:
        state.install_id = new_id()
    found = messages_of(rows, state.install_id)
    state.dropped_undeclared += _drop(unsent().filter(pk__in=[row.pk for row in rows if row.uuid not in found]))
    state.id_used, state.tried_at = state.id_used or bool(found), now if found else state.tried_at
    state.save()
    _rows(found).update(status=TelemetryStatus.CLOSED, leased_until=now + LEASE)
    return found


def _drop(rows: Any) -> int:
    times = sum(rows.values_list("times", flat=True))
    rows.delete()
    return times


def _rows(batch: Mapping[UUID, Message]) -> Any:
    return TelemetryEvent.objects.filter(uuid__in=batch)


@transaction.atomic
def _settle(batch: Mapping[UUID, Message], failure: Failure | None) -> None:
    state = locked_state()
    now = timezone.now()
    if failure:
        _note_failure(state, failure, now)
        if has_agreed():
            _rows(batch).update(leased_until=None)
        else:
            _rows(batch).delete()
    else:
        rows = list(_rows(batch))
        for row in rows:
            row.status, row.sent_at, row.leased_until = TelemetryStatus.SENT, now, None
            row.message = batch[row.uuid]
        TelemetryEvent.objects.bulk_update(rows, ["status", "sent_at", "leased_until", "message"])
        oldest = list(sent_messages().values_list("pk", flat=True)[KEPT_SENT:])
        TelemetryEvent.objects.filter(pk__in=oldest).delete()
        state.sent, state.sent_at = state.sent + len(rows), now
        state.failures, state.last_error, state.next_try_at = 0, "", None
    state.save()


def _note_failure(state: TelemetryState, failure: Failure, now: dt.datetime) -> None:
    state.failures, state.failed, state.last_error = state.failures + 1, state.failed + 1, failure.reason[:60]
    pause = min(FIRST_PAUSE * 2 ** min(state.failures - 1, 10), LONGEST_PAUSE)
    state.next_try_at = max(now + pause, failure.not_before or now)
