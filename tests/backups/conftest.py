from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command

from accounts.models import Organisation, User
from tests.backups.archives import empty, make_world
from tracking.models import TimeEntry


@pytest.fixture
def place(settings: Any, tmp_path: Path) -> Path:
    """BACKUP_DIR, which a backup makes."""
    settings.BACKUP_DIR = tmp_path / "backups"
    return settings.BACKUP_DIR


@pytest.fixture
def world(administrator: User, owner: User) -> TimeEntry:
    return make_world(owner)


@pytest.fixture
def archive(world: TimeEntry, tmp_path: Path) -> Path:
    """Of the world, which is gone; what is left is as a fresh installation, with other content types."""
    path = tmp_path / "all.zip"
    call_command("export_all", path, stdout=io.StringIO())
    empty()
    ContentType.objects.create(app_label="tracking", model="plant")
    Organisation.objects.create(pk=Organisation.PK, name="Fresh")
    return path
