"""What the model looks at: only what is known when an estimate is made. Who booked time, how much, and when the work
ended, is not among it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

from analytics.estimates.figures import history_names
from analytics.estimates.history import Numbers
from analytics.estimates.plans import Plan

SEED = 7
CATEGORIES = ("person", "project", "tags", "author")
MOST_CODES = 60
"""Of a category; what is rarer is as if it were unknown."""
TOPICS, FEWEST_TITLES, MOST_WORDS = 16, 100, 4000


def plain_names(*, estimated: bool) -> list[str]:
    names = ["priority", "complexity", "waited", "weekday", "month", "title_length", "title_words"]
    return ["estimate", "whole_hours", *names] if estimated else names


def _plain_row(plan: Plan, *, estimated: bool) -> list[float]:
    row = [
        plan.priority, plan.complexity or np.nan, np.log1p(plan.waited), plan.day.weekday(), plan.day.month,
        len(plan.title), plan.title.count(" "),
    ]  # fmt: skip
    if estimated:
        assert plan.estimate is not None
        row = [np.log(plan.estimate), float(plan.estimate % 1 == 0), *row]
    return row


def code_of(plan: Plan, category: str) -> str:
    """As it is kept beside a model: JSON knows no other keys."""
    value: Hashable = getattr(plan, category)
    return ",".join(map(str, plan.tags)) if category == "tags" else str(value)


class Encoder:
    """Turns plans into rows of numbers; what it learns (codes, words) it learns from the plans it is fitted on."""

    def __init__(self, *, estimated: bool) -> None:
        self.estimated = estimated
        self.codes: dict[str, dict[str, int]] = {}
        self.words: TfidfVectorizer | None = None
        self.topics: TruncatedSVD | None = None

    def fit(self, plans: Sequence[Plan]) -> Encoder:
        for category in CATEGORIES:
            counted = Counter(code_of(plan, category) for plan in plans).most_common(MOST_CODES)
            self.codes[category] = {code: place for place, (code, _count) in enumerate(counted)}
        titles = [plan.title for plan in plans]
        if len(titles) >= FEWEST_TITLES and any(titles):
            self._fit_words(titles)
        return self

    def _fit_words(self, titles: list[str]) -> None:
        words = TfidfVectorizer(min_df=3, max_features=MOST_WORDS, sublinear_tf=True)
        try:
            table = words.fit_transform(titles)
        except ValueError:  # no word is in three titles
            return
        if table.shape[1] > TOPICS:
            self.words = words
            self.topics = TruncatedSVD(TOPICS, random_state=SEED).fit(table)

    @property
    def names(self) -> list[str]:
        topics = [f"topic_{place}" for place in range(TOPICS)] if self.topics else []
        return [
            *history_names(estimated=self.estimated), *plain_names(estimated=self.estimated), *CATEGORIES, *topics
        ]  # fmt: skip

    @property
    def categorical(self) -> list[int]:
        first = len(history_names(estimated=self.estimated)) + len(plain_names(estimated=self.estimated))
        return list(range(first, first + len(CATEGORIES)))

    def rows(self, plans: Sequence[Plan], history: Numbers) -> Numbers:
        """A row for each plan; `history` is what `history_of` gives for them."""
        parts = [
            history,
            np.array([_plain_row(plan, estimated=self.estimated) for plan in plans]),
            np.array([[self.codes[name].get(code_of(plan, name), np.nan) for name in CATEGORIES] for plan in plans]),
        ]
        if self.words is not None and self.topics is not None:
            parts.append(self.topics.transform(self.words.transform([plan.title for plan in plans])))
        return np.hstack(parts)

    def settings(self) -> dict[str, Any]:
        """What is kept beside the artefact, as JSON."""
        return {"estimated": self.estimated, "codes": self.codes}
