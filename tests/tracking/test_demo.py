"""The demonstration data: believable, deterministic, and with the published moments of estimates."""

from __future__ import annotations

import datetime as dt
import math
import random
from itertools import groupby, pairwise

import pytest
from django.db import transaction

from accounts.models import User
from timetracker.events.models import Event
from timetracker.web.errors import Conflict
from tracking.demo.load import load_demo_data
from tracking.demo.moments import draw_actual_minutes, draw_estimate
from tracking.models import Project, Task, TimeEntry

LUNCH = dt.timedelta(minutes=30)
UNTIL = dt.datetime(2026, 3, 4, 16, 0, tzinfo=dt.UTC)


def fingerprint() -> list[tuple[object, ...]]:
    return list(
        TimeEntry.objects.order_by("user__username", "started_at").values_list(
            "uid", "user__username", "project__name", "task__name", "started_at", "ended_at", "seconds", "rate"
        )
    )


@pytest.mark.django_db(transaction=True)
def test_the_same_seed_gives_the_same_data():
    seen = []
    for seed in (5, 5, 6):
        with transaction.atomic():
            load_demo_data(entries=300, seed=seed, people=4, until=UNTIL)
            seen.append(fingerprint())
            transaction.set_rollback(True)
    assert seen[0] == seen[1]
    assert seen[0] != seen[2]


@pytest.mark.django_db
def test_what_is_made_is_believable():
    counts = load_demo_data(entries=1500, seed=3, people=5, until=UNTIL)
    assert counts["entries"] == TimeEntry.objects.count() == 1500
    for user in User.objects.all():
        entries = list(user.entries.order_by("started_at"))
        assert all(one.ended_at <= two.started_at for one, two in pairwise(entries)), "nobody is in two places"
        assert all(entry.started_at.weekday() < 5 for entry in entries)
        assert entries[-1].ended_at <= UNTIL
        days = [
            list(day)
            for _date, day in groupby(entries, key=lambda entry: entry.started_at.astimezone(user.zone).date())
        ]
        whole = [day for day in days if day[-1].ended_at - day[0].started_at > dt.timedelta(hours=6)]
        assert whole
        assert all(any(two.started_at - one.ended_at >= LUNCH for one, two in pairwise(day)) for day in whole)
    assert not Task.objects.filter(status="done", entries=None).exists()
    assert all(project.tracked_seconds for project in Project.objects.filter(name="Internal"))
    assert Event.objects.get().type == "demo_data_loaded"


@pytest.mark.django_db
def test_it_refuses_where_there_is_time_already():
    load_demo_data(entries=10, people=2, until=UNTIL)
    with pytest.raises(Conflict):
        load_demo_data(entries=10, people=2, until=UNTIL)


def test_the_published_moments():
    rng = random.Random(1)
    estimates = sorted(draw_estimate(rng) for _ in range(20_000))
    assert (estimates[2_000], estimates[10_000], estimates[18_000]) == (0.5, 2, 14)
    ratios = sorted(math.log(draw_actual_minutes(rng, 2.0) / 120) for _ in range(20_000))
    assert abs(sum(1 for ratio in ratios if ratio == 0) / 20_000 - 0.37) < 0.02
    for share, expected in ((0.05, -1.39), (0.10, -0.79), (0.25, -0.29), (0.75, 0.19), (0.90, 0.69), (0.95, 1.10)):
        assert abs(ratios[int(20_000 * share)] - expected) < 0.08
