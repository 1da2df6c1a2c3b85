from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from django.conf import settings


@cache
def product_version() -> str:
    """As in pyproject.toml; empty where that is not there."""
    project = Path(settings.BASE_DIR, "pyproject.toml")
    return str(tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"]) if project.exists() else ""
