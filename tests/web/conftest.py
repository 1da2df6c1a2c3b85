from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from rest_framework.test import APIClient


@pytest.fixture
def alice(db: None) -> Any:
    return get_user_model().objects.create_user(
        "alice", "alice@example.org", "a-good-password", time_zone="Asia/Kathmandu", language="de"
    )


@pytest.fixture
def client_of_alice(alice: Any) -> Client:
    client = Client()
    client.force_login(alice)
    return client


@pytest.fixture
def api(alice: Any) -> APIClient:
    client = APIClient()
    client.force_login(alice)
    return client


@pytest.fixture
def rooms_alone(settings: Any) -> None:
    """The shared room by itself: test views, test templates, and no context of other rooms."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # WhiteNoise warns where there is none
    settings.ROOT_URLCONF = "tests.web.urls"
    templates = deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"].append(Path(__file__).parent / "templates")
    templates[0]["OPTIONS"]["context_processors"] = ["django.template.context_processors.request"]
    settings.TEMPLATES = templates
