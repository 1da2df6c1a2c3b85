"""Everything below /api/: the rooms' routers, the schema, and a page to read it and try it out."""

from functools import lru_cache
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.urls import include, path, re_path
from django.utils.translation import get_language
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView


def answers_are_whole(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """drf-spectacular's POSTPROCESSING_HOOK: what we send is whole, whatever may be left out on the way in."""
    schemas = result["components"]["schemas"]
    for name, schema in schemas.items():
        if "properties" in schema and not name.endswith("Request"):
            schema["required"] = list(schema["properties"])
    return result


class KeptGenerator(SchemaGenerator):
    """Makes the document once for each language: it takes half a second, and is the same for everybody."""

    def get_schema(self, request: HttpRequest | None = None, public: bool = False) -> dict[str, Any]:
        if request is None or not public or self.api_version:
            return super().get_schema(request, public)
        return _document(get_language())


@lru_cache(maxsize=4)
def _document(_language: str | None) -> dict[str, Any]:
    return KeptGenerator().get_schema(public=True)


app_name = "api"
urlpatterns = [
    path("", include("tracking.api.urls")),
    path("", include("accounts.api.urls")),
    path("", include("notifications.api.urls")),
    path("", include("workflows.api.urls")),
    path("", include("analytics.api.urls")),
    re_path(r"^schema/?$", SpectacularAPIView.as_view(generator_class=KeptGenerator), name="schema"),
    re_path(
        r"^docs/?$",
        login_required(
            SpectacularSwaggerSplitView.as_view(url_name="api:schema", template_name="web/api_docs.html"),
        ),
        name="docs",
    ),
]
