#!/usr/bin/env python
"""Brings the translations up to date with the words of the code: `make messages`.

New words come in empty, words that the code no longer has go out, everything else stays as it is. Does what Django's
`makemessages` does, without the gettext programs. Says at the end what waits for a translator.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_python
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("timetracker", "accounts", "tracking", "workflows", "analytics", "notifications", "templates")
CATALOGS = ROOT / "locale"
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
HEADER = """\
# {name} words of Timetracker.
# `make messages` brings in what is new and takes out what is gone.
"""


def python_of(path: Path) -> str:
    """The file itself, or the calls of gettext that a template stands for."""
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return source
    # What stands around the calls is blanked out, but its indentation would still have to be right.
    return "\n".join(line.strip() for line in templatize(source, origin=str(path)).splitlines())


def words_of(path: Path) -> Iterator[tuple[Any, str | None, list[str]]]:
    """Each message as (msgid, or the pair of singular and plural; context; comments)."""
    source = io.BytesIO(python_of(path).encode())
    for _line, name, said, comments in extract_python(source, list(KEYWORDS), ["Translators"], {}):
        parts = [said] if isinstance(said, str) else list(said)
        context = parts.pop(0) if "pgettext" in name else None
        wanted = parts[:2] if "ngettext" in name or "npgettext" in name else parts[:1]
        if wanted and all(wanted):
            yield (tuple(wanted) if len(wanted) > 1 else wanted[0]), context, comments


def words_of_the_code() -> Catalog:
    found = Catalog(charset="utf-8")
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*")):
            if path.suffix in {".py", ".html", ".txt"} and "migrations" not in path.parts:
                for msgid, context, comments in words_of(path):
                    found.add(
                        msgid, context=context, locations=[(str(path.relative_to(ROOT)), 0)], auto_comments=comments
                    )
    return found


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name)


def complete(message: Message) -> bool:
    said = message.string if isinstance(message.string, tuple | list) else [message.string]
    return all(said) and not message.fuzzy


def written(catalog: Catalog) -> str:
    """As it stands in the file: no dates, no names and no line numbers, so that a change shows what changed."""
    out = io.BytesIO()
    write_po(out, catalog, width=110, omit_header=True, sort_output=True, include_lineno=False)
    locale = catalog.locale
    header = (
        f'msgid ""\nmsgstr ""\n"Language: {locale}\\n"\n"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {catalog.plural_forms}\\n"\n\n'
    )
    return HEADER.format(name=locale.english_name) + header + out.getvalue().decode().rstrip("\n") + "\n"


def update(path: Path) -> list[str]:
    """Writes the catalogue anew; the messages that a translator has to look at."""
    old, new = read(path), words_of_the_code()
    result = Catalog(locale=old.locale, charset="utf-8")
    for message in new:
        if not message.id:
            continue
        before = old.get(message.id[0] if message.pluralizable else message.id, message.context)
        if before and before.pluralizable == message.pluralizable:
            message.string = before.string
            message.flags |= before.flags & {"fuzzy"}
        result[message.id] = message
    path.write_text(written(result), encoding="utf-8")
    return [re.sub(r"\s+", " ", str(message.id)) for message in result if message.id and not complete(message)]


def main() -> None:
    for path in sorted(CATALOGS.glob("*/LC_MESSAGES/django.po")):
        waiting = update(path)
        print(f"{path.relative_to(ROOT)}: {len(waiting)} to translate")
        for msgid in waiting:
            print(f"  {msgid}")


if __name__ == "__main__":
    main()
