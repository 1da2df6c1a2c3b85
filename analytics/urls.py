from django.urls import path

from analytics.views import advice, estimates, health, model_card, patterns, record, team, telemetry, weights

app_name = "analytics"
urlpatterns = [
    path("insights/", patterns.patterns, name="patterns"),
    path("insights/team/", team.teams, name="teams"),
    path("insights/team/<int:pk>/", team.team, name="team"),
    path("insights/projects/", health.projects, name="projects-health"),
    path("insights/projects/<int:pk>/", health.project, name="project-health"),
    path("insights/projects/<int:pk>/row/", health.project_row, name="project-health-row"),
    path("insights/score/weights/", weights.score_weights, name="score-weights"),
    path("insights/advice/dismiss/", advice.advice_dismiss, name="advice-dismiss"),
    path("insights/advice/bring-back/", advice.advice_bring_back, name="advice-bring-back"),
    path("insights/estimates/", record.estimates, name="estimates"),
    path("insights/estimates/model/<slug:kind>/", model_card.model_card, name="model-card"),
    path("insights/estimates/draft/", estimates.draft_estimate, name="draft-estimate"),
    path("insights/estimates/tasks/", estimates.task_ranges, name="task-ranges"),
    path("insights/estimates/task/<int:pk>/", estimates.task_estimate, name="task-estimate"),
    path("telemetry/", telemetry.telemetry_registry, name="telemetry-registry"),
    path("telemetry/shortcuts/", telemetry.shortcuts_used, name="telemetry-shortcuts"),
    path("settings/telemetry/", telemetry.telemetry, name="telemetry"),
    path("settings/telemetry/switch/", telemetry.telemetry_switch, name="telemetry-switch"),
    path("settings/telemetry/renew/", telemetry.telemetry_renew, name="telemetry-renew"),
    path("settings/telemetry/forget/", telemetry.telemetry_forget, name="telemetry-forget"),
    path("insights/estimates/task/<int:pk>/similar/", estimates.similar_tasks, name="similar-tasks"),
]
