from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.choices import Scope
from accounts.models import ApiToken, User


class Api:
    """The API as a script sees it: a token, JSON in, JSON out."""

    def __init__(self, user: User | None, scope: Scope = Scope.WRITE) -> None:
        self.headers = {}
        if user is not None:
            _token, secret = ApiToken.objects.issue(user=user, name="script", scope=scope, expiry=None)
            self.headers["Authorization"] = f"Token {secret}"
        self.client = Client()

    def send(self, method: str, path: str, data: Any = None, **headers: str) -> Any:
        body = {} if data is None else {"data": data, "content_type": "application/json"}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        call = getattr(self.client, method)
        if method == "get":
            return call(f"/api/{path}", data, headers={**self.headers, **named})
        return call(f"/api/{path}", **body, headers={**self.headers, **named})

    def get(self, path: str, /, **query: Any) -> Any:
        return self.send("get", path, query or None)

    def post(self, path: str, data: Any = None, **headers: str) -> Any:
        return self.send("post", path, {} if data is None else data, **headers)

    def put(self, path: str, data: Any, **headers: str) -> Any:
        return self.send("put", path, data, **headers)

    def patch(self, path: str, data: Any, **headers: str) -> Any:
        return self.send("patch", path, data, **headers)

    def delete(self, path: str, **headers: str) -> Any:
        return self.send("delete", path, **headers)

    def rows(self, path: str, /, **query: Any) -> list[dict[str, Any]]:
        answer = self.get(path, **query)
        assert answer.status_code == 200, answer.content
        return answer.json()["results"]


@pytest.fixture
def api() -> Callable[..., Api]:
    return Api
