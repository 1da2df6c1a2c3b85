from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def place(settings: Any, tmp_path: Path) -> Path:
    """BACKUP_DIR, which a backup makes."""
    settings.BACKUP_DIR = tmp_path / "backups"
    return settings.BACKUP_DIR
