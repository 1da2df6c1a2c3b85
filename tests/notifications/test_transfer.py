"""What people were told and want moves with an instance."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import call_command

from accounts.models import User
from tests.backups.archives import ODD, contents, empty
from tests.notifications.telling import make_odd_notifications


@pytest.mark.django_db(transaction=True)
def test_notifications_come_back_as_they_were(owner: User, tmp_path: Path):
    make_odd_notifications(owner, ODD)
    call_command("export_all", tmp_path / "before.zip", stdout=io.StringIO())
    empty()
    call_command("import_all", tmp_path / "before.zip", stdout=io.StringIO())
    call_command("export_all", tmp_path / "after.zip", stdout=io.StringIO())
    before, after = contents(tmp_path / "before.zip"), contents(tmp_path / "after.zip")
    tables = ("notification", "outcome", "preference", "settings", "achievement", "countedtime", "countedtask")
    for table in tables:
        name = f"tables/notifications.{table}.jsonl"
        assert before[name]
        assert after[name] == before[name]
