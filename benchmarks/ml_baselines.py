"""What a careful engineer would try first, fitted on the same past and asked about the same tasks."""

from __future__ import annotations

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.feature_extraction.text import TfidfVectorizer

from analytics.estimates.boosting import rows_to_learn
from analytics.estimates.features import SEED, Encoder
from analytics.estimates.figures import history_of
from analytics.estimates.history import Numbers, Past
from analytics.estimates.plans import Outcome, Plan
from analytics.estimates.ranges import MOST_OFF, OUTSIDE, tail

Outcomes = list[Outcome]
LEAST_HOURS = 0.02


def log_estimates(plans: list[Plan]) -> Numbers:
    return np.log([plan.estimate or np.nan for plan in plans])


def log_hours(outcomes: Outcomes) -> Numbers:
    return np.log([one.hours for one in outcomes])


def plans_of(outcomes: Outcomes) -> list[Plan]:
    return [one.plan for one in outcomes]


def global_median(before: Outcomes, plans: list[Plan]) -> Numbers:
    return np.full(len(plans), np.median(log_hours(before)))


def linear(before: Outcomes, plans: list[Plan]) -> Numbers:
    """The guide's sketch: hours from estimate and priority."""

    def rows(some: list[Plan]) -> Numbers:
        return np.array([[1.0, plan.estimate or 0.0, plan.priority] for plan in some])

    weights = np.linalg.lstsq(rows(plans_of(before)), np.exp(log_hours(before)), rcond=None)[0]
    return np.log(np.maximum(rows(plans) @ weights, LEAST_HOURS))


def power_law(before: Outcomes, plans: list[Plan]) -> Numbers:
    slope, level = np.polyfit(log_estimates(plans_of(before)), log_hours(before), 1)
    return level + slope * log_estimates(plans)


def person_ratio(past: Past, plans: list[Plan]) -> Numbers:
    shifts = [past.person_ratio(plan, past.known(plan.day))[0] for plan in plans]
    return log_estimates(plans) + np.array(shifts)


def analogues(before: Outcomes, plans: list[Plan], *, estimated: bool = True, nearest: int = 25) -> Numbers:
    """The median of those most alike by title, person, project, tags and estimate."""
    known = plans_of(before)
    words = TfidfVectorizer(min_df=1, sublinear_tf=True)
    table = words.fit_transform([plan.title for plan in known])
    alike = 1.5 * (words.transform([plan.title for plan in plans]) @ table.T).toarray()
    for name, weight in (("person", 0.6), ("project", 0.4), ("tags", 0.8)):
        codes = {value: place for place, value in enumerate({getattr(plan, name) for plan in known})}
        own = np.array([codes[getattr(plan, name)] for plan in known])
        asked = np.array([codes.get(getattr(plan, name), -1) for plan in plans])
        alike += weight * (asked[:, None] == own[None, :])
    targets = log_hours(before)
    if estimated:
        alike -= 0.5 * np.abs(log_estimates(plans)[:, None] - log_estimates(known)[None, :])
        targets = targets - log_estimates(known)
    chosen = np.argpartition(-alike, min(nearest, len(known) - 1), axis=1)[:, :nearest]
    middle = np.median(targets[chosen], axis=1)
    return middle + log_estimates(plans) if estimated else middle


def boosted(past: Past, before: Outcomes, plans: list[Plan], *, loss: str, estimated: bool = True) -> Numbers:
    """The model's own features and settings with another loss."""
    known = plans_of(before)
    encoder = Encoder(estimated=estimated).fit(known)
    rows = rows_to_learn(encoder, known, history_of(past, known, estimated=estimated))
    model = HistGradientBoostingRegressor(
        loss=loss,
        max_iter=150,
        learning_rate=0.05,
        max_leaf_nodes=15,
        l2_regularization=5.0,
        min_samples_leaf=int(np.clip(len(known) / 40, 5, 40)),
        categorical_features=encoder.categorical,
        early_stopping=False,
        random_state=SEED,
    )
    base = log_estimates(known) if estimated else 0.0
    model.fit(rows, log_hours(before) - base)
    told = model.predict(encoder.rows(plans, history_of(past, plans, estimated=estimated)))
    return log_estimates(plans) + np.clip(told, -MOST_OFF, MOST_OFF) if estimated else told


def ratio_quantiles(before: Outcomes, plans: list[Plan]) -> tuple[Numbers, Numbers]:
    """One range of ratios for all tasks, from all of the past."""
    ratios = log_hours(before) - log_estimates(plans_of(before))
    low, high = np.quantile(ratios, [OUTSIDE / 2, 1 - OUTSIDE / 2])
    return log_estimates(plans) + low, log_estimates(plans) + high


def hour_quantiles(before: Outcomes, plans: list[Plan]) -> tuple[Numbers, Numbers]:
    low, high = np.quantile(log_hours(before), [OUTSIDE / 2, 1 - OUTSIDE / 2])
    return np.full(len(plans), low), np.full(len(plans), high)


def conformal(before: Outcomes, plans: list[Plan]) -> tuple[Numbers, Numbers]:
    """Around the estimate, from all of the past."""
    ratios = log_hours(before) - log_estimates(plans_of(before))
    return log_estimates(plans) - tail(-ratios), log_estimates(plans) + tail(ratios)
