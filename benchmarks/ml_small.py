"""Teams that have only a few finished tasks, drawn from the record: whole, and project by project."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.choices import FEWEST, FEWEST_FOR_MODEL, Reason
from analytics.estimates.history import Past
from analytics.estimates.ladder import Ladder
from analytics.estimates.plans import Outcome
from analytics.estimates.training import train
from benchmarks import ml_baselines as baselines
from benchmarks.ml_rolling import at_once
from benchmarks.ml_scores import SEED, Bars, hours_off, inside, log_off, table
from benchmarks.ml_speakers import as_told, truth_of, words

DRAWS, ASKED, FEWEST_ASKED = 60, 60, 15
LARGE_PROJECT = 80
SHORT, LONG = (10, 30, 100), (300, 1000)


@dataclass(frozen=True, slots=True)
class Drawn:
    known: list[Outcome]
    asked: list[Outcome]


@dataclass(frozen=True, slots=True)
class Team:
    human: tuple[float, float]
    """MAE and MALR."""
    told: tuple[float, float]
    rows: dict[str, float]
    """MALR of each baseline."""
    said: Counter[str]
    silent_under: bool
    """Nothing was said while fewer than 30 were known."""
    held: tuple[int, int]
    """Ranges that held, of how many."""
    width: float
    points: bool


def streams(record: Sequence[Outcome]) -> list[list[Outcome]]:
    """Each in the order of the plans; the whole record is as likely as three projects."""
    ordered = sorted((one for one in record if one.plan.estimate), key=lambda one: (one.plan.day, one.plan.task))
    projects: dict[int, list[Outcome]] = defaultdict(list)
    for one in ordered:
        projects[one.plan.project].append(one)
    return [ordered] * 3 + [one for one in projects.values() if len(one) >= LARGE_PROJECT]


def draws(some: list[list[Outcome]], count: int, random: np.random.Generator) -> list[Drawn]:
    """Of 60, those that are long enough: the `count` tasks that finished last, and the next 60."""
    found = []
    for _draw in range(DRAWS):
        stream = some[random.integers(len(some))]
        if len(stream) < count + 25:
            continue
        day = stream[random.integers(count, len(stream) - FEWEST_ASKED)].plan.day
        known = sorted((one for one in stream if one.finished < day), key=lambda one: one.finished)[-count:]
        asked = [one for one in stream if one.plan.day >= day][:ASKED]
        if len(known) == count and len(asked) >= FEWEST_ASKED:
            found.append(Drawn(known, asked))
    return found


def _one(drawn: Drawn) -> Team:
    plans, truth = [one.plan for one in drawn.asked], truth_of(drawn.asked)
    past = Past([*drawn.known, *drawn.asked])
    training = None
    if len(drawn.known) >= FEWEST_FOR_MODEL:
        training = train(Past(drawn.known), min(plan.day for plan in plans))
    ladder = Ladder(past, training.trained if training else None)
    told = as_told(ladder, plans)
    estimates = ladder.estimates(plans)
    point = told.point(truth.base)
    speaks = told.speaks
    held = inside(truth.actual[speaks], told.low[speaks], told.high[speaks])
    before = sorted(drawn.known, key=lambda one: one.plan.day)
    rows = {
        "human × person's median ratio, shrunk": baselines.person_ratio(past, plans),
        "power law, OLS in logs": baselines.power_law(before, plans),
        "linear [estimate, priority] (the guide's)": baselines.linear(before, plans),
    }
    return Team(
        human=(_mean(hours_off(truth.actual, truth.base)), _mean(log_off(truth.actual, truth.base))),
        told=(_mean(hours_off(truth.actual, point)), _mean(log_off(truth.actual, point))),
        rows={name: _mean(log_off(truth.actual, row)) for name, row in rows.items()},
        said=told.said,
        silent_under=all(one.reason == Reason.FEW for one in estimates if one.known < FEWEST),
        held=(int(held.sum()), len(held)),
        width=float(np.exp(np.median(told.high[speaks] - told.low[speaks]))) if speaks.any() else np.nan,
        points=bool(training and training.trained.points),
    )


def _mean(values) -> float:
    return float(values.mean())


def small(record: Sequence[Outcome], bars: Bars, *, longer: bool) -> None:
    some, random = streams(record), np.random.default_rng(SEED)
    print(f"\n# Small teams: {DRAWS} draws of {len(some)} streams, the next {ASKED} tasks of each")
    columns = ["teams", "MALR ratio (se)", "worst team", "MAE ratio", "coverage", "width", "model on"]
    rows, beside, notes = {}, defaultdict(list), []
    counts = SHORT + (LONG if longer else ())
    for count in counts:
        teams = at_once(_one, draws(some, count, random))
        if not teams:
            notes.append(f"  {count}: no stream is long enough")
            continue
        human, told = (np.array([getattr(team, name) for team in teams]) for name in ("human", "told"))
        gain = told[:, 1].mean() / human[:, 1].mean()
        error = float(np.std(told[:, 1] - human[:, 1]) / np.sqrt(len(teams)) / human[:, 1].mean())
        worst = float((told[:, 1] / human[:, 1]).max())
        held, ranges = np.array([team.held for team in teams]).sum(axis=0)
        rows[f"{count} known"] = [
            str(len(teams)), f"{gain:.3f} ({error:.3f})", f"{worst:.3f}",
            f"{told[:, 0].mean() / human[:, 0].mean():.3f}", f"{held / ranges:.3f}" if ranges else "-",
            f"{np.nanmedian([team.width for team in teams]):.1f}", f"{np.mean([team.points for team in teams]):.0%}",
        ]  # fmt: skip
        for name in teams[0].rows:
            mean = np.mean([team.rows[name] for team in teams]) / human[:, 1].mean()
            beside[name].append(f"{mean:.3f}")
        notes.append(f"  {count}: {words(sum((team.said for team in teams), Counter()))}")
        if count in SHORT:
            bars.at_most(f"{count} past tasks, product: MALR ÷ human", gain, 1.02)
            bars.holds(f"{count} past tasks: silent while under 30 are known", all(team.silent_under for team in teams))
    table("The product; own estimate where it is silent", columns, rows)
    table("MALR ratio of others", [row.split()[0] for row in rows], beside)
    print("\n".join(notes))
