"""What a page answers after a write."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from timetracker.web.errors import Conflict, NotAllowed
from timetracker.web.htmx import hx_response, redirect_with_toast, toast

Row = TypeVar("Row")


def changed(
    request: HttpRequest, text: str, *, url: str, undo_url: str | None = None, level: str = "success"
) -> HttpResponse:
    """Closes the dialog, tells, and lets whatever the page shows fetch itself again; without htmx on to `url`."""
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect_with_toast(request, url, text, level)
    answer = hx_response(request, trigger={"closeDialog": True, "workChanged": True})
    return toast(answer, text, level, undo_url=undo_url)


@dataclass(slots=True)
class Outcome:
    """What became of the rows of a bulk change: those done, and why the others were left alone."""

    done: list[Any] = field(default_factory=list)
    refused: dict[str, int] = field(default_factory=dict)

    def refuse(self, reason: str, count: int = 1) -> None:
        self.refused[reason] = self.refused.get(reason, 0) + count

    def answer(self, request: HttpRequest, text: str, *, url: str, undo_url: str | None = None) -> HttpResponse:
        """Tells what was done and what was not. `undo_url` gets the rows that were done."""
        if undo_url and self.done:
            undo_url += ("&" if "?" in undo_url else "?") + urlencode(
                {"ids": [row.pk for row in self.done]}, doseq=True
            )
        return changed(
            request, self.sentence(text), url=url, undo_url=undo_url if self.done else None, level=self.level
        )

    def sentence(self, done: str) -> str:
        parts = [done] if self.done else []
        for reason, count in self.refused.items():
            left = ngettext("%(count)d was left alone: %(reason)s", "%(count)d were left alone: %(reason)s", count)
            parts.append(left % {"count": count, "reason": reason})
        return " ".join(parts) or _("Nothing was selected.")

    @property
    def level(self) -> str:
        return "warning" if self.refused or not self.done else "success"


def apply_to_each(rows: Iterable[Row], ids: list[int], write: Callable[[Row], object]) -> Outcome:
    """Calls the service for one row after the other, each in its own transaction: a refusal keeps no other back."""
    outcome = Outcome()
    found = list(rows)
    for row in found:
        try:
            write(row)
        except (Conflict, NotAllowed) as refusal:
            outcome.refuse(refusal.message)
        except ValidationError as refusal:
            outcome.refuse(" ".join(refusal.messages))
        else:
            outcome.done.append(row)
    if len(found) < len(ids):
        outcome.refuse(_("It is no longer there."), len(ids) - len(found))
    return outcome
