from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from analytics.anomalies.doubles import Doubled, Doubles
from analytics.anomalies.hours import Hours, OddHours
from analytics.anomalies.lengths import Lengths, Unusual
from analytics.anomalies.worked import Worked

DAYS = 180
"""What lies further back says little of what is usual now."""
Finding = Doubled | Unusual | OddHours


class History:
    """What one person has worked, and what is odd beside it.

    `zone` is the one they have now, since `moved`: hours before that were worked by another clock.
    """

    def __init__(self, zone: dt.tzinfo, moved: dt.datetime | None = None, past: Iterable[Worked] = ()) -> None:
        self._moved = moved
        self._doubles, self._lengths, self._hours = Doubles(zone), Lengths(), Hours(zone)
        for one in past:
            self.add(one)

    def add(self, one: Worked) -> None:
        believed = self._lengths.judge(one) is None
        self._doubles.add(one)
        self._lengths.add(one)
        if believed and (self._moved is None or one.start >= self._moved):
            self._hours.add(one)

    def judge(self, one: Worked) -> Finding | None:
        """The first of what is odd about `one`, which is not part of this. What is surest comes first."""
        found = self._doubles.judge(one) or self._lengths.judge(one)
        if found is None and (self._moved is None or one.start >= self._moved):
            return self._hours.judge(one)
        return found
