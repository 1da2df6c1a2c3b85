"""The rows of the table of addresses: which address is which action on which object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

OUTCOME = {"GET": 200, "POST": 302, "PUT": 200, "PATCH": 200, "DELETE": 204}


@dataclass(frozen=True, slots=True)
class Row:
    method: str
    path: str
    data: Mapping[str, Any] = field(default_factory=dict)
    ok: int = 200
    """The answer to those who may."""
    refused: int | None = None
    """The answer to those who may not, where what they must not see or do is the value of a field."""
    quiet: bool = False
    """Done without an event."""
    shows: frozenset[str] = frozenset()
    """Secrets that whoever has this address may read."""
    outcomes: str = ""
    """The answers to each role, where they follow from being signed in and not from a right."""
    target: str = ""
    action: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def is_api(self) -> bool:
        return self.path.startswith("/api/")

    @property
    def writes(self) -> bool:
        return self.method != "GET"


def row(method: str, path: str, data: Mapping[str, Any] | None = None, /, **options: Any) -> Row:
    ok = 201 if method == "POST" and path.startswith("/api/") else OUTCOME[method]
    return Row(method, path, data or {}, **{"ok": ok, **options})


def get(path: str, **options: Any) -> Row:
    return row("GET", path, **options)


def post(path: str, data: Mapping[str, Any] | None = None, /, **options: Any) -> Row:
    return row("POST", path, data, **options)


def put(path: str, data: Mapping[str, Any], /, **options: Any) -> Row:
    return row("PUT", path, data, **options)


def patch(path: str, data: Mapping[str, Any], /, **options: Any) -> Row:
    return row("PATCH", path, data, **options)


def delete(path: str, **options: Any) -> Row:
    return row("DELETE", path, **options)


def rights(target: str, action: str, *rows: Row) -> list[Row]:
    return [replace(one, target=target, action=action) for one in rows]
