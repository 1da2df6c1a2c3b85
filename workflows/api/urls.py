from django.urls import re_path

from timetracker.web.routers import OptionalSlashRouter
from workflows.api.rules import RuleViewSet

router = OptionalSlashRouter()
router.register("workflows", RuleViewSet, "rule")

urlpatterns = [
    *router.urls,
    re_path(r"^workflows/(?P<pk>[0-9]{1,19})/test/?$", RuleViewSet.as_view({"post": "test"}), name="rule-test"),
    re_path(
        r"^workflows/(?P<pk>[0-9]{1,19})/executions/?$",
        RuleViewSet.as_view({"get": "executions"}),
        name="rule-executions",
    ),
    re_path(
        r"^workflows/(?P<pk>[0-9]{1,19})/webhook-secret/?$",
        RuleViewSet.as_view({"post": "webhook_secret"}),
        name="rule-webhook-secret",
    ),
]
