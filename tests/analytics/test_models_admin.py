"""The administration shows models, predictions and computed insights, and chooses versions. It changes nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.test import Client as Browser
from django.utils import timezone

from accounts.models import User
from analytics.choices import Basis, ModelKind
from analytics.models import (
    CachedInsight,
    DigestMark,
    Dismissal,
    Prediction,
    ScoreWeights,
    TelemetryEvent,
    TelemetryState,
    TrainedModel,
)
from tests.analytics.learned import SCORE, TODAY, make_version
from tests.conftest import ClientFor
from tests.tracking.pages import text
from tests.work import make_task
from timetracker.events.models import Event

pytestmark = pytest.mark.django_db

BASE = "/admin/analytics"
METRICS = {
    "recent": {"model": SCORE | {"winkler": 2.346}, "plain": SCORE | {"mae": None}},
    "all": {"model": SCORE, "plain": SCORE},
    "sizes": [
        {"from": 0, "to": 1.0, "tasks": 1200, "coverage": 0.81, "plain_coverage": 0.9},
        {"from": 10.0, "to": None, "tasks": 0, "coverage": None, "plain_coverage": None},
    ],
    "seconds": 13.2,
    "peak_mb": 240,
}


@pytest.fixture
def browser(client_for: ClientFor, administrator: User) -> Browser:
    return client_for(administrator)


@pytest.fixture
def prediction(owner: User) -> Prediction:
    task, model = make_task(assignee=owner), make_version(3)
    return Prediction.objects.create(
        task=task, person=owner, model=model, day=TODAY.date(), basis=Basis.MODEL, known=330, checked=100,
        low_hours=1.5, middle_hours=2, high_hours=5,
    )  # fmt: skip


def use(browser: Browser, *chosen: TrainedModel) -> str:
    data = {"action": "use_this_version", "_selected_action": [one.pk for one in chosen]}
    return text(browser.post(f"{BASE}/trainedmodel/", data, follow=True))


def test_every_model_is_there_and_is_only_looked_at(browser: Browser, prediction: Prediction):
    CachedInsight.objects.create(cache_key="x", cache_value=1, expires_at=timezone.now())
    Dismissal.objects.create(user=prediction.person, key="project:1:overdue")
    ScoreWeights.objects.create(user=prediction.person)
    DigestMark.objects.create(user=prediction.person, week=TODAY.date())
    TelemetryState.objects.create(pk=TelemetryState.PK)
    TelemetryEvent.objects.create(day=TODAY.date(), name="client_created")

    for model in apps.get_app_config("analytics").get_models():
        name, row = model._meta.model_name, model._default_manager.get()
        assert admin.site.is_registered(model)
        assert browser.get(f"{BASE}/{name}/").status_code == 200
        page = browser.get(f"{BASE}/{name}/{row.pk}/change/")
        assert page.status_code == 200
        assert 'name="_save"' not in text(page)
        assert browser.get(f"{BASE}/{name}/add/").status_code == 403
        assert browser.post(f"{BASE}/{name}/{row.pk}/change/", {}).status_code == 403
        assert browser.get(f"{BASE}/{name}/{row.pk}/delete/").status_code == (200 if model is CachedInsight else 403)


def test_a_computed_insight_may_be_deleted(browser: Browser):
    row = CachedInsight.objects.create(cache_key="x", cache_value=1, expires_at=timezone.now())

    browser.post(f"{BASE}/cachedinsight/{row.pk}/delete/", {"post": "yes"})

    assert not CachedInsight.objects.exists()


@pytest.mark.parametrize("metrics", [METRICS, {}], ids=["metrics", "none"])
def test_the_card_is_readable(browser: Browser, metrics: dict[str, object]):
    model = make_version(metrics=metrics, left_out={"odd_time": 3}, features=["all_ratio", "title_words"])

    page = text(browser.get(f"{BASE}/trainedmodel/{model.pk}/change/"))

    assert "3 with time that may not be what the work took" in page
    assert "all_ratio, title_words" in page
    assert "scikit-learn" in page
    if metrics:
        assert "<td>Winkler score</td><td>2.35</td><td>2.00</td>" in page
        assert "<td>Mean error in hours</td><td>2.00</td><td>–</td>" in page
        assert "<td>&lt; 1" in page
        assert "<td>≥ 10.0</td><td>0</td><td>–</td>" in page
        assert "13.2 seconds, 240 MB" in page


@pytest.mark.parametrize(("fields", "sign"), [({}, "icon-yes"), ({"signature": "0" * 64}, "icon-no")])
def test_its_page_says_whether_it_is_what_was_stored(browser: Browser, fields: dict[str, str], sign: str):
    page = text(browser.get(f"{BASE}/trainedmodel/{make_version(**fields).pk}/change/"))

    assert sign in page.partition("What was stored here")[2].partition("</div>")[0]


def test_lists_leave_the_bytes_where_they_are(browser: Browser, prediction: Prediction, django_assert_num_queries):
    def queries_of(name: str) -> list[str]:
        with django_assert_num_queries(counts[name]) as captured:
            browser.get(f"{BASE}/{name}/")
        return [query["sql"] for query in captured]

    counts = {"trainedmodel": 5, "prediction": 4}
    for _more in range(2):
        for name in counts:
            assert not any("model_data" in sql for sql in queries_of(name))
        make_version(Prediction.objects.count() + 10)
        again = Prediction.objects.get(pk=prediction.pk)
        again.pk, again.task = None, make_task()
        again.save()


def test_an_older_version_is_put_to_use(browser: Browser, administrator: User):
    old = make_version(1)
    make_version(2, in_use=True)

    assert "Done: 1." in use(browser, old)

    assert TrainedModel.objects.get(in_use=True) == old
    assert Event.objects.get(type="model_chosen").actor == administrator


def test_a_forged_version_is_not_put_to_use(browser: Browser):
    used, forged = make_version(1, in_use=True), make_version(2, signature="0" * 64)

    assert "This version is not what was stored here. It is not used." in use(browser, forged)

    assert TrainedModel.objects.get(in_use=True) == used


def test_one_of_each_kind_is_chosen(browser: Browser):
    first, second = make_version(1), make_version(2)
    rough = make_version(1, kind=ModelKind.ROUGH)

    assert "Choose one version of each kind." in use(browser, first, second)
    assert not TrainedModel.objects.filter(in_use=True).exists()
    assert "Done: 2." in use(browser, first, rough)
    assert TrainedModel.objects.filter(in_use=True).count() == 2


@pytest.mark.parametrize("who", ["owner", "manager", "lead"])
def test_models_are_chosen_by_administrators(client_for: ClientFor, request: pytest.FixtureRequest, who: str):
    model = make_version()

    use(client_for(request.getfixturevalue(who)), model)

    model.refresh_from_db()
    assert not model.in_use


def test_nothing_that_starts_the_server_reads_the_libraries():
    """They take 100 MB."""
    program = (
        "import sys, django; django.setup(); from timetracker.web import upgrades\n"
        "upgrades.stop_unless_migrated = lambda: None  # there is no table yet\n"
        "import timetracker.asgi, timetracker.celery, timetracker.urls\n"
        "from django.contrib import admin; admin.autodiscover()\n"
        "print([name for name in ('numpy', 'openpyxl', 'scipy', 'sklearn', 'skops') if name in sys.modules])"
    )
    environment = {"DJANGO_SETTINGS_MODULE": "timetracker.settings", "DATA_DIR": str(settings.DATA_DIR), "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=Path(settings.BASE_DIR), env=environment, capture_output=True, text=True,
        check=True, timeout=120,
    )  # fmt: skip

    assert done.stdout.strip() == "[]"
