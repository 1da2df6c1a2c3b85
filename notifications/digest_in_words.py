"""What a digest says, in the language that is active. Pure."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications.categories import category_named
from notifications.choices import Reason
from notifications.digest_times import DigestTimes, Slot
from notifications.models import Notification

TOLD = 20
"""So many titles a digest names."""
LATE = dt.timedelta(hours=1)


def title(held: Mapping[str, int], most_a_day: int | None, times: DigestTimes | None, slot: Slot | None) -> str:
    """`held` is reason to number. With a slot it says for which day it is, however late it comes."""
    count = sum(held.values())
    if times is not None and slot is not None:
        return _of_day(count, slot) if times.weekday is None else _of_week(count, slot)
    if set(held) == {Reason.QUIET}:
        words = ngettext(
            "%(count)d notification came while it was quiet", "%(count)d notifications came while it was quiet", count
        )
    elif set(held) == {Reason.BUDGET} and most_a_day is not None:
        words = ngettext(
            "%(count)d notification over your limit of %(limit)d a day",
            "%(count)d notifications over your limit of %(limit)d a day",
            count,
        )
    elif set(held) == {Reason.RATE}:
        words = ngettext("%(count)d more notification", "%(count)d more notifications", count)
    else:
        words = ngettext("%(count)d notification was held back", "%(count)d notifications were held back", count)
    return words % {"count": count, "limit": most_a_day}


def _of_day(count: int, slot: Slot) -> str:
    words = ngettext(
        "Your digest for %(day)s: %(count)d notification", "Your digest for %(day)s: %(count)d notifications", count
    )
    return words % {"count": count, "day": date_format(slot.day)}


def _of_week(count: int, slot: Slot) -> str:
    words = ngettext(
        "Your digest of the week to %(day)s: %(count)d notification",
        "Your digest of the week to %(day)s: %(count)d notifications",
        count,
    )
    return words % {"count": count, "day": date_format(slot.day)}


def message(
    rows: Sequence[Notification], held: Mapping[str, int], most_a_day: int | None, due: str, *, dated: bool
) -> str:
    """Why they were held back, where the title does not say it; then, after an empty line, what they are."""
    above = [due] if due else []
    if dated or len(held) > 1:
        above.append(why(held, most_a_day))
    listed = "\n".join(lines(rows))
    return "\n\n".join([*above, listed])


def intro_of(text: str) -> str:
    """Of a message as above: what stands before the list. No line of the list is empty."""
    return text.rpartition("\n\n")[0]


def why(held: Mapping[str, int], most_a_day: int | None) -> str:
    """7 during quiet hours, 3 over your limit of 5 a day."""
    parts = []
    if held.get(Reason.QUIET):
        parts.append(_("%(count)d during quiet hours") % {"count": held[Reason.QUIET]})
    if held.get(Reason.BUDGET):
        words = (
            _("%(count)d over your limit") if most_a_day is None else _("%(count)d over your limit of %(limit)d a day")
        )
        parts.append(words % {"count": held[Reason.BUDGET], "limit": most_a_day})
    if held.get(Reason.RATE):
        parts.append(_("%(count)d because too many came at once") % {"count": held[Reason.RATE]})
    return ", ".join(parts)


def when_due(slot: Slot, now: dt.datetime, zone: ZoneInfo) -> str:
    """Nothing for what comes at its time. Later it does after quiet hours, or where the tracker stood still."""
    if now - slot.moment < LATE:
        return ""
    here = slot.moment.astimezone(zone)
    return _("It was due on %(day)s at %(time)s.") % {"day": date_format(slot.day), "time": time_format(here.time())}


def lines(rows: Sequence[Notification]) -> list[str]:
    """Titles. What is about something is only counted: the digest stays when the right to see that thing is lost."""
    titles = [" ".join(row.title.split()) for row in rows if not row.subject_type]
    listed = titles[:TOLD]
    if len(titles) > TOLD:
        listed.append(_("and %(count)d more") % {"count": len(titles) - TOLD})
    counted = Counter(category_named(row.category) for row in rows if row.subject_type)
    return [*listed, *(f"{category.label}: {count}" for category, count in counted.items())]
