"""What the command palette makes of a line that says what to do: `start website fix`, `buche 2 Std Entwurf gestern`."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from timetracker.web.durations import format_duration
from timetracker.web.finders import Found, Hint
from timetracker.web.templatetags.web import day_name
from tracking.forms.booking import Work
from tracking.forms.named_work import LONGEST_NAME, MOST, leading_works
from tracking.forms.quick import Draft, QuickEntryForm
from tracking.forms.start_line import StartLineForm
from tracking.quick_entry import QuickEntry, parse, without_first

START, LOG = "start", "log"
VERBS = {
    **dict.fromkeys(("start", "starte", "starten"), START),
    **dict.fromkeys(("log", "logge", "loggen", "buche", "buchen"), LOG),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to take a line: on `work`, with these words left."""

    work: Work
    text: str


def verb_of(text: str) -> tuple[str, str] | None:
    """START or LOG, and what is to be started or logged."""
    first, _space, rest = text.strip().partition(" ")
    verb = VERBS.get(first.casefold())
    return (verb, rest.strip()) if verb and rest.strip() else None


def offers(user: User, text: str) -> Iterable[Found | Hint]:
    """A line that begins with a length or two times is to be logged, with nothing said before it, too."""
    said = verb_of(text) or _begins_with_time(text)
    if said is None:
        return []
    return _starts(user, said[1]) if said[0] == START else _logs(user, said[1])


def _begins_with_time(text: str) -> tuple[str, str] | None:
    kinds = [reading.kind for reading in parse(text, today=timezone.localdate()).readings]
    first = kinds[: kinds.index("description")] if "description" in kinds else kinds
    return (LOG, text) if {"duration", "span"} & set(first) else None


# ── Start ────────────────────────────────────────────────────────────────────
def _starts(user: User, line: str) -> list[Found | Hint]:
    form = StartLineForm({"line": line}, user=user)
    if not form.is_valid():
        return _hints(form.errors["line"])
    return [_start(line, form.entry, reading) for reading in _readings(user, form.entry, form.works)]


def _start(line: str, entry: QuickEntry, reading: Reading) -> Found:
    words = {"work": reading.work.label, "text": reading.text}
    if reading.work:
        label = _("Start the timer on %(work)s: %(text)s") if reading.text else _("Start the timer on %(work)s")
    else:
        label = _("Start the timer: %(text)s")
    return Found(
        key="",
        label=label % words,
        second=" ".join(f"#{tag}" for tag in entry.tags),
        icon="play",
        url=reverse("tracking:timer-line"),
        values=_values(line, entry, reading),
        target="#timer-bar",
    )


# ── Log ──────────────────────────────────────────────────────────────────────
def _logs(user: User, line: str) -> list[Found | Hint]:
    form = QuickEntryForm({"line": line}, user=user)
    form.is_valid()
    draft = form.draft
    if draft is None:
        return _hints(form.errors["line"])
    readings = _readings(user, draft.entry, form.works)
    return [_log(user, line, replace(draft, work=reading.work), reading) for reading in readings]


def _log(user: User, line: str, draft: Draft, reading: Reading) -> Found:
    length = format_duration(draft.seconds, user.hours_format)
    start, end = (timezone.localtime(moment) for moment in (draft.started_at, draft.ended_at))
    parts = [
        f"{day_name(start.date())}, {start:%H:%M} – {end:%H:%M}{' +1' if end.date() > start.date() else ''}",
        "" if draft.work else _("No project"),
        " ".join(f"#{tag}" for tag in draft.entry.tags),
        _("Billable") if draft.billable else "",
        _("in the future") if draft.is_ahead else "",
        _("longer than your day") if draft.is_long else "",
    ]
    words = {"length": length, "work": draft.work.label, "text": reading.text or _("No description")}
    if draft.work:
        label = _("Log %(length)s on %(work)s: %(text)s") if reading.text else _("Log %(length)s on %(work)s")
    else:
        label = _("Log %(length)s: %(text)s")
    return Found(
        key="",
        label=label % words,
        second=" · ".join(filter(None, parts)),
        icon="plus",
        url=reverse("tracking:quick-entry"),
        values=_values(line, draft.entry, reading),
        target="#dialog-body",
    )


# ── Both ─────────────────────────────────────────────────────────────────────
def _hints(errors: Iterable[object]) -> list[Found | Hint]:
    return [Hint(str(text)) for text in errors]


def _values(line: str, entry: QuickEntry, reading: Reading) -> dict[str, str]:
    """The line without what names the work, and the work itself: of two with one name it is the one that was chosen."""
    left_out = len(entry.description.split()) - len(reading.text.split())
    line = without_first(entry, left_out) if left_out else line
    return {"line": line, "work": reading.work.value, "uid": str(uuid.uuid4())}


def _readings(user: User, entry: QuickEntry, works: list[Work]) -> list[Reading]:
    """What the words behind the @ can mean; without one, what the first words of the description name."""
    if entry.work:
        return [Reading(work, entry.description) for work in works]
    words = entry.description.split()
    if words[:LONGEST_NAME] != _said(entry)[:LONGEST_NAME]:
        return [Reading(Work(), entry.description)]
    found = leading_works(user, words)
    named = [(one.sure, Reading(one.work, " ".join(words[one.words :]))) for one in found]
    sure, unsure = ([reading for is_sure, reading in named if is_sure is wanted] for wanted in (True, False))
    return [*sure[: MOST - 1], Reading(Work(), entry.description), *unsure][:MOST]


def _said(entry: QuickEntry) -> list[str]:
    """The words of the description as typed: one with a backslash before it is meant as a word."""
    return [reading.text for reading in entry.readings if reading.kind == "description"]
