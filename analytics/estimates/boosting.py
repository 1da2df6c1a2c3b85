"""Quantile gradient boosting of log(actual ÷ estimate); of log hours where there is no estimate."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor

from analytics.estimates.features import SEED, Encoder
from analytics.estimates.history import Numbers
from analytics.estimates.plans import Plan
from analytics.estimates.ranges import MOST_OFF, Spans

QUANTILES = (0.1, 0.5, 0.9)


class Model:
    def __init__(self, encoder: Encoder, regressors: Sequence[HistGradientBoostingRegressor]) -> None:
        self.encoder, self.regressors = encoder, list(regressors)

    @classmethod
    def fit(cls, plans: Sequence[Plan], history: Numbers, targets: Numbers, *, estimated: bool) -> Model:
        encoder = Encoder(estimated=estimated).fit(plans)
        rows = rows_to_learn(encoder, plans, history)
        return cls(encoder, [_regressor(quantile, encoder, len(plans)).fit(rows, targets) for quantile in QUANTILES])

    def predict(self, plans: Sequence[Plan], history: Numbers) -> Spans:
        rows = self.encoder.rows(plans, history)
        low, middle, high = np.sort([regressor.predict(rows) for regressor in self.regressors], axis=0)
        if self.encoder.estimated:
            base = np.log([plan.estimate or np.nan for plan in plans])
            low, middle, high = low + base, base + np.clip(middle, -MOST_OFF, MOST_OFF), high + base
        return Spans(low, middle, high)


def rows_to_learn(encoder: Encoder, plans: Sequence[Plan], history: Numbers) -> Numbers:
    rows = encoder.rows(plans, history)
    rows[:, np.isnan(rows).all(axis=0)] = 0.0  # scikit-learn cannot sort a column of nothing
    return rows


def _regressor(quantile: float, encoder: Encoder, count: int) -> HistGradientBoostingRegressor:
    return HistGradientBoostingRegressor(
        loss="quantile",
        quantile=quantile,
        max_iter=150,
        learning_rate=0.05,
        max_leaf_nodes=15,
        l2_regularization=5.0,
        min_samples_leaf=int(np.clip(count / 40, 5, 40)),
        categorical_features=encoder.categorical,
        early_stopping=False,
        random_state=SEED,
    )
