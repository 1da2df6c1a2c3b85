"""What settings make of the environment."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings


def said(tmp_path: Path, what: str, **environment: str) -> str:
    """In a process of its own: ours has its settings already."""
    env = {**os.environ, "DATA_DIR": str(tmp_path), **environment}
    program = f"from timetracker import settings; print({what})"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=settings.BASE_DIR, env=env, capture_output=True, text=True, check=True
    )
    return done.stdout.rstrip("\n")


def test_a_secret_may_begin_with_a_dollar(tmp_path: Path):
    assert said(tmp_path, "settings.SECRET_KEY", SECRET_KEY="$+&l and more") == "$+&l and more"


def test_what_the_databases_address_asks_for_is_kept(tmp_path: Path):
    options = said(
        tmp_path, "settings.DATABASES['default']['OPTIONS']", DATABASE_URL="postgres://me@db.example/tt?sslmode=require"
    )
    assert "'sslmode': 'require'" in options
    assert "jit=off" in options
