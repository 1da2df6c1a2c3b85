"""Whoever comes from an earlier version keeps everything, and can work."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.backups.schemas import FOLDER, KEPT, figures, kept, pages, run

TO_MIGRATE = {"0.1.0-before-telemetry", "0.1.0"}
pytestmark = pytest.mark.django_db(transaction=True)


def test_states_are_kept_for_both_databases_with_what_is_around_them():
    assert len(KEPT) >= 2
    assert {path.name for path in FOLDER.iterdir()} == {
        f"{name}.{ending}" for name in KEPT for ending in ("sqlite3.gz", "sql.gz", "json")
    }


@pytest.mark.parametrize("name", KEPT)
def test_an_earlier_version_is_brought_up_to_date(tmp_path: Path, name: str):
    with kept(name, tmp_path) as env:
        before = figures(env)
        assert before[0][0] == 200

        said = run(env, "manage.py", "upgrade")

        made = list((tmp_path / "backups").glob("*-before-upgrade.*"))
        assert ("Migrated: " in said, len(made)) == ((True, 1) if name in TO_MIGRATE else (False, 0))
        assert figures(env) == before
        run(env, "manage.py", "upgrade", "--check")
        run(env, "manage.py", "check")
        run(env, "manage.py", "check_totals")
        assert set(pages(env).values()) == {200}
        assert "rows" in run(env, "manage.py", "backup")
