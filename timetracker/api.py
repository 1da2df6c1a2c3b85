"""Everything below /api/: the rooms' routers, the schema, and a page to read it and try it out."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView


def answers_are_whole(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """drf-spectacular's POSTPROCESSING_HOOK: what we send is whole, whatever may be left out on the way in."""
    schemas = result["components"]["schemas"]
    for name, schema in schemas.items():
        if "properties" in schema and not name.endswith("Request"):
            schema["required"] = list(schema["properties"])
    return result


app_name = "api"
urlpatterns = [
    path("", include("tracking.api.urls")),
    path("", include("accounts.api.urls")),
    path("", include("notifications.api.urls")),
    path("", include("workflows.api.urls")),
    path("", include("analytics.api.urls")),
    re_path(r"^schema/?$", SpectacularAPIView.as_view(), name="schema"),
    re_path(
        r"^docs/?$",
        login_required(
            SpectacularSwaggerSplitView.as_view(url_name="api:schema", template_name="web/api_docs.html"),
        ),
        name="docs",
    ),
]
