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
from tracking.forms.quick import Draft, QuickEntryForm
from tracking.forms.start_line import StartLineForm
from tracking.models import Project
from tracking.queries import projects_beginning
from tracking.quick_entry import QuickEntry, with_work

START, LOG = "start", "log"
VERBS = {
    **dict.fromkeys(("start", "starte", "starten"), START),
    **dict.fromkeys(("log", "logge", "loggen", "buche", "buchen"), LOG),
}
SHORTEST = 3
"""Letters of a name that count as its beginning: fewer are a word like any other."""
LONGEST_NAME = 5


@dataclass(frozen=True, slots=True)
class Leading:
    """The project that the first `words` words of a description name."""

    project: Project
    words: int


def verb_of(text: str) -> tuple[str, str] | None:
    """START or LOG, and what is to be started or logged."""
    first, _space, rest = text.strip().partition(" ")
    verb = VERBS.get(first.casefold())
    return (verb, rest.strip()) if verb and rest.strip() else None


def offers(user: User, text: str) -> Iterable[Found | Hint]:
    said = verb_of(text)
    if said is None:
        return []
    return _starts(user, said[1]) if said[0] == START else _logs(user, said[1])


# ── Start ────────────────────────────────────────────────────────────────────
def _starts(user: User, line: str) -> list[Found | Hint]:
    form = StartLineForm({"line": line}, user=user)
    if not form.is_valid():
        return _hints(form.errors["line"])
    entry = form.entry
    found = [_start(line, entry, form.work)]
    if leading := _leading(user, entry):
        named = _without(entry, leading.words)
        found.insert(0, _start(with_work(entry, leading.project.name, leading.words), named, Work(leading.project)))
    return [*found]


def _start(line: str, entry: QuickEntry, work: Work) -> Found:
    words = {"work": work.label, "text": entry.description}
    if work:
        label = _("Start the timer on %(work)s: %(text)s") if entry.description else _("Start the timer on %(work)s")
    else:
        label = _("Start the timer: %(text)s")
    return Found(
        key="",
        label=label % words,
        second=" ".join(f"#{tag}" for tag in entry.tags),
        icon="play",
        url=reverse("tracking:timer-line"),
        values={"line": line, "uid": str(uuid.uuid4())},
        target="#timer-bar",
    )


# ── Log ──────────────────────────────────────────────────────────────────────
def _logs(user: User, line: str) -> list[Found | Hint]:
    form = QuickEntryForm({"line": line}, user=user)
    form.is_valid()
    draft = form.draft
    if draft is None:
        return _hints(form.errors["line"])
    found = [_log(user, line, draft)]
    if leading := _leading(user, draft.entry):
        named = replace(draft, entry=_without(draft.entry, leading.words), work=Work(leading.project))
        found.insert(0, _log(user, with_work(draft.entry, leading.project.name, leading.words), named))
    return [*found]


def _log(user: User, line: str, draft: Draft) -> Found:
    length = format_duration(draft.seconds, user.hours_format)
    start, end = (timezone.localtime(moment) for moment in (draft.started_at, draft.ended_at))
    parts = [
        f"{day_name(start.date())}, {start:%H:%M} – {end:%H:%M}",
        draft.work.label or _("No project"),
        " ".join(f"#{tag}" for tag in draft.entry.tags),
        _("Billable") if draft.billable else "",
        _("in the future") if draft.is_ahead else "",
        _("longer than your day") if draft.is_long else "",
    ]
    text = draft.entry.description or _("No description")
    return Found(
        key="",
        label=_("Log %(length)s: %(text)s") % {"length": length, "text": text},
        second=" · ".join(filter(None, parts)),
        icon="plus",
        url=reverse("tracking:quick-entry"),
        values={"line": line, "uid": str(uuid.uuid4())},
        target="#dialog-body",
    )


# ── Both ─────────────────────────────────────────────────────────────────────
def _hints(errors: Iterable[object]) -> list[Found | Hint]:
    return [Hint(str(text)) for text in errors]


def _leading(user: User, entry: QuickEntry) -> Leading | None:
    """Where no @ says it: the first words may be a project's name, how that begins, or its code."""
    words = entry.description.split()[:LONGEST_NAME]
    if entry.work or not words or words != _said(entry)[: len(words)]:
        return None
    candidates = [one for one in projects_beginning(user, _spaced(words[0]).split(" ")[0]) if '"' not in one.name]
    for count in range(len(words), 0, -1):
        said = _spaced(" ".join(words[:count]))
        fitting = [one for one in candidates if _names(one, said)]
        if fitting:
            return Leading(min(fitting, key=lambda one: _spaced(one.name) != said), count)
    return None


def _names(project: Project, said: str) -> bool:
    name = _spaced(project.name)
    return said in {name, project.code.casefold()} or (len(said) >= SHORTEST and name.startswith(said))


def _said(entry: QuickEntry) -> list[str]:
    """The words of the description as typed: one with a backslash before it is meant as a word."""
    return [reading.text for reading in entry.readings if reading.kind == "description"]


def _without(entry: QuickEntry, words: int) -> QuickEntry:
    return replace(entry, description=" ".join(entry.description.split()[words:]))


def _spaced(text: str) -> str:
    return " ".join(text.casefold().replace("-", " ").replace("_", " ").split())
