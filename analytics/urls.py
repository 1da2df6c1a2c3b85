from django.urls import path

from analytics.views import estimates, model_card, patterns, record

app_name = "analytics"
urlpatterns = [
    path("insights/", patterns.patterns, name="patterns"),
    path("insights/estimates/", record.estimates, name="estimates"),
    path("insights/estimates/model/<slug:kind>/", model_card.model_card, name="model-card"),
    path("insights/estimates/draft/", estimates.draft_estimate, name="draft-estimate"),
    path("insights/estimates/tasks/", estimates.task_ranges, name="task-ranges"),
    path("insights/estimates/task/<int:pk>/", estimates.task_estimate, name="task-estimate"),
    path("insights/estimates/task/<int:pk>/similar/", estimates.similar_tasks, name="similar-tasks"),
]
