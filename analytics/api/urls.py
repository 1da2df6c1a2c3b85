from django.urls import re_path

from analytics.api.health import ProjectHealthViewSet
from analytics.api.insights import ProductivityPatternsViewSet
from analytics.api.predictions import TimeEstimateViewSet
from analytics.api.team import TeamPatternsViewSet

urlpatterns = [
    re_path(
        r"^analytics/predictions/time-estimate/?$",
        TimeEstimateViewSet.as_view({"get": "of_task"}),
        name="time-estimate",
    ),
    re_path(
        r"^analytics/insights/productivity-patterns/?$",
        ProductivityPatternsViewSet.as_view({"get": "mine"}),
        name="productivity-patterns",
    ),
    re_path(
        r"^analytics/insights/team-patterns/?$",
        TeamPatternsViewSet.as_view({"get": "of_team"}),
        name="team-patterns",
    ),
    re_path(
        r"^analytics/insights/project-health/?$",
        ProjectHealthViewSet.as_view({"get": "of_project"}),
        name="project-health",
    ),
]
