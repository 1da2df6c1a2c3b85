"""What every figure is printed beside: a signed-in page with nothing on it, and a signed-in write of a small column."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.models import User


class StatementCount:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        count = 0

        def counted(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
            nonlocal count
            count += 1
            return execute(sql, params, many, context)

        with connection.execute_wrapper(counted):
            response = self.get_response(request)
        response["X-Statements"] = str(count)
        return response


@login_required
def empty_page(request: HttpRequest) -> HttpResponse:
    return render(request, "base.html")


@login_required
def empty_write(request: HttpRequest) -> HttpResponse:
    User.objects.filter(pk=request.user.pk).update(theme=request.user.theme)
    return HttpResponse(status=204)
