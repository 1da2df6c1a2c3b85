from django.conf import settings
from django.core.management import call_command

from tests.events.things import register_inner, register_types
from timetracker.events.documentation import as_markdown
from timetracker.events.registry import Kind, on


def test_docs_events_md_is_current():
    assert (settings.BASE_DIR / "docs" / "events.md").read_text() == as_markdown(), "Run manage.py events_doc."


def test_says_fields_handlers_and_jobs(empty_registry):
    register_types()
    register_inner()
    on("*", name="test.all", kind=Kind.OUTER, when=bool)(print)
    text = as_markdown()
    assert "### `thing_happened`: Thing happened\n\n*made {name} happen*" in text
    assert "| `size` | number? |" in text
    assert "| `test.all` | `*` (some) | outer |\n| `test.count` | `thing_happened` | inner |" in text
    assert "| `events.forget` | daily at 03:10 UTC |\n| `events.sweep` | every 1 min |" in text


def test_the_command_writes_it(tmp_path, settings, capsys):
    (tmp_path / "docs").mkdir()
    settings.BASE_DIR = tmp_path
    call_command("events_doc")
    assert (tmp_path / "docs" / "events.md").read_text() == as_markdown()
