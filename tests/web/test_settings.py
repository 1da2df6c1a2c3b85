"""What settings make of the environment."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings


def test_a_secret_may_begin_with_a_dollar(tmp_path: Path):
    env = {**os.environ, "SECRET_KEY": "$+&l and more", "DATA_DIR": str(tmp_path)}
    program = "from timetracker import settings; print(settings.SECRET_KEY)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=settings.BASE_DIR, env=env, capture_output=True, text=True, check=True
    )
    assert done.stdout == "$+&l and more\n"
