"""The product with one address more, that fails with a secret in its hands."""

from __future__ import annotations

import os
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def crash(request: HttpRequest) -> HttpResponse:
    password = os.environ["TOLD_TO_NOBODY"]
    held: dict[str, Any] = {"password": password, "headers": [("authorization", f"Token {password}")]}
    try:
        raise ConnectionError(f"no answer from postgres://timetracker:{password}@db/timetracker")
    except ConnectionError as error:
        raise RuntimeError(f"{request.get_full_path()} with {held}") from error


urlpatterns = [path("crash/", crash), path("", include("timetracker.urls"))]
