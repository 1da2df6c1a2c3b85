from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command

from tests.metrics.figures import families
from timetracker.metrics.definitions import COUNTED
from timetracker.metrics.documentation import as_markdown
from timetracker.metrics.exposition import scrape


def test_docs_metrics_md_is_current():
    assert (settings.BASE_DIR / "docs" / "metrics.md").read_text() == as_markdown(), "Run manage.py metrics_doc."


def test_the_command_writes_it(tmp_path: Path, settings: Any, capsys: Any):
    (tmp_path / "docs").mkdir()
    settings.BASE_DIR = tmp_path
    call_command("metrics_doc")
    assert (tmp_path / "docs" / "metrics.md").read_text() == as_markdown()


def test_it_names_what_a_scrape_shows():
    ours = {name for name in families(scrape().decode()) if name.startswith("timetracker_")}
    assert len(ours) == len(COUNTED)
    assert not [name for name in ours if f"| `{name}` |" not in as_markdown()]
