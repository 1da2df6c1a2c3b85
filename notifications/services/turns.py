from __future__ import annotations

from collections.abc import Callable, Iterable

from timetracker.events.dispatch import caught


def each_in_turn(turns: Iterable[Callable[[], None]]) -> int:
    """One after the other: one that fails holds up nobody behind it. Raises what failed, together, at the end.

    The clock's job then shows it, and tries what is left a minute later. Returns how many there were.
    """
    answers = [caught(turn) for turn in turns]
    if errors := [error for error in answers if error]:
        raise BaseExceptionGroup(f"{len(errors)} of {len(answers)} failed", errors)
    return len(answers)
