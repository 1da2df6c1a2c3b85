"""Every address there is, read from the resolver."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True, slots=True)
class Address:
    route: str
    """As the resolver calls it."""
    path: str
    """As people read it."""
    is_admin: bool


def addresses() -> list[Address]:
    return list(_walk(get_resolver().url_patterns, "", is_admin=False))


def _walk(patterns: list[URLPattern | URLResolver], route: str, *, is_admin: bool) -> Iterator[Address]:
    for pattern in patterns:
        here = route + str(pattern.pattern).removeprefix("^" if route else "")  # as the resolver joins them
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, here, is_admin=is_admin or pattern.namespace == "admin")
        else:
            yield Address(here, "/" + readable(here), is_admin)


def readable(route: str) -> str:
    """`api/^clients/(?P<pk>[0-9]{1,19})/?\\Z` and `clients/<int:pk>/` as `api/clients/<pk>/`."""
    route = re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", r"<\1>", route)
    route = re.sub(r"<\w+:(\w+)>", r"<\1>", route)
    return route.replace("^", "").replace("\\Z", "").replace("$", "").replace("/?", "/")
