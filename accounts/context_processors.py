from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.queries import get_organisation


def organisation(request: HttpRequest) -> dict[str, Any]:
    """`organisation` in every template: read when first used, once a request."""
    if not hasattr(request, "organisation"):
        request.organisation = SimpleLazyObject(get_organisation)  # type: ignore[attr-defined]  # ours
    return {"organisation": request.organisation}  # type: ignore[attr-defined]  # set above
