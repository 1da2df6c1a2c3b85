"""A form of a page as a browser would send it."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any


class Form(HTMLParser):
    """The successful controls inside `#rule-form`. Of a select without a choice the first option counts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.data: dict[str, list[str]] = {}
        self.document = ""
        self._inside = False
        self._select: tuple[str, list[tuple[str, bool]]] | None = None
        self._area: tuple[str, list[str]] | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given: dict[str, Any] = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = given.get("id") == "rule-form"
        if given.get("id") == "rule-document":
            self.document = given["value"]
        if not self._inside:
            return
        name = given.get("name", "")
        if tag == "input" and name and (given.get("type") not in ("checkbox", "file") or "checked" in given):
            self.data.setdefault(name, []).append(given.get("value", "on"))
        elif tag == "select":
            self._select = (name, [])
        elif tag == "option" and self._select:
            self._select[1].append((given.get("value", ""), "selected" in given))
        elif tag == "textarea":
            self._area = (name, [])

    def handle_data(self, data: str) -> None:
        if self._area:
            self._area[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "select" and self._select:
            name, options = self._select
            self._select = None
            if name and options:
                self.data[name] = [next((value for value, selected in options if selected), options[0][0])]
        elif tag == "textarea" and self._area:
            name, parts = self._area
            self._area = None
            self.data[name] = ["".join(parts).removeprefix("\n")]


def document_in(html: str) -> dict[str, Any]:
    """What the page reads back."""
    found: dict[str, Any] = json.loads(Form(html).document)
    return found


def form_of(html: str) -> dict[str, list[str]]:
    return Form(html).data
